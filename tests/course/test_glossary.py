"""The glossary: every entry is whole, leads somewhere, and shows what its lines compute."""

from __future__ import annotations

import ast
import doctest
import math
import re
from pathlib import Path

import numpy as np
import pytest

import layerwise as lw
from layerwise.course.glossary import Term, term, terms
from layerwise.errors import SettingError
from layerwise.insight.explain.tex import plain

HOME = Path(__file__).parent.parent.parent
OF_THE_BRIEF = (
    (
        "epoch batch,learning rate,gradient,backpropagation,neuron,perceptron,MLP,weight,bias,activation,hidden layer,"
        "overfitting,deep learning,neural network,forward pass,loss,gradient descent,sigmoid,ReLU,tanh,softmax,"
        "vanishing gradient,local minimum,hyper-parameter,momentum,Adam,universal approximation,L1,L2,dropout,entropy,"
        "cross-entropy,mutual information,convolution,kernel,stride,padding,RNN,LSTM,log-softmax,clipping,"
        "batch normalization,Xavier,He,schedule,transformer,residual connection"
    )
    .replace("epoch batch", "epoch,batch")
    .split(",")
)

each_term = pytest.mark.parametrize("entry", terms().values(), ids=lambda entry: entry.name)


def test_the_words_of_a_first_course_are_there() -> None:
    assert not set(OF_THE_BRIEF) - set(terms())


def test_no_name_stands_for_two_terms() -> None:
    names = [name.lower() for entry in terms().values() for name in entry.names]
    assert len(names) == len(set(names))


@each_term
def test_an_entry_is_whole_and_leads_to_others(entry: Term) -> None:
    assert entry.meaning.endswith((".", "others."))
    assert entry.beware.endswith((".", ")"))
    assert entry.see, "every term has a neighbour"
    assert not set(entry.see) - set(terms())
    assert entry.name not in entry.see
    if entry.tex:
        assert plain(entry.tex)


@each_term
def test_the_lines_of_an_entry_show_what_they_compute(entry: Term) -> None:
    known = {"lw": lw, "np": np, "math": math}
    example = doctest.DocTestParser().get_doctest(entry.code + "\n", known, entry.name, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert not said, "".join(said)
    assert bool(entry.code) == bool(example.examples)


def test_every_section_is_one_of_the_notebook() -> None:
    source = (HOME / "notebooks/04_neural_networks.py").read_text(encoding="utf-8")
    headings = set(re.findall(r"^# #+ (.+)$", source, re.M))
    assert not {entry.section for entry in terms().values() if entry.section} - headings


def test_a_term_is_found_by_any_name_and_a_near_miss_is_told() -> None:
    assert term("BACKPROP") is term("backpropagation") is term(" backward  pass ")
    with pytest.raises(SettingError, match=r"no term 'epoh'\. Did you mean 'epoch'"):
        term("epoh")
    with pytest.raises(SettingError, match="`layerwise glossary` lists all"):
        term("zzzzzz")


def test_formulas_with_figures_in_them_are_right() -> None:
    """Numbers that the warnings state in words."""
    words = {name: entry.beware for name, entry in terms().items()}
    assert "13,781" in words["exploding gradient"]
    assert round(1.1**100) == 13_781
    assert "0.325 nats" in words["label"]
    assert round(-0.1 * math.log(0.1) - 0.9 * math.log(0.9), 3) == 0.325
    assert "less than a millionth" in words["sigmoid"]
    assert 0.25**10 < 1e-6
    assert "782 batches of 64, one of 100 has 2" in words["epoch"]
    assert (math.ceil(50_000 / 64), math.ceil(100 / 64)) == (782, 2)
    x = np.linspace(-6, 6, 100_001)
    apart = np.abs(lw.formulas.gelu(x)[0] - lw.formulas.gelu_tanh(x)[0]).max()
    assert "up to 0.0005" in words["GELU"]
    assert 0.0004 < apart < 0.0005


def test_the_file_is_plain_text_without_runaway_escapes() -> None:
    text = (HOME / "src/layerwise/course/glossary.toml").read_text(encoding="utf-8")
    assert "\t" not in text
    assert ast.literal_eval(repr(text)) == text
