"""The drawing of units: every edge that is there and none that is not, its words, its XML."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

import layerwise as lw
from layerwise.errors import SettingError
from layerwise.layers.activation import Activation
from layerwise.plots import architecture, network_svg

SVG = "{http://www.w3.org/2000/svg}"


def parsed(net: lw.Network) -> ElementTree.Element:
    return ElementTree.fromstring(architecture(net, kind="units").svg)


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if each.get("class") == name]


def edges(root: ElementTree.Element) -> list[tuple[float, ...]]:
    return [tuple(float(n) for n in re.findall(r"-?[\d.]+", each.get("d", ""))) for each in of_class(root, "edge")]


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def mlp(*sizes: int) -> lw.Network:
    layers: list[Any] = []
    for one, other in pairwise(sizes):
        layers += [lw.Linear(one, other), lw.Tanh()]
    return lw.Network(*layers[:-1])


def test_three_three_one_has_nine_and_three_edges_and_none_within_a_layer() -> None:
    root = parsed(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1), lw.Sigmoid()))
    columns = sorted({float(each.get("cx", "")) for each in of_class(root, "unit")})
    assert len(columns) == 3
    spans = Counter((start, end) for start, _, end, _ in edges(root))
    assert sorted(spans.values()) == [3, 9]
    for start, end in spans:
        left = max(x for x in columns if x < start)
        right = min(x for x in columns if x > end)
        assert columns.index(right) == columns.index(left) + 1, "an edge joins neighbouring columns"
    ends = {(y, z) for start, y, _, z in edges(root) if start < columns[1]}
    assert len(ends) == 9, "each input is joined once with each hidden unit"
    assert len(of_class(root, "unit")) == 7


def test_words_name_layers_shapes_and_parameters() -> None:
    said = words(parsed(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1), lw.Sigmoid())))
    for text in ["3 → 3 → 1", "16 parameters", "input", "hidden", "output", "(N, 3)", "(N, 1)"]:
        assert text in said
    for text in ["Linear(3, 3)", "ReLU", "12 parameters", "Linear(3, 1)", "Sigmoid", "4 parameters"]:
        assert text in said
    units = ["x₁", "x₂", "x₃", "h₁", "h₂", "h₃", "y"]
    assert [text for text in said if text in units] == units


def test_screen_readers_get_title_and_description() -> None:
    root = parsed(lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1)))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "3 to 3 to 1"
    assert description.text == (
        "Input: 3 features. Hidden: Linear(3, 3) makes 3 units, with 12 parameters, then ReLU(). "
        "Output: Linear(3, 1) makes 1 unit, with 4 parameters. 16 parameters in all."
    )
    other = parsed(mlp(3, 4, 1)).find(f"{SVG}title")
    assert other is not None
    assert other.get("id") != title.get("id"), "two drawings in one page"


def test_a_column_of_sixteen_is_whole_and_of_seventeen_is_abridged() -> None:
    assert len(of_class(parsed(mlp(16, 1)), "unit")) == 17
    assert len(edges(parsed(mlp(16, 1)))) == 16
    root = parsed(mlp(17, 784, 1))
    assert len(of_class(root, "unit")) == 6 + 6 + 1
    assert len(edges(root)) == 36 + 6
    assert len(of_class(root, "dot")) == 6
    said = words(root)
    assert {"x₁", "x₃", "x₁₅", "x₁₇", "h₇₈₂", "h₇₈₄"} <= set(said)
    assert "x₄" not in said
    assert "(N, 784)" in said


def test_wide_networks_are_drawn_as_small_as_others() -> None:
    root = parsed(mlp(2000, 3000, 10))
    assert len(of_class(root, "unit")) == 6 + 6 + 10
    assert "9,033,010 parameters" not in words(root)
    assert f"{2000 * 3000 + 3000 + 3000 * 10 + 10:,} parameters" in words(root)
    assert not any("₂₀₀₀" in text for text in words(root)), "a name that does not fit its unit is left out"


def test_deep_networks_show_their_ends_and_count_the_rest() -> None:
    net = mlp(*[4] * 41)
    root = parsed(net)
    said = words(root)
    assert len(of_class(root, "unit")) == 9 * 4
    assert len(of_class(root, "dot")) == 3
    assert len(of_class(root, "flow")) == 2
    assert len(edges(root)) == 7 * 16, "no edge to or from what is left out"
    assert "hidden 5 to 36" in said
    assert {"hidden 4", "hidden 37", "output"} <= set(said)
    counts = [int(text.split()[0].replace(",", "")) for text in said if text.endswith("parameters")]
    assert counts[0] == net.theta.size == sum(counts[1:])


def test_ten_columns_are_all_shown() -> None:
    assert len(of_class(parsed(mlp(*[2] * 10)), "unit")) == 20
    assert not of_class(parsed(mlp(*[2] * 10)), "dot")


def test_shared_parameters_are_counted_once() -> None:
    shared = lw.Linear(4, 4)
    net = lw.Network(shared, lw.Tanh(), shared, lw.Tanh(), lw.Linear(4, 2))
    said = words(parsed(net))
    assert f"{net.theta.size} parameters" in said
    assert said.count("20 parameters") == 1
    assert "shared parameters" in said


def test_nested_rows_are_drawn_flat() -> None:
    nested = lw.Network(lw.Sequential(lw.Linear(3, 3), lw.Sequential(lw.ReLU(), lw.Linear(3, 1))))
    flat = lw.Network(lw.Linear(3, 3), lw.ReLU(), lw.Linear(3, 1))
    nested.theta = flat.theta  # whose first values depend on the names
    assert network_svg(nested) == network_svg(flat)


def test_layers_before_the_first_weights_stand_below_the_input() -> None:
    said = words(parsed(lw.Network(lw.Flatten(), lw.Linear(64, 10), lw.LogSoftmax())))
    assert "64 → 10" in said
    assert {"Flatten", "LogSoftmax", "Linear(64, 10)"} <= set(said)


def test_names_of_learners_layers_are_escaped() -> None:
    class Odd(Activation):
        formula = staticmethod(lw.formulas.relu)

        def __repr__(self) -> str:
            return 'Odd("<script>&\'")'

    text = network_svg(lw.Network(lw.Linear(2, 2), Odd()))
    assert "<script>" not in text
    assert 'Odd("<script>&\'")' in words(ElementTree.fromstring(text))


def test_nothing_overlaps_or_leaves_the_page() -> None:
    for net in (mlp(3, 3, 1), mlp(784, 128, 64, 10), mlp(*[4] * 41), mlp(1, 1)):
        root = parsed(net)
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        units = [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in of_class(root, "unit")]
        for x, y in units:
            assert 15 < x < width - 15
            assert 15 < y < height - 15
        assert min((x - a) ** 2 + (y - b) ** 2 for x, y in units for a, b in units if (x, y) != (a, b)) > 26**2
        lowest = max(float(each.get("y", "")) for each in root.iter(f"{SVG}text"))
        assert max(y for _, y in units) + 15 < lowest < height - 10


def test_the_drawing_is_the_same_each_time_and_leaves_the_network_alone() -> None:
    net = mlp(3, 5, 2)
    before = net.theta.copy()
    assert network_svg(net) == network_svg(net) == network_svg(mlp(3, 5, 2))
    assert (net.theta == before).all()


def test_it_keeps_its_words_readable_when_the_page_is_narrow() -> None:
    root = parsed(mlp(784, 128, 10))
    width = float(root.get("width", ""))
    style = dict(part.split(":") for part in root.get("style", "").split(";"))
    assert style["width"] == "100%"
    assert float(style["min-width"].removesuffix("px")) >= 0.74 * width
    assert style["max-width"] == f"{width:g}px"


def test_a_shortcut_is_told_where_it_is_added() -> None:
    block = lw.Residual(lw.Linear(3, 2), lw.ReLU(), lw.Linear(2, 1), shortcut=lw.Linear(3, 1))
    root = parsed(lw.Network(block, lw.Tanh()))
    assert len(edges(root)) == 3 * 2 + 2 * 1
    said = words(root)
    assert said[0] == "3 → 2 → 1"
    lines = ["Linear(2, 1)", "+ shortcut", "Linear(3, 1)", "Tanh", "7 parameters"]
    start = said.index("Linear(2, 1)")
    assert said[start : start + 5] == lines
    assert said[-1] == "Not drawn: 3 biases, the parameters of Linear(3, 1), a shortcut."
    (description,) = (each.text or "" for each in root.iter(f"{SVG}desc"))
    assert "then ReLU(). Output: Linear(2, 1) makes 1 unit, with 7 parameters" in description
    assert description.count("plus the shortcut Linear(3, 1), then Tanh().") == 1


def placed(root: ElementTree.Element, text: str) -> float:
    return next(float(each.get("x", "")) for each in root.iter(f"{SVG}text") if each.text == text)


def test_columns_and_classes_stand_beside_their_units() -> None:
    net = mlp(3, 5, 2)
    names, classes = ["age", "floor=top <1>", "a name of far more letters than fit"], ["yes", "no"]
    root = ElementTree.fromstring(network_svg(net, inputs=names, outputs=classes))
    shown = ["age", "floor=top <1>", "a name of far more le...", "yes", "no"]
    assert set(shown) <= set(words(root))
    xs = sorted({float(each.get("cx", "")) for each in of_class(root, "unit")})
    assert all(0 < placed(root, name) < xs[0] for name in shown[:3])
    assert all(xs[-1] < placed(root, name) for name in shown[3:])
    assert set(shown).isdisjoint(words(parsed(net)))


def test_of_many_units_those_drawn_are_named() -> None:
    names = [f"column {k}" for k in range(1, 31)]
    said = words(ElementTree.fromstring(network_svg(mlp(30, 2), inputs=names)))
    assert [each for each in said if each in names] == [f"column {k}" for k in (1, 2, 3, 28, 29, 30)]


@pytest.mark.parametrize(
    ("inputs", "outputs"), [(["a"], None), (None, ["a", "b", "c"]), ([], None), (["a"] * 4, ["b"])]
)
def test_names_must_fit_the_units(inputs: list[str] | None, outputs: list[str] | None) -> None:
    with pytest.raises(SettingError, match="must have a name for each of the"):
        network_svg(mlp(3, 5, 2), inputs=inputs, outputs=outputs)


def middles(net: lw.Network) -> list[float]:
    """Of the columns, from left to right."""
    return sorted(
        {item.x for item in architecture(net, kind="units").sheet.items if getattr(item, "kind", "") == "unit"}
    )


def shortcuts(net: lw.Network) -> list[tuple[float, float]]:
    """Where each begins and ends, from left to right."""
    sheet = architecture(net, kind="units").sheet
    return [(item.points[0][0], item.points[-1][0]) for item in sheet.items if getattr(item, "kind", "") == "skip"]


def test_the_shortcut_of_a_regression_leads_from_the_input_to_the_output() -> None:
    block = lw.Residual(lw.Linear(3, 4), lw.ReLU(), lw.Linear(4, 1), shortcut=lw.Linear(3, 1))
    net = lw.Network(block)
    xs = middles(net)
    assert shortcuts(net) == [(xs[0], xs[-1])]
    assert "shortcut" in words(parsed(net))
    assert shortcuts(mlp(3, 4, 1)) == []


def test_blocks_one_after_the_other_and_in_one_another_have_a_line_each() -> None:
    inner = lw.Residual(lw.Linear(4, 4))
    net = lw.Network(lw.Linear(3, 4), lw.Residual(lw.Linear(4, 4), inner), lw.Residual(lw.Linear(4, 4)))
    xs = middles(net)
    assert sorted(shortcuts(net)) == sorted([(xs[1], xs[3]), (xs[2], xs[3]), (xs[3], xs[4])])


def test_a_block_that_begins_in_what_is_left_out_begins_there() -> None:
    deep = [layer for _ in range(12) for layer in (lw.Residual(lw.Linear(4, 4)),)]
    assert len(shortcuts(lw.Network(*deep))) == 8


def test_a_block_within_one_column_needs_no_line() -> None:
    assert shortcuts(lw.Network(lw.Linear(3, 3), lw.Residual(lw.ReLU()))) == []


def test_colour_and_width_are_sign_and_size_of_the_weight() -> None:
    net = lw.Network(lw.Linear(2, 2))
    net[0].weight = [[1.0, -2.0], [0.0, 0.5]]
    edges = {(e.y1, e.y2): e for e in architecture(net).sheet.items if getattr(e, "kind", "") == "edge"}
    tops = sorted({y for pair in edges for y in pair})
    found = [edges[tops[i], tops[k]].strength for k in (0, 1) for i in (0, 1)]
    assert found == [0.5, -1.0, 0.0, 0.25]
    assert [edges[tops[i], tops[k]].told for k in (0, 1) for i in (0, 1)][
        1
    ] == "from input, unit 2 to output, unit 1: -2"
    halved = architecture(net, limit=4.0).sheet.items
    assert {e.strength for e in halved if getattr(e, "kind", "") == "edge"} == {0.25, -0.5, 0.0, 0.125}
    widths = [float(each.get("stroke-width", "")) for each in of_class(parsed(net), "edge")]
    assert widths == sorted(widths), "the largest lie on top"
    assert {"−2", "0", "2"} <= set(words(parsed(net)))


def test_weights_that_are_no_numbers_are_dashed() -> None:
    net = lw.Network(lw.Linear(2, 1))
    net[0].weight = [[float("nan"), 1.0]]
    broken = [each for each in of_class(parsed(net), "edge") if each.get("stroke-dasharray")]
    assert [each[0].text for each in broken] == ["from input, unit 1 to output, unit 1: nan"]


def test_what_is_not_drawn_is_named() -> None:
    said = " ".join(words(parsed(mlp(20, 30, 1))))
    assert "Not drawn: 31 biases, 14 units of input and their weights, 24 units of hidden and their weights." in said
    assert "columns, hidden 5 to 36" in " ".join(words(parsed(mlp(*[4] * 41))))
    assert words(parsed(lw.Network(lw.Linear(2, 1, bias=False))))[-1] == quantity_of(
        lw.Network(lw.Linear(2, 1, bias=False))
    )


def quantity_of(net: lw.Network) -> str:
    return f"{float(abs(net.theta).max()):.4g}"


def test_small_dense_networks_are_units_by_themselves_and_others_blocks() -> None:
    def is_units(net: lw.Network, **settings: Any) -> bool:
        return "unit" in {getattr(item, "kind", "") for item in architecture(net, **settings).sheet.items}

    assert is_units(mlp(3, 3, 1))
    assert is_units(mlp(16, 16, 8))
    assert not is_units(mlp(16, 17))
    assert not is_units(mlp(*[16] * 4))
    assert not is_units(mlp(*[2] * 11))
    assert is_units(mlp(30, 2), outputs=["yes", "no"])
    layer = lw.Linear(3, 3)
    assert not is_units(lw.Network(layer, lw.Tanh(), lw.Linear(3, 3), layer))
    assert not is_units(lw.Network(lw.Linear(3, 3), lw.LayerNorm(3)))
