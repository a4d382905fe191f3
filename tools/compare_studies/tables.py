"""Generated tables whose right answer is known by how they are made."""

from __future__ import annotations

import numpy as np

Columns = dict[str, np.ndarray]
Table = tuple[Columns, np.ndarray]
Draw = np.random.Generator


def columns(x: np.ndarray) -> Columns:
    """Columns by name."""
    return {f"x{place}": column for place, column in enumerate(x.T)}


def linear(draw: Draw, rows: int = 500, width: int = 8) -> Table:
    """A weighted sum with a little noise."""
    x = draw.normal(size=(rows, width))
    return columns(x), x @ draw.normal(size=width) + 0.5 * draw.normal(size=rows)


def small(draw: Draw) -> Table:
    """80 rows, and noise twice as large as what can be known."""
    x = draw.normal(size=(80, 6))
    return columns(x), x[:, 0] + 2 * draw.normal(size=80)


def smooth(draw: Draw, rows: int = 20_000, width: int = 10) -> Table:
    """Waves along directions that lie across the columns."""
    x = draw.normal(size=(rows, width))
    directions = draw.normal(size=(width, 5)) / np.sqrt(width)
    return columns(x), np.sin(2 * x @ directions).sum(axis=1) + 0.1 * draw.normal(size=rows)


def stepped(draw: Draw, rows: int = 2000, width: int = 10) -> Table:
    """Steps along single columns, many of them, whose places and heights are drawn."""
    x = draw.uniform(-1, 1, size=(rows, width))
    y = 0.1 * draw.normal(size=rows)
    for place in draw.permutation(width)[:4]:
        heights = draw.normal(size=12)
        y += heights[np.digitize(x[:, place], np.linspace(-1, 1, 13)[1:-1])]
    return columns(x), y


def noise(draw: Draw) -> Table:
    """A target that has nothing to do with the columns."""
    return columns(draw.normal(size=(300, 6))), draw.normal(size=300)


def flipped(draw: Draw, rows: int = 1500) -> Table:
    """Yes or no, told by one of four columns of yes or no, but for a fifth of the rows, where it is turned round."""
    x = draw.integers(0, 2, size=(rows, 4))
    wrong = draw.random(rows) < 0.2
    return columns(x.astype(float)), np.where((x[:, 0] == 1) ^ wrong, "yes", "no")


def plain(draw: Draw) -> Table:
    """A weighted sum, and rows enough for a network to find out that it is one."""
    return linear(draw, 2000, 5)


# Truths that are drawn: the seed decides what they are made of, and not only their numbers.


def drawn_line(draw: Draw) -> Table:
    """A weighted sum of some numbers and some categories, of some noise; as a quantity, or as two classes of it."""
    rows, width, towns = int(draw.integers(300, 1500)), int(draw.integers(3, 10)), int(draw.integers(0, 3))
    x = draw.normal(size=(rows, width))
    score = x @ draw.normal(size=width)
    table = columns(x)
    for number in range(towns):
        codes = draw.integers(0, draw.integers(2, 7), size=rows)
        score += draw.normal(size=7)[codes]
        table[f"town{number}"] = np.array([f"t{code}" for code in codes])
    score += draw.uniform(0.2, 0.8) * score.std() * draw.normal(size=rows)
    return table, np.where(score > np.median(score), "high", "low") if draw.random() < 0.4 else score


def drawn_curve(draw: Draw) -> Table:
    """A smooth function that lies across the columns: waves, a product of two sums, or bends of sums."""
    rows, width = int(draw.integers(2500, 4500)), int(draw.integers(5, 9))
    x = draw.normal(size=(rows, width))
    count = int(draw.integers(3, 7))
    along = x @ (draw.normal(size=(width, 2 * count)) / np.sqrt(width))
    shape = str(draw.choice(["waves", "products", "bends"]))
    if shape == "waves":
        y = np.sin(draw.uniform(1.5, 2.5) * along[:, :count] + draw.uniform(0, 6, count)).sum(axis=1)
    elif shape == "products":
        y = (along[:, :count] * along[:, count:]).sum(axis=1)
    else:
        y = np.tanh(3 * along) @ draw.normal(size=2 * count) + np.abs(along[:, :count]).sum(axis=1)
    return columns(x), y + draw.uniform(0.02, 0.1) * y.std() * draw.normal(size=rows)


def drawn_steps(draw: Draw) -> Table:
    """Steps along columns, added up, or boxes of a tree whose cuts and heights are drawn; other columns have no use."""
    rows, width = int(draw.integers(1000, 2500)), int(draw.integers(6, 13))
    x = draw.uniform(-1, 1, size=(rows, width)) ** draw.choice([1, 3])
    if draw.random() < 0.5:
        y = np.zeros(rows)
        for place in draw.permutation(width)[: draw.integers(2, 5)]:
            cuts = np.sort(draw.choice(x[:, place], size=draw.integers(8, 14), replace=False))
            y += draw.normal(size=len(cuts) + 1)[np.digitize(x[:, place], cuts)]
    else:
        y = boxes(draw, x, draw.permutation(width)[:4], 5)
    return columns(x), y + draw.uniform(0.05, 0.2) * y.std() * draw.normal(size=rows)


def boxes(draw: Draw, x: np.ndarray, places: np.ndarray, depth: int) -> np.ndarray:
    """Heights of the leaves of a tree that cuts each box anew, near its middle."""
    if depth == 0 or len(x) < 20:
        return np.full(len(x), draw.normal())
    place = draw.choice(places)
    above = x[:, place] > np.quantile(x[:, place], draw.uniform(0.3, 0.7))
    y = np.empty(len(x))
    for side in (above, ~above):
        y[side] = boxes(draw, x[side], places, depth - 1)
    return y


# Planted leaks


def disguised(draw: Draw) -> Table:
    """One column is a curve of the target."""
    table, y = linear(draw)
    return {**table, "leak": np.exp(y / y.std())}, y


def sole(draw: Draw) -> Table:
    """One column knows all that can be known of the target, which is not all of it; the others know nothing."""
    table, _ = linear(draw)
    kind = draw.integers(0, 8, size=500)
    heights = draw.permutation(np.linspace(-1.5, 1.5, 8))
    return {**table, "leak": kind}, heights[kind] + 0.4 * draw.normal(size=500)


def copied(draw: Draw) -> Table:
    """A third of the rows stand there twice, in any order."""
    table, y = linear(draw, 300)
    rows = draw.permutation(np.r_[0:300, 0:100])
    return {name: column[rows] for name, column in table.items()}, y[rows]


def counted(draw: Draw) -> Table:
    """One column counts the rows."""
    table, y = linear(draw)
    return {**table, "number": np.arange(len(y))}, y


def dated(draw: Draw) -> Table:
    """One column is a day, written as 20240131."""
    table, y = linear(draw)
    days = draw.integers(0, 336, len(y))
    return {**table, "when": 20240101 + 100 * (days // 28) + days % 28}, y
