"""The line tracer: what it shows is what the file says and what the formula computed."""

from __future__ import annotations

import inspect
import re
import sys
import threading
import time

import numpy as np
import pytest
from tests.formulas.samples import FORMULAS, cases, in_a_tuple, upstream_for

from layerwise import formulas
from layerwise.errors import SettingError
from layerwise.formulas import registry, trace, traced

each_formula = pytest.mark.parametrize("entry", FORMULAS, ids=lambda entry: entry.name)


def both_ways(entry, number=0):
    """The lines of one sample, with its untraced value and gradients."""
    arguments = cases(entry)[number].arguments
    value, backward = entry.run(**arguments)
    upstream = upstream_for(value)
    return trace(entry.function, *arguments.values(), upstream=upstream), value, backward(upstream)


@each_formula
def test_every_line_stands_in_the_file_at_its_number(entry):
    source = inspect.getsource(sys.modules[entry.function.__module__]).splitlines()
    lines, _, _ = both_ways(entry)
    assert {line.phase for line in lines} == {"forward", "backward"}
    for line in lines:
        for offset, text in enumerate(line.text.splitlines()):
            assert text.strip() in source[line.number - 1 + offset]


def first_runs(lines):
    """Of each statement the line of its first run: in a loop over time steps it runs again and again."""
    first = {}
    for line in lines:
        first.setdefault(line.number, line)
    return list(first.values())


@each_formula
def test_lines_come_in_the_order_of_the_file_and_forward_comes_first(entry):
    lines, _, _ = both_ways(entry)
    phases = [line.phase for line in lines]
    assert phases == sorted(phases, reverse=True)
    numbers = [line.number for line in first_runs(lines)]
    assert numbers == sorted(numbers)


@each_formula
def test_every_assignment_is_there(entry):
    """No formula branches, so that each of its assignments is in the trace."""
    lines, _, _ = both_ways(entry)
    code = inspect.getsource(entry.function).split('"""')[-1]
    code = re.sub(r"def \w+\(.*?\) -> .*?:\n", "", code, flags=re.DOTALL)  # defaults are no assignments
    body = [text.partition("  #")[0].strip() for text in code.splitlines()]
    assigned = [text for text in body if re.search(r" [-+]?= ", text)]
    assert [line.text.splitlines()[0] for line in first_runs(lines)] == assigned


@each_formula
def test_results_are_the_same_bits_with_and_without_a_trace(entry):
    """The names that are returned are assigned on a line of their own, so the trace holds the results."""
    for number in range(len(cases(entry))):
        lines, value, gradients = both_ways(entry, number)
        names = {name: each for line in lines for name, each in line.values.items()}
        value_name = next(name for name in entry.shapes if name not in entry.arguments)
        assert np.asarray(names[value_name]).tobytes() == np.asarray(value).tobytes()
        for name, gradient in zip(
            entry.differentiable, gradients if isinstance(gradients, tuple) else (gradients,), strict=True
        ):
            assert np.asarray(names[f"d{name}"]).tobytes() == gradient.tobytes()


@each_formula
def test_the_formula_is_the_same_object_before_and_after(entry):
    code = entry.function.__code__
    both_ways(entry)
    assert registry[entry.name].function is entry.function is getattr(formulas, entry.name)
    assert entry.function.__code__ is code


@pytest.fixture
def hook():
    """A tracing hook of someone else, such as a debugger, put in place for one test."""
    before = sys.gettrace()

    def someone_elses(frame, event, argument):
        return None

    sys.settrace(someone_elses)
    yield someone_elses
    sys.settrace(before)


def test_another_tracing_hook_is_put_back(hook):
    trace(formulas.tanh, np.zeros(2), upstream=np.ones(2))
    assert sys.gettrace() is hook


def test_the_hook_is_put_back_after_an_error(hook):
    with pytest.raises(ValueError, match="matmul"):
        trace(formulas.linear, np.zeros((2, 3)), np.zeros((4, 5)), np.zeros(4))
    assert sys.gettrace() is hook


