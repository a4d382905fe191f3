"""What each hidden unit cuts out of the plane: its field and its border, and the regions that all borders leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from layerwise.arrays import real_array
from layerwise.checks import require_kind, whole_number
from layerwise.errors import SettingError, nearest
from layerwise.insight import Recorder
from layerwise.layers import Linear
from layerwise.network import Network
from layerwise.network.container import leaves
from layerwise.plots import style
from layerwise.plots.arrangement import parts_of, regions_of_lines, straight
from layerwise.plots.plane import Plane, plane_of
from layerwise.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 16
"""Units that have a border or a panel of their own; of a wider layer the first."""
_ROWS = 20_000
_TINTS = (0.0, 0.14, 0.28)


def hidden_regions(
    net: Network,
    x: Any,
    y: Any = None,
    *,
    layer: str | None = None,
    ax: Axes | None = None,
    resolution: int = 240,
    labels: tuple[str, str] = ("x1", "x2"),
    title: str | None = None,
    features: Sequence[int] | None = None,
    held: Any = None,
) -> Axes:
    """Draw where each unit of a hidden layer is 0, and the regions into which these borders cut the plane.

    x: (N, 2), or (N, D) with `features`; y: (N,) classes, which give the points their markers; all alike unless given.
    layer: the address of a `Linear`, "0" the first unless given: its units before their activation. A unit of the first
    layer cuts along a straight line; those of later layers bend where an earlier one does. resolution: points on each
    axis, on which regions with bent borders are counted: "about" so many, since slivers break between the points. The
    rest is as in `decision_boundary`. Returns the axes. Raises SettingError for an address without a Linear, ShapeError
    and DataError for what can not be drawn.

    >>> import layerwise as lw
    >>> net = lw.Network(lw.Linear(2, 2), lw.ReLU(), lw.Linear(2, 1))
    >>> net[0].weight, net[0].bias = [[1, 0], [0, 1]], [0, 0]
    >>> x = np.random.default_rng(0).uniform(-1, 1, size=(30, 2))
    >>> hidden_regions(net, x).get_title(loc="left")
    '2 units cut the plane into 4 regions'
    """
    plane, address = _checked(net, x, features, held, layer)
    resolution = whole_number("resolution", resolution, minimum=2)
    across, up, places = plane.grid(resolution, False)
    z = _before_activation(net, plane.rows(places), address).reshape(resolution, resolution, -1)
    regions, count = parts_of(z > 0)
    lines = straight(z)
    about = "" if lines is not None else "about "  # what is bent is counted on the grid, which breaks slivers
    count = count if lines is None else regions_of_lines(lines)
    units = z.shape[-1]
    cutting = int(((z.min(axis=(0, 1)) < 0) & (z.max(axis=(0, 1)) > 0)).sum())
    who = f"{units} unit{'s'[: units != 1]}" if cutting == units else f"{cutting} of {units} units"
    said = f"{who} cut{'s'[: cutting == 1]} the plane into {about}{count:,} region{'s'[: count != 1]}"
    words = "\n".join(filter(None, [said, plane.words]))
    ax = style.new_axes(5.6, 5.0) if ax is None else ax
    style.dress(ax, words if title is None else title, *labels)
    tints = np.array([style.rgb(style.mix(style.INK_SOFT, style.SURFACE, tint)) for tint in _TINTS]) / 255
    ax.imshow(
        tints[regions % len(_TINTS)], extent=(across[0], across[-1], up[0], up[-1]), origin="lower", aspect="auto",
        interpolation="nearest", zorder=1, resample=False, interpolation_stage="data",
    )  # fmt: skip
    drawn = [_border(ax, across, up, z[..., unit], unit) for unit in range(min(units, _MOST))]
    _points(ax, plane.points, y)
    style.key(ax, [each for each in drawn if each is not None], handle_length=2.2)
    ax.set_xlim(across[0], across[-1])
    ax.set_ylim(up[0], up[-1])
    return ax


def hidden_fields(
    net: Network,
    x: Any,
    y: Any = None,
    *,
    layer: str | None = None,
    resolution: int = 100,
    labels: tuple[str, str] = ("x1", "x2"),
    features: Sequence[int] | None = None,
    held: Any = None,
) -> list[Axes]:
    """Draw what each unit of a hidden layer says everywhere in the plane: a panel a unit, up to 16 of them.

    Blue is below 0, orange above, the paper 0, and a thin line where it is 0; all panels have one scale, the largest
    size on the plane, and say it. The arguments are those of `hidden_regions`. Returns the axes, unit by unit.

    >>> import layerwise as lw
    >>> panels = hidden_fields(lw.Network(lw.Linear(2, 3), lw.Tanh(), lw.Linear(3, 1)), np.eye(2), resolution=10)
    >>> [ax.get_title(loc="left") for ax in panels]
    ['h1', 'h2', 'h3']
    """
    plane, address = _checked(net, x, features, held, layer)
    across, up, places = plane.grid(whole_number("resolution", resolution, minimum=2), False)
    z = _before_activation(net, plane.rows(places), address).reshape(len(up), len(across), -1)
    shown = min(z.shape[-1], _MOST)
    rows = -(-shown // 4)
    columns = -(-shown // rows)
    figure = style.new_axes(2.1 * columns + 0.4, 2.1 * rows + 0.6).figure
    figure.clear()
    panels = list(np.ravel(figure.subplots(rows, columns, squeeze=False)))
    full = float(np.abs(z[..., :shown]).max()) or 1.0
    for unit, ax in enumerate(panels[:shown]):
        last, first = unit >= shown - columns, unit % columns == 0
        style.dress(ax, f"h{unit + 1}", labels[0] if last else "", labels[1] if first else "")
        ax.tick_params(labelbottom=last, labelleft=first)
        ax.imshow(
            z[..., unit], cmap=style.diverging(), vmin=-full, vmax=full, origin="lower", aspect="auto", zorder=1,
            extent=(across[0], across[-1], up[0], up[-1]), interpolation="bilinear", resample=True,
            interpolation_stage="data", alpha=None,
        )  # fmt: skip
        _zero(ax, across, up, z[..., unit], style.INK, "solid", 0.9)
        _points(ax, plane.points, y, small=True)
        ax.set_xlim(across[0], across[-1])
        ax.set_ylim(up[0], up[-1])
    for ax in panels[shown:]:
        ax.remove()
    figure.suptitle(
        _scale_words(full, z.shape[-1], shown, plane), x=0.02, ha="left", fontsize=style.LABEL, color=style.INK_SOFT,
        fontfamily=style.FONT,
    )  # fmt: skip
    return panels[:shown]


def _scale_words(full: float, units: int, shown: int, plane: Plane) -> str:
    from layerwise.wording import quantity

    words = [f"before the activation: blue −{quantity(full)}, paper 0, orange {quantity(full)}"]
    words += [f"the first {shown} of {units} units"] * (shown < units)
    return "; ".join(filter(None, [*words, plane.words]))


def _checked(net: Any, x: Any, features: Any, held: Any, layer: str | None) -> tuple[Plane, str]:
    require_kind("net", net, Network, "lw.Network(...)")
    linear = [leaf.address for leaf in leaves(net.chain, None) if isinstance(leaf.layer, Linear)]
    if not linear:
        raise SettingError("hidden units are those of Linear layers, and the network has none")
    address = linear[0] if layer is None else layer
    if address not in linear:
        raise SettingError(f"there is no Linear at the address {address!r}.{nearest(str(address), linear)}")
    return plane_of(x, features, held), address


def _before_activation(net: Network, x: Array, address: str) -> Array:
    """(M, D) → (M, H), what the units say before their activation."""
    found = []
    for start in range(0, len(x), _ROWS):
        recorder = Recorder()
        net(x[start : start + _ROWS], tap=recorder)
        found.append(recorder.activations[address])
    return np.concatenate(found).reshape(len(x), -1)


def _border(ax: Axes, across: Array, up: Array, z: Array, unit: int) -> Any:
    """The line where a unit is 0, in a colour and dash of its own; None where it is 0 nowhere in the picture."""
    from matplotlib.lines import Line2D

    colour = style.CURVES[unit % len(style.CURVES)]
    dash = style.DASHES[(unit + unit // len(style.CURVES)) % len(style.DASHES)]
    if not _zero(ax, across, up, z, colour, dash, 1.8):
        return None
    return Line2D([], [], color=colour, linestyle=dash, linewidth=1.8, label=f"h{unit + 1}", marker="none")


def _zero(ax: Axes, across: Array, up: Array, z: Array, colour: str, dash: Any, width: float) -> bool:
    if not z.min() < 0 < z.max():
        return False
    ax.contour(
        across, up, z, levels=[0.0], colors=[colour], linewidths=width, linestyles=[dash], zorder=2, algorithm="serial",
        corner_mask=True,
    )  # fmt: skip
    return True


def _points(ax: Axes, points: Array, y: Any, small: bool = False) -> None:
    """The data; classes by their markers, since colours are those of the units."""
    labels = np.zeros(len(points), int) if y is None else real_array("y", y).reshape(-1).astype(int)
    if len(labels) != len(points):
        raise SettingError(f"x has {len(points)} rows and y has {len(labels)}: give one class for each point")
    area = float(np.clip(9_000 / len(points), 6, 24)) * (0.25 if small else 1.0)
    for k in np.unique(labels):
        place = int(k) % len(style.MARKERS)
        fill = style.SURFACE if place % 2 == 0 else style.INK_SOFT
        chosen = points[labels == k]
        ax.scatter(
            chosen[:, 0], chosen[:, 1], s=area * style.MARKER_SIZES[place], c=fill, marker=style.MARKERS[place],
            linewidths=0.7, edgecolors=style.INK_SOFT, zorder=3,
        )  # fmt: skip
