"""Calls with arguments that a class does not take: every registered class answers by its own name."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from tests.refusals import refused

import layerwise as lw
from layerwise.arguments import TORCH_ONLY, answering
from layerwise.errors import KindError, SettingError
from layerwise.specs import Registry

REGISTRIES: tuple[Registry[Any], ...] = (
    lw.layers.LAYERS,
    lw.losses.LOSSES,
    lw.optimizers.OPTIMIZERS,
    lw.schedules.SCHEDULES,
    lw.regularizers.REGULARIZERS,
)
CLASSES = [(registry.kind, cls) for registry in REGISTRIES for cls in registry.values()]
each_class = pytest.mark.parametrize(("kind", "cls"), CLASSES, ids=[cls.__name__ for _, cls in CLASSES])


@each_class
def test_an_unknown_argument_is_answered_by_the_class_that_was_called(kind, cls, tally):
    refused(tally, KindError, f"{cls.__name__} has no argument 'strange_word'", lambda: cls(strange_word=1))


@each_class
def test_the_arguments_of_a_class_can_still_be_read(kind, cls):
    given = inspect.signature(cls).parameters.values()
    assert all(each.kind is not each.VAR_KEYWORD for each in given)
    assert "self" not in [each.name for each in given]


@pytest.mark.torch
@each_class
def test_what_torch_has_and_we_have_not_is_told_what_to_do_instead(kind, cls):
    torch = pytest.importorskip("torch")
    home = {"layer": torch.nn, "loss": torch.nn, "optimizer": torch.optim, "schedule": torch.optim.lr_scheduler}
    theirs = getattr(home.get(kind), cls.__name__, None)
    if theirs is None:
        pytest.skip("PyTorch has no class of this name")
    ours = inspect.signature(cls).parameters
    for parameter in list(inspect.signature(theirs.__init__).parameters.values())[1:]:
        if parameter.name not in ours and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            with pytest.raises(KindError) as caught:
                cls(**{parameter.name: None})
            advice = TORCH_ONLY[kind][parameter.name]
            assert str(caught.value) == f"{cls.__name__} has no argument {parameter.name!r}: {advice}"


@pytest.mark.parametrize(("call", "words"), [
    (lambda: lw.ReLU(inplace=True), "ReLU has no argument 'inplace': leave it out, a layer never writes into its"),
    (lambda: lw.ReLU(True), "ReLU takes 0 positional arguments; got 1"),
    (lambda: lw.Linear(2, 3, biass=False), "Linear has no argument 'biass'. Did you mean 'bias'?"),
    (lambda: lw.Linear(2), "Linear needs 'out_features': write Linear(out_features=...)"),
    (lambda: lw.Linear(), "Linear needs 'in_features' and 'out_features'"),
    (lambda: lw.Linear(2, in_features=2), "Linear got in_features twice, by its place and by its name"),
    (lambda: lw.Linear(2, 3, device="cpu"), "Linear has no argument 'device': leave it out"),
    (lambda: lw.BatchNorm1d(3, momentun=0.1), "BatchNorm1d has no argument 'momentun'. Did you mean 'momentum'?"),
    (lambda: lw.BatchNorm1d(), "BatchNorm1d needs 'num_features'"),
    (lambda: lw.LSTM(2, 3, batch_first=True), "LSTM has no argument 'batch_first': leave it out, sequences are"),
    (lambda: lw.Residual(lw.ReLU(), dim=1), "Residual has no argument 'dim'"),
    (lambda: lw.MSELoss(reduction="sum"), "MSELoss has no argument 'reduction': a loss is the weighted mean; loss(y,"),
    (lambda: lw.MSELoss("sum"), "MSELoss takes 0 positional arguments; got 1"),
    (lambda: lw.NLLLoss(wieght=[1]), "NLLLoss has no argument 'wieght'. Did you mean 'weight'?"),
    (lambda: lw.BCELoss(weight=[1]), "BCELoss has no argument 'weight': weigh the samples where the loss is called"),
    (lambda: lw.CrossEntropyLoss(None, -1), "CrossEntropyLoss takes 1 positional argument, weight; got 2"),
    (lambda: lw.SGD([1.0], lr=0.1), "SGD got lr twice, by its place and by its name: an optimizer takes no parameters"),
    (lambda: lw.SGD(params=[], lr=0.1), "SGD has no argument 'params': an optimizer takes no parameters"),
    (lambda: lw.Adam(momentum=0.9), "Adam has no argument 'momentum'. Known: "),
    (lambda: lw.StepLR(lw.SGD(), step_size=2), "StepLR got step_size twice, by its place and by its name: a schedule"),
    (lambda: lw.StepLR(step_size=2, last_epoch=3), "StepLR has no argument 'last_epoch': leave it out"),
    (lambda: lw.L2(weight=0.1), "L2 has no argument 'weight'. Known: strength."),
    (lambda: lw.L1(), "L1 needs 'strength': write L1(strength=...)"),
])  # fmt: skip
def test_the_sentence(call, words, tally):
    refused(tally, KindError, words, call)


def test_a_table_answers_alike(tally):
    table = {"name": "ReLU", "inplace": True}
    refused(tally, SettingError, "ReLU has no setting 'inplace': leave it out", lambda: lw.layers.LAYERS.build(table))
    refused(tally, SettingError, "Linear needs 'out_features'",
            lambda: lw.layers.LAYERS.build({"name": "Linear", "in_features": 2}))  # fmt: skip


def test_a_class_made_from_a_registered_one_answers_by_its_own_name(tally):
    class MyReLU(lw.ReLU):
        pass

    class MyAdam(lw.Adam):
        def __init__(self) -> None:
            super().__init__(foo=3)

    refused(tally, KindError, "MyReLU has no argument 'inplace'", lambda: MyReLU(inplace=True))
    refused(tally, KindError, "Adam has no argument 'foo'", MyAdam)


def test_an_error_of_the_constructor_itself_is_left_as_it_is():
    class Faulty:
        def __init__(self, size: int) -> None:
            raise TypeError("of my own")

    with pytest.raises(TypeError, match="of my own"):
        answering(Faulty, "layer")(3)
