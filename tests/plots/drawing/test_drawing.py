"""Drawings of every kind of network: each part is there once, nothing overlaps, is clipped or hidden."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.plots.drawing.nets import TEST_SET, Star, attention, blocks, drawn_by_lot, mlp, shared
from tests.support.refusals import refused
from tests.support.tally import Tally

import layerwise as lw
from layerwise.errors import FileError, KindError, SettingError, ShapeError
from layerwise.network.container import Container, leaves
from layerwise.plots import architecture
from layerwise.plots.drawing.folding import folded
from layerwise.plots.drawing.items import Box, Disc, Edge, Line, Rect, Sheet, Text
from layerwise.plots.drawing.structure import Repeat, blocks_in, structure

each_net = pytest.mark.parametrize(("make", "shape"), TEST_SET.values(), ids=TEST_SET)
each_lot = pytest.mark.parametrize("seed", range(8))


def of_kind(sheet: Sheet, *kinds: str) -> list[Rect]:
    return [item for item in sheet.items if isinstance(item, Rect) and item.kind in kinds]


def words(sheet: Sheet) -> list[str]:
    return [item.words for item in sheet.items if isinstance(item, Text)]


def layers_of(net: lw.Network) -> list[str]:
    """The addresses of the layers that compute, in which a layer that learns counts once however often it is used."""
    met: set[int] = set()
    found = []
    for leaf in leaves(net.chain, None):
        if isinstance(leaf.layer, Container):
            continue
        if not (leaf.layer.trains and id(leaf.layer) in met):
            found.append(leaf.address)
        met.add(id(leaf.layer))
    return found


@each_net
def test_every_layer_is_one_block(make, shape) -> None:
    net = make()
    sheet = architecture(net, input_shape=shape, kind="blocks", unfold=True).sheet
    assert [box.address for box in of_kind(sheet, "block", "light")] == layers_of(net)


@each_net
def test_folded_blocks_and_their_times_are_all_layers(make, shape) -> None:
    net = make()
    row, _ = structure(net, shape)
    small = folded(row)

    def count(part) -> int:
        if isinstance(part, Repeat):
            return sum(map(count, part.body.parts)) * (1 if part.same else part.times)
        inner = [getattr(part, name, None) for name in ("body", "shortcut")] + [*getattr(part, "ways", ())]
        inner += [*getattr(part, "members", ()), *getattr(part, "parts", ())]
        return sum(count(each) for each in inner if each is not None) or sum(1 for _ in blocks_in(part))

    assert count(small) == len(layers_of(net))
    drawn = architecture(net, input_shape=shape, kind="blocks").sheet
    assert len(of_kind(drawn, "block", "light")) == len(list(blocks_in(small)))


def boxes(items: Iterable[Any], grown: float = 0.0) -> np.ndarray:
    """(M, 4): left, top, right, bottom."""
    return np.array([item.box for item in items], float).reshape(-1, 4) + np.array([-1, -1, 1, 1]) * grown


def meets(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(M, K) whether the insides have a place in common."""
    a, b = one[:, None], other[None]
    across = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    return across & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])