def test_nothing_is_traced_when_nobody_asks():
    """Off means off: no hook is in place while a formula runs, and its function carries no wrapper."""
    seen = []

    class Watching(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            seen.append(sys.gettrace())
            plain = [each.view(np.ndarray) if isinstance(each, Watching) else each for each in inputs]
            return getattr(ufunc, method)(*plain, **kwargs)

    before = sys.gettrace()
    x = np.zeros(2).view(Watching)
    formulas.tanh(x)
    assert seen == [before]
    trace(formulas.tanh, x)
    assert seen[1] is not before  # the same probe does see the hook of a trace
    assert sys.gettrace() is before


@each_formula
def test_the_result_is_returned_with_the_lines(entry):
    """Keywords are passed on; a named tuple comes back as one; backward is traced by itself."""
    arguments = cases(entry)[0].arguments
    value, backward = entry.function(**arguments)
    (seen, seen_backward), forward = traced(entry.function, entry.function, **arguments)
    assert type(seen) is type(value)
    for one, other in zip(in_a_tuple(seen), in_a_tuple(value), strict=True):
        np.testing.assert_array_equal(one, other)
    upstream = upstream_for(in_a_tuple(value)[0])
    gradients, back = traced(entry.function, seen_backward, upstream)
    for one, other in zip(in_a_tuple(gradients), in_a_tuple(backward(upstream)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert {line.phase for line in forward} == {"forward"}
    assert {line.phase for line in back} == {"backward"}


def test_the_source_is_parsed_once(monkeypatch):
    traced(formulas.tanh, formulas.tanh, np.zeros(2))
    monkeypatch.setattr("ast.parse", None)
    (y, backward), lines = traced(formulas.tanh, formulas.tanh, np.zeros(2))
    assert [line.text for line in lines + traced(formulas.tanh, backward, y)[1]] == [
        "y = np.tanh(x)",
        "dx = dy * (1 - y * y)",
    ]


def test_a_new_array_is_referenced_and_not_copied():
    (z, _), lines = traced(formulas.linear, formulas.linear, np.ones((3, 2)), np.ones((4, 2)), np.ones(4))
    assert lines[0].values["z"] is z


def test_each_line_knows_what_its_function_was_given():
    """The arguments; and in a backward that was defined inside, also what it remembers."""
    x, dy = np.array([0.5]), np.array([2.0])
    (y, backward), (line,) = traced(formulas.tanh, formulas.tanh, x)
    assert line.given["x"] is x
    _, (back,) = traced(formulas.tanh, backward, dy)
    assert back.given["dy"] is dy
    assert back.given["y"] is y


def test_of_formulas_within_a_formula_the_call_is_shown():
    _, lines = traced(formulas.silu, formulas.silu, np.zeros(2))
    assert [line.text for line in lines] == ["s, _ = sigmoid(x)", "y = x * s"]
    assert [list(line.values) for line in lines] == [["s"], ["y"]]
    assert [line.number for line in lines] == sorted({line.number for line in lines})


def test_every_time_step_is_shown_and_a_hundred_of_them_are_soon_done():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 100, 16))
    zero, parameters = np.zeros((8, 16)), [rng.normal(size=(64, 16)) / 4 for _ in range(2)] + [np.zeros(64)] * 2
    start = time.process_time()
    (value, backward), forward = traced(formulas.lstm, formulas.lstm, x, zero, zero, *parameters)
    _, back = traced(formulas.lstm, backward, np.ones_like(value.h))
    assert time.process_time() - start < 3  # some 0.2 seconds
    steps = [line.values["h_t"] for line in forward if "h_t" in line.values and line.text.startswith("h_t = np.where")]
    np.testing.assert_array_equal(np.stack(steps, axis=1), value.h)
    assert sum(line.text == "dW_hh += dW_hh_t" for line in back) == 100
    entries = [line.values["steps[t]"].h for line in forward if "steps[t]" in line.values]
    np.testing.assert_array_equal(np.stack(entries, axis=1), value.h)


def test_threads_trace_at_the_same_time_and_see_their_own_lines_only():
    seen, start = {}, threading.Barrier(4)

    def work(number):
        start.wait()
        for _ in range(50):
            x = np.full(3, float(number))
            (y, backward), lines = traced(formulas.tanh, formulas.tanh, x)
            lines += traced(formulas.tanh, backward, x)[1]
            seen.setdefault(number, []).append([len(lines), float(lines[0].values["y"][0]), float(y[0])])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for number in range(4):
        right = float(np.tanh(np.full(3, float(number)))[0])
        assert seen[number] == [[2, right, right]] * 50


def test_values_are_those_of_the_moment():
    """Cross-entropy computes p, then changes it in place: two lines, two values."""
    arguments = [np.zeros((1, 2)), np.array([1]), np.ones((1, 1)), 1.0]
    lines = trace(formulas.cross_entropy_with_logits, *arguments, upstream=1.0)
    p = [line.values["p"] for line in lines if "p" in line.values]
    np.testing.assert_allclose(p[0], [[0.5, 0.5]])
    np.testing.assert_allclose(p[1], [[0.5, -0.5]])


def test_forward_alone():
    lines = trace(formulas.linear, np.ones((1, 2)), np.ones((1, 2)), np.ones(1))
    assert [(line.text, line.phase) for line in lines] == [("z = x @ W.T + b", "forward")]
    np.testing.assert_array_equal(lines[0].values["z"], [[3.0]])


def of_several_lines(x):
    total = (
        x
        + 1
        + np.zeros_like(x)
    )  # fmt: skip
    first, second = total, 2 * total
    steps = 0
    while steps < 3:
        steps += 1
    y = first * second

    def backward(dy):
        dx = (
            dy
            * 4 * total
        )  # fmt: skip
        return dx

    return y, backward


def test_a_statement_of_several_lines_is_one_line_of_the_trace():
    lines = trace(of_several_lines, np.array([1.0]), upstream=np.array([1.0]))
    texts = [line.text.split() for line in lines]
    assert texts[0] == ["total", "=", "(", "x", "+", "1", "+", "np.zeros_like(x)", ")"]
    assert [line.values for line in lines if "total" in line.values] == [{"total": np.array([2.0])}]
    assert texts[-1] == ["dx", "=", "(", "dy", "*", "4", "*", "total", ")"]
    assert lines[-1].phase == "backward"
    np.testing.assert_array_equal(lines[-1].values["dx"], [8.0])


def test_several_names_and_loops():
    lines = trace(of_several_lines, np.array([1.0]))
    pair = next(line for line in lines if "first" in line.values)
    assert pair.values == {"first": np.array([2.0]), "second": np.array([4.0])}
    assert [line.values["steps"] for line in lines if "steps" in line.values] == [0, 1, 2, 3]


def with_a_comprehension(x):
    parts = [row * 2 for row in x]
    y = sum(part for part in parts)

    def backward(dy):
        dx = np.stack([2 * dy for _ in x])
        return dx

    return y, backward


def test_a_comprehension_is_part_of_its_statement():
    x = np.array([1.0, 2.0])
    lines = trace(with_a_comprehension, x, upstream=np.float64(1.0))
    assert [line.phase for line in lines] == ["forward", "forward", "backward"]
    assert [list(line.values) for line in lines] == [["parts"], ["y"], ["dx"]]


def changing_in_place(x):
    y = x + 1
    view = y[1:]
    same = y
    y[0] = 5.0
    view *= 2
    np.add(y, 1, out=y)
    np.put(y, [2], 9.0)
    parts = [1]
    grown = parts
    parts.append(2)
    table = {}
    for i in range(2):
        table[i] = i * 10
    first, (second, *rest) = 1, (2, 3, 4)
    y.flat[1] = -1.0

    def backward(dy):
        def doubled(d):
            twice = 2 * d
            return twice

        dx = doubled(dy)
        return dx

    return (y, same, grown, first, second, rest), backward


def test_what_a_line_holds_is_not_changed_by_later_ones():
    lines = trace(changing_in_place, np.zeros(3), upstream=np.ones(3))
    values = [{name: np.array(each).tolist() for name, each in line.values.items()} for line in lines]
    assert values == [
        {"y": [1, 1, 1]},
        {"view": [1, 1]},
        {"same": [1, 1, 1]},
        {"y": [5, 1, 1]},
        {"view": [2, 2]},
        {"parts": [1]},
        {"grown": [1]},
        {"table": {}},
        {"table[i]": 0},
        {"table[i]": 10},
        {"first": 1, "second": 2, "rest": [3, 4]},
        {"y": [6, -1, 9]},
        {"twice": [2, 2, 2]},
        {"dx": [2, 2, 2]},
    ]
    assert [line.phase for line in lines][-3:] == ["forward", "backward", "backward"]


def giving_up(x):
    y = x
    try:
        y = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        y = np.linalg.pinv(x)
    return y, None


def test_a_statement_that_fails_is_no_line():
    lines = trace(giving_up, np.zeros((2, 2)))
    assert [line.text for line in lines] == ["y = x", "y = np.linalg.pinv(x)"]


def test_a_formula_without_source_is_refused(tally):
    names = {}
    exec("def nowhere(x):\n    return x, None", names)
    for formula in (names["nowhere"], np.tanh):
        with pytest.raises(SettingError, match="can not be found") as refusal:
            traced(formula, formula, 1.0)
        assert "a formula stands in a file" in str(refusal.value)
        tally.add("bad input")
    assert traced(formulas.tanh, formulas.tanh, np.zeros(1))[1]
