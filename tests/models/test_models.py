"""The known networks: they have the shapes they promise, learn from tiny data, and come back from tables and files."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from tests.support.refusals import refused
from tests.support.slopes import assert_slope, slope

import layerwise as lw
from layerwise import models
from layerwise.errors import KindError, SettingError, ShapeError
from layerwise.random import generator

RNG = generator(0, "models")
IMAGES, LABELS = RNG.normal(size=(12, 1, 28, 28)).astype(np.float32), np.arange(12) % 3
LETTERS = RNG.integers(2, 9, size=(12, 7))
PAIRS = np.stack([np.arange(12) % 4, np.arange(12) % 5], axis=1)
BAGS = RNG.integers(3, size=(12, 20)).astype(np.float32)
CASES = {
    "lenet": (lambda: models.lenet(3), IMAGES, LABELS),
    "resnet": (lambda: models.resnet(3, widths=(4, 8)), IMAGES, LABELS),
    "char_lstm": (lambda: models.char_lstm(9, embedding=8, hidden=16), LETTERS, np.roll(LETTERS, -1, axis=1)),
    "char_lstm, classes": (lambda: models.char_lstm(9, embedding=8, hidden=16, classes=3), LETTERS, LABELS),
    "gpt": (lambda: models.gpt(9, length=7, width=16, heads=2), LETTERS, np.roll(LETTERS, -1, axis=1)),
    "bag_of_words": (lambda: models.bag_of_words(20, 3, hidden=8, dropout=0.1), BAGS, LABELS),
    "factorization": (lambda: models.factorization(4, 5, factors=4, mean=3.0), PAIRS, np.float32(PAIRS[:, :1] + 1)),
}
each_model = pytest.mark.parametrize(("make", "x", "y"), CASES.values(), ids=CASES)


def loss_for(y):
    return lw.MSELoss() if y.dtype == np.float32 else lw.CrossEntropyLoss()


def test_each_has_a_row():
    assert {name.partition(",")[0] for name in CASES} == set(models.__all__)


@each_model
def test_it_learns_a_few_samples(make, x, y):
    net = make()
    settings = {"epochs": 30, "batch_size": 6, "progress": False}
    history = lw.fit(net, (x, y), loss=loss_for(y), optimizer=lw.Adam(0.02), **settings)
    assert history["train_loss"][-1] < 0.5 * history["train_loss"][0]


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("lenet", "resnet")])
def test_the_gradient_is_the_slope(name, tally):
    """Along one direction, in float64; those for images have kinks within reach of every step."""
    make, x, y = CASES[name]
    net, loss = make().astype("float64"), loss_for(y)
    direction = generator(1, "direction").normal(size=net.theta.shape)
    theta, at = net.theta.copy(), np.zeros(1)

    def cost():
        net.theta = theta + at[0] * direction
        return float(loss(net.forward(x, training=True, step=0)[0], y)[0])

    wanted = slope(cost, at)
    net.theta = theta
    net.zero_grad()
    output, backward = net.forward(x, training=True, step=0)
    backward(loss(output, y)[1]())
    assert_slope(np.array([net.grad @ direction]), wanted)
    tally.add("gradient checks", 1)


@each_model
def test_table_copy_and_file(make, x, y, tmp_path):
    net = make()
    again = lw.Network.from_spec(net.spec())
    assert (repr(again), again.spec(), again.theta.size) == (repr(net), net.spec(), net.theta.size)
    net.save(tmp_path / "net.safetensors")
    loaded = lw.load(tmp_path / "net.safetensors")
    for twin in (loaded, copy.deepcopy(net)):
        assert twin(x).tobytes() == net(x).tobytes()
    assert net.summary(x.shape[1:])


@each_model
def test_the_same_seed_gives_the_same_network(make, x, y):
    assert make().theta.tobytes() == make().theta.tobytes()


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: models.resnet(widths=()), SettingError, "widths must be a tuple of one or more whole numbers, got ()"),
    (lambda: models.resnet(widths=8), KindError, "widths must be a tuple of one or more whole numbers, got 8"),
    (lambda: models.resnet(widths=(4, 8.0)), KindError, "widths[1] must be a whole number, got 8.0"),
    (lambda: models.resnet(widths="48"), KindError, "widths must be a tuple"),
    (lambda: models.lenet(maps=5), KindError, "maps must be a tuple of 2 whole numbers, got 5"),
    (lambda: models.lenet(maps=(1, 2, 3)), SettingError, "maps must be a tuple of 2 whole numbers, got (1, 2, 3)"),
    (lambda: models.lenet(maps=(6, 0)), SettingError, "maps[1] must be at least 1, got 0"),
    (lambda: models.gpt(5, blocks=1.5), KindError, "blocks must be a whole number, got 1.5"),
    (lambda: models.gpt(5, blocks=None), KindError, "blocks must be a whole number, got None"),
    (lambda: models.gpt(5, blocks=-1), SettingError, "blocks must be at least 1, got -1"),
    (lambda: models.gpt(5, width="64"), KindError, "width must be a whole number, got '64'"),
    (lambda: models.factorization(3, 5, factors="a"), KindError, "factors must be a whole number, got 'a'"),
    (lambda: models.factorization(3, 5, mean="a"), KindError, "mean must be a number, got 'a'"),
    (lambda: models.factorization(4, 5)(np.zeros((2, 3), int)), ShapeError, "expects 2 places in axis -1, got 3"),
    (lambda: models.factorization(4, 5)(np.zeros((2, 1), int)), ShapeError, "got 1"),
    (lambda: models.factorization("4", 5), KindError, "num_embeddings must be a whole number, got '4'"),
    (lambda: models.bag_of_words(20, hidden=None), KindError, "must be a whole number, got None"),
    (lambda: models.char_lstm(9, layers=None), KindError, "num_layers must be a whole number, got None"),
])  # fmt: skip
def test_what_is_refused(call, error, words, tally):
    refused(tally, error, words, call)


def test_lenet_is_lenet_5():
    """The numbers of the layers C3, C5 and F6 of the original, with all maps connected."""
    net = models.lenet()
    assert [weight.shape for name, weight in net.parameters().items() if name.endswith("weight")] == [
        (6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84),
    ]  # fmt: skip
    assert net.theta.size == 61_706


def test_a_residual_network_reads_images_of_any_size():
    net = models.resnet(3)
    for side in (8, 28, 33):
        assert net(np.zeros((2, 1, side, side))).shape == (2, 3)


def test_gpt_looks_back_only_and_is_tied():
    net = models.gpt(9, length=7, width=16, heads=2)
    changed = LETTERS.copy()
    changed[:, 4:] = 2
    np.testing.assert_allclose(net(changed)[:, :4], net(LETTERS)[:, :4], rtol=1e-5, atol=1e-6)
    assert net[0].weight is net[-1].weight
    assert np.abs(net(LETTERS)).max() < 3  # the first guess is nearly even


def test_padding_changes_no_answer():
    net = models.char_lstm(9, embedding=8, hidden=16, classes=3)
    longer = np.pad(LETTERS, ((0, 0), (0, 4)))
    np.testing.assert_allclose(net(longer), net(LETTERS), rtol=1e-5, atol=1e-6)


def test_factors_are_the_textbooks_formula():
    net = models.factorization(4, 5, factors=3, mean=3.25, dtype="float64")
    p, q, b_user, b_item, h, mean = net.parameters().values()
    u, i = 2, 4
    np.testing.assert_array_equal(h, np.ones((1, 5)))
    expected = 3.25 + b_user[u] + b_item[i] + p[u] @ q[i]
    np.testing.assert_allclose(net(np.array([[u, i]]))[0], expected, rtol=1e-12)
    assert mean == 3.25


def test_a_bag_adds_up_the_vectors_of_its_words():
    net = models.bag_of_words(20, hidden=4, dtype="float64")
    vectors, bias = net[0].weight.T, net[0].bias
    bag = np.zeros((1, 20))
    bag[0, [3, 7]] = 2, 1
    np.testing.assert_allclose(net[0](bag)[0], 2 * vectors[3] + vectors[7] + bias, rtol=1e-12)