def holds(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(M, K) whether the second lies within the first."""
    a, b = one[:, None], other[None]
    return (a[..., :2] <= b[..., :2]).all(axis=-1) & (a[..., 2:] >= b[..., 2:]).all(axis=-1)


def ways_of(lines: Iterable[Line]) -> tuple[np.ndarray, list[Line]]:
    """Every straight way of every line as a box a hair thick, and the line that it is of."""
    found = [(pair, line) for line in lines for pair in itertools.pairwise(line.points)]
    corners = [[min(a, c), min(b, d), max(a, c), max(b, d)] for ((a, b), (c, d)), _ in found]
    return np.array(corners, float).reshape(-1, 4) + np.array([-0.1, -0.1, 0.1, 0.1]), [line for _, line in found]


def assert_none(wrong: np.ndarray, one: Sequence[Any], other: Sequence[Any]) -> None:
    places = np.argwhere(wrong)
    assert not len(places), (one[places[0][0]], other[places[0][1]])


def assert_in_order(sheet: Sheet) -> None:
    """Nothing is clipped; words meet no words, no line and no border; a line meets no box but those it joins."""
    page = Box(8, 8, sheet.width - 8, sheet.height - 8)
    assert all(page.holds(item.box) for item in sheet.items), "clipped"
    texts = [item for item in sheet.items if isinstance(item, Text)]
    rects = [item for item in sheet.items if isinstance(item, Rect)]
    discs = [item for item in sheet.items if isinstance(item, Disc)]
    ways, lines = ways_of(item for item in sheet.items if isinstance(item, Line))
    said, framed, round_ = boxes(texts), boxes(rects), boxes(discs)
    assert_none(meets(said, said) & ~np.eye(len(said), dtype=bool), texts, texts)
    assert_none(meets(said, framed) & ~holds(framed, said).T, texts, rects)
    assert_none(meets(framed, framed) & ~holds(framed, framed) & ~holds(framed, framed).T, rects, rects)
    assert_none(meets(ways, boxes(texts, -0.5)), lines, texts)
    solid = [rect for rect in rects if rect.kind != "frame"]
    inside = holds(boxes(solid), boxes(lines, -1)).T & np.array([line.kind != "link" for line in lines], bool)[:, None]
    assert_none(meets(ways, boxes(solid, -1)) & ~inside, lines, solid)
    assert_none(meets(round_, said) & ~holds(round_, boxes(texts, -2)), discs, texts)


@each_net
@pytest.mark.parametrize("unfold", [False, True], ids=["folded", "unfolded"])
def test_nothing_overlaps_or_is_clipped(make, shape, unfold) -> None:
    assert_in_order(architecture(make(), input_shape=shape, kind="blocks", unfold=unfold).sheet)
    assert_in_order(architecture(make(), input_shape=shape, unfold=unfold).sheet)


@each_lot
def test_of_networks_drawn_by_lot_every_layer_is_one_block_and_nothing_overlaps(seed) -> None:
    net = drawn_by_lot(seed)
    sheet = architecture(net, kind="blocks", unfold=True).sheet
    assert sorted(box.address for box in of_kind(sheet, "block", "light")) == sorted(layers_of(net))
    assert_in_order(sheet)
    assert_in_order(architecture(net, kind="blocks").sheet)


@each_net
def test_it_is_the_same_each_time_and_leaves_the_network_alone(make, shape) -> None:
    net = make()
    before = net.theta.copy()
    one, other = (architecture(each, input_shape=shape) for each in (net, make()))
    assert one.svg == other.svg
    assert str(one) == str(other)
    assert (net.theta == before).all()


def test_a_sequence_of_any_length_has_the_same_picture() -> None:
    (make, short), (_, long) = TEST_SET["LSTM, T = 5"], TEST_SET["LSTM, T = 200"]
    drawings = [architecture(make(), input_shape=shape) for shape in (short, long, None)]
    assert len({drawing.svg for drawing in drawings}) == 1
    assert "(N, T, 8)" in words(drawings[0].sheet)
    loops = [item for item in drawings[0].sheet.items if isinstance(item, Line) and item.kind == "loop"]
    (cell,) = of_kind(drawings[0].sheet, "block")[:1]
    assert len(loops) == 1
    assert loops[0].points[0][0] == loops[0].points[-1][0] == cell.box.right, "from the cell and back into it"
    assert loops[0].points[0][1] > loops[0].points[-1][1]


def test_attention_has_its_four_maps() -> None:
    net = attention()
    sheet = architecture(net).sheet
    said = words(sheet)
    assert [text for text in said if text in ("Q", "K", "V", "output projection")] == [
        "Q",
        "K",
        "V",
        "output projection",
    ]
    assert "softmax(Q Kᵀ / √4) V" in said
    assert "2 heads, causal" in said
    assert said.count("72") == 4  # 8 · 8 + 8, in each of the four
    assert sum(p.size for p in net.chain[0][1].parameters.values()) == 4 * 72
    (box,) = [rect for rect in of_kind(sheet, "block") if "Multihead" in rect.told]
    assert all(box.box.holds(inner.box) for inner in of_kind(sheet, "inner"))


def test_equal_blocks_fold_and_unfold() -> None:
    small, large = (architecture(blocks(12), unfold=unfold).sheet for unfold in (False, True))
    assert "× 12" in words(small)
    assert "1 to 12" in words(small)
    assert len(of_kind(small, "block", "light")) == 1 + 3 + 1
    assert len(of_kind(large, "block", "light")) == 1 + 36 + 1
    assert len(of_kind(architecture(blocks(60)).sheet, "block", "light")) == 5
    skips = [item for item in large.items if isinstance(item, Line) and item.kind == "skip"]
    assert len(skips) == 12
    assert all(line.head for line in skips)


def test_a_shared_layer_is_one_box_with_a_way_back_to_it() -> None:
    net = shared()
    sheet = architecture(net).sheet
    (port,) = [item for item in sheet.items if isinstance(item, Disc) and item.kind == "port"]
    (home,) = [box for box in of_kind(sheet, "block") if box.address == "1"]
    (link,) = [item for item in sheet.items if isinstance(item, Line) and item.kind == "link"]
    assert port.address == "1"
    assert link.points[0] == (port.x - port.radius, port.y)
    assert link.points[-1] == (home.box.left, (home.box.top + home.box.bottom) / 2)
    assert "through 1 again" in words(sheet)
    counts = [int(text.split()[0]) for text in words(sheet) if text.endswith("parameters")]
    assert counts[0] == net.theta.size == sum(counts[1:])


def test_one_row_of_weights_gone_through_again_and_again() -> None:
    layer = lw.Linear(4, 4)
    net = lw.Network(*[each for _ in range(3) for each in (layer, lw.Tanh())])
    said = words(architecture(net).sheet)
    assert {"× 3", "0 to 5", "the same weights each time", "20 parameters"} <= set(said)


def test_tied_weights_are_told_and_counted_once() -> None:
    net = lw.Network(lw.Embedding(9, 4), lw.Linear(4, 9, bias=False), ties={"1.weight": "0.weight"})
    said = words(architecture(net).sheet)
    assert "weight is 0.weight" in said
    assert said.count("36 parameters") == 2  # in all, and of the embedding


def test_what_the_picture_leaves_out_is_named() -> None:
    class Wrapped(lw.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inside = lw.Linear(2, 2)

        def children(self):
            return iter([("inside", self.inside)])

        def forward(self, x, pass_):
            return self.inside.forward(x, pass_)

        def output_shape(self, shape):
            return shape

    assert "Not drawn: 1 layer inside Wrapped." in words(architecture(lw.Network(Wrapped())).sheet)
    star = lw.Network(Star(lw.Linear(2, 2), lw.Linear(2, 2)))
    assert "Not drawn: how Star joins the layers inside it." in words(architecture(star).sheet)
    assert "Not drawn: how Star joins the layers inside it." in str(architecture(star))
    assert not any(text.startswith("Not drawn") for text in words(architecture(attention()).sheet))


def test_names_stand_at_both_ends_as_far_as_they_fit() -> None:
    net = lw.Network(lw.Conv2d(1, 4, 3), lw.Flatten())
    classes = ["shirt", "shoe <big>", "a name of far more letters than fit"]
    sheet = architecture(net, inputs=["grey"], outputs=classes).sheet
    assert {"grey", "shirt, shoe <big>, a name of far more le..."} <= set(words(sheet))
    many = architecture(net, outputs=[f"class {k}" for k in range(100)]).sheet
    (line,) = [text for text in words(many) if text.startswith("class 0")]
    assert line.endswith(" more")
    assert int(line.split()[-2]) + line.count("class") == 100
    assert_in_order(sheet)
    assert_in_order(many)


def test_those_who_do_not_see_it_are_told_the_same() -> None:
    assert architecture(lw.Network(lw.Residual(lw.Linear(4, 4)), lw.Linear(4, 1)), kind="blocks").sheet.spoken == (
        "Input: (N, 4). To what comes in is added: [0.0 Linear(4, 4), makes (N, 4), with 20 parameters.] "
        "1 Linear(4, 1), makes (N, 1), with 5 parameters. Output: (N, 1). 25 parameters in all."
    )
    assert "12 times: [To what comes in is added: [" in architecture(blocks(12)).sheet.spoken
    assert "Side by side, then concatenate: [" in architecture(TEST_SET["two branches"][0]()).sheet.spoken
    assert "Through 1 again." in architecture(shared()).sheet.spoken


def test_running_statistics_are_told() -> None:
    assert "32 parameters, 33 in buffers" in words(architecture(lw.Network(lw.BatchNorm2d(16))).sheet)


def test_a_layer_by_itself() -> None:
    sheet = architecture(lw.GRU(3, 4)).sheet
    assert {"GRU", "(3, 4)", "h to the next step", "(N, T, 3)", "(N, T, 4)"} <= set(words(sheet))
    assert_in_order(sheet)


@each_net
def test_the_file_is_whole_and_takes_nothing_from_elsewhere(make, shape, tmp_path: Path) -> None:
    drawing = architecture(make(), input_shape=shape)
    drawing.save(tmp_path / "net.svg")
    text = (tmp_path / "net.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text == drawing.svg == drawing._repr_html_()
    assert text.count("http") == 1  # the name of the format
    assert "url(" not in text
    assert "<script" not in text
    assert len(text) < 60_000


def test_what_does_not_fit_is_refused(tally: Tally, tmp_path: Path) -> None:
    refused(tally, KindError, "net must be a Network", lambda: architecture("digits"))  # type: ignore[arg-type]
    refused(tally, SettingError, "kind", lambda: architecture(mlp(1, 1), kind="boxes"))
    refused(tally, SettingError, "kind='units' draws dense networks", lambda: architecture(attention(), kind="units"))
    refused(tally, SettingError, "limit", lambda: architecture(mlp(1, 1), limit=0))
    refused(tally, ShapeError, "features", lambda: architecture(mlp(3, 1), input_shape=(4,)))
    refused(tally, FileError, ".svg", lambda: architecture(mlp(3, 1)).save(tmp_path / "net.png"))
    refused(tally, FileError, "none", lambda: architecture(mlp(3, 1)).save(tmp_path / "none" / "net.svg"))


def test_edges_and_boxes_never_share_a_drawing() -> None:
    assert any(isinstance(item, Edge) for item in architecture(mlp(3, 2)).sheet.items)
    assert not any(isinstance(item, Edge) for item in architecture(mlp(3, 2), kind="blocks").sheet.items)
