"""Recurrent layers: lengths, states from chunk to chunk, both directions, dropout between layers, and what taps see."""

from __future__ import annotations

import numpy as np
import pytest

import layerwise as lw
from layerwise.errors import DataError, SettingError, ShapeError
from layerwise.layers import Pass
from layerwise.random import generator

rng = generator(4, "recurrent layers")
N, T, D, H = 4, 7, 3, 5
x = rng.normal(size=(N, T, D))
LENGTHS = np.array([7, 2, 5, 1])
CLASSES = [lw.RNN, lw.LSTM, lw.GRU]
each_class = pytest.mark.parametrize("cls", CLASSES)
SETTINGS = [
    {},
    {"num_layers": 2},
    {"bidirectional": True},
    {"num_layers": 3, "bidirectional": True, "bias": False},
    {"num_layers": 2, "output": "last"},
    {"num_layers": 2, "bidirectional": True, "output": "last"},
]
each_settings = pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: "-".join(each) or "plain")


def network(cls, **settings):
    return lw.Network(cls(D, H, **settings), seed=3, dtype="float64")


def there_and_back(net, x, dy=None, **named):
    net.zero_grad()
    y, backward = net.forward(x, **named)
    dx = backward(np.cos(np.arange(y.size)).reshape(y.shape) if dy is None else dy)
    return y, dx, net.grad.copy()


@pytest.mark.torch
@each_settings
@each_class
def test_lengths_are_torchs_packed_sequences(cls, settings):
    torch = pytest.importorskip("torch")
    net = network(cls, **settings)
    twin_settings = {key: value for key, value in settings.items() if key != "output"}
    twin = getattr(torch.nn, cls.__name__)(D, H, batch_first=True, dtype=torch.float64, **twin_settings)
    twin.load_state_dict({name[2:]: torch.as_tensor(array) for name, array in net.state_dict().items()})
    tensor = torch.as_tensor(x.copy()).requires_grad_()
    packed = torch.nn.utils.rnn.pack_padded_sequence(tensor, LENGTHS, batch_first=True, enforce_sorted=False)
    packed_h, states = twin(packed)
    h, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_h, batch_first=True)
    if settings.get("output") == "last":
        h_n = states[0] if isinstance(states, tuple) else states
        h = torch.cat(list(h_n[-2:] if "bidirectional" in settings else h_n[-1:]), dim=-1)
    y, dx, _ = there_and_back(net, x, lengths=LENGTHS)
    h.backward(torch.as_tensor(np.cos(np.arange(y.size)).reshape(y.shape)))
    np.testing.assert_allclose(y, h.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=1e-8, atol=1e-11)
    for (name, gradient), parameter in zip(net.gradients().items(), twin.parameters(), strict=True):
        np.testing.assert_allclose(gradient, parameter.grad.numpy(), rtol=1e-8, atol=1e-11, err_msg=name)


@each_settings
@each_class
def test_padding_changes_nothing(cls, settings):
    """Promise G6, first half: neither what stands in the padding nor how long it is."""
    net = network(cls, **settings)
    y, dx, dtheta = there_and_back(net, x, lengths=LENGTHS)
    longer = np.concatenate([x, np.full((N, 2, D), np.nan)], axis=1)
    longer[:, :T][np.arange(T) >= LENGTHS[:, None]] = np.nan
    dy = np.cos(np.arange(y.size)).reshape(y.shape)
    if y.ndim == 3:
        assert not y[np.arange(T) >= LENGTHS[:, None]].any()
        dy = np.concatenate([dy, np.ones((N, 2, y.shape[2]))], axis=1)
    again, dx_again, dtheta_again = there_and_back(net, longer, dy, lengths=LENGTHS)
    np.testing.assert_allclose(again[:, :T] if y.ndim == 3 else again, y, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(dx_again[:, :T], dx, rtol=1e-12, atol=1e-15)
    assert not dx_again[:, T:].any()
    np.testing.assert_allclose(dtheta_again, dtheta, rtol=1e-12, atol=1e-14)


@each_class
def test_a_mask_says_the_same_as_lengths(cls):
    net = network(cls, bidirectional=True)
    by_lengths = there_and_back(net, x, lengths=LENGTHS)
    by_mask = there_and_back(net, x, mask=np.arange(T) < LENGTHS[:, None])
    for one, other in zip(by_lengths, by_mask, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("cuts", [[3], [1, 2, 6], [1, 2, 3, 4, 5, 6]])
@pytest.mark.parametrize("settings", [{}, {"num_layers": 3}])
@each_class
def test_chunks_with_a_carried_state_are_the_whole(cls, settings, cuts):
    """Promise G6, second half."""
    net = network(cls, **settings)
    state, whole_state = {}, {}
    chunks = [net(chunk, state=state) for chunk in np.split(x, cuts, axis=1)]
    np.testing.assert_allclose(np.concatenate(chunks, axis=1), net(x, state=whole_state), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(state["0"], whole_state["0"], rtol=1e-12)


@each_class
def test_no_gradient_flows_from_chunk_to_chunk(cls):
    """Truncated back-propagation through time: a chunk learns as if its first state were data."""
    net = network(cls, num_layers=2)
    state = {}
    net.forward(x[:, :4], training=True, state=state)
    kept = {address: np.array(each) for address, each in state.items()}
    y, dx, dtheta = there_and_back(net, x[:, 4:], state=state)
    begun = {"0": tuple(kept["0"]) if cls is lw.LSTM else kept["0"]}
    for one, other in zip((y, dx, dtheta), there_and_back(net, x[:, 4:], state=begun), strict=True):
        np.testing.assert_array_equal(one, other)
    assert dx.shape == (N, 3, D)


@pytest.mark.torch
@each_class
def test_the_state_is_torchs(cls):
    torch = pytest.importorskip("torch")
    net = network(cls, num_layers=2)
    twin = getattr(torch.nn, cls.__name__)(D, H, 2, batch_first=True, dtype=torch.float64)
    twin.load_state_dict({name[2:]: torch.as_tensor(array) for name, array in net.state_dict().items()})
    state = {}
    net(x[:, :4], state=state)
    y = net(x[:, 4:], lengths=[3, 1, 2, 3], state=state)
    _, theirs = twin(torch.as_tensor(x[:, :4]))
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.as_tensor(x[:, 4:]), [3, 1, 2, 3], True, False)
    packed_h, theirs = twin(packed, theirs)
    h, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_h, batch_first=True)
    np.testing.assert_allclose(y, h.detach().numpy(), rtol=1e-10, atol=1e-12)
    for ours, right in zip(*[each if cls is lw.LSTM else (each,) for each in (state["0"], theirs)], strict=True):
        np.testing.assert_allclose(ours, right.detach().numpy(), rtol=1e-10, atol=1e-12)


@each_class
def test_last_is_the_last_real_step_and_backwards_the_first(cls):
    whole = network(cls, bidirectional=True)
    last = network(cls, bidirectional=True, output="last")
    y = whole(x, lengths=LENGTHS)
    expected = np.concatenate([y[np.arange(N), LENGTHS - 1, :H], y[:, 0, H:]], axis=1)
    np.testing.assert_array_equal(last(x, lengths=LENGTHS), expected)


class Inside(lw.Tap):
    """A tap that keeps what it is shown."""

    def __init__(self):
        self.values = {}

    def activation(self, address, value):
        pass

    def gradient(self, address, gradient):
        pass

    def value(self, address, name, value):
        self.values[address, name] = np.array(value)


@pytest.mark.parametrize(
    ("cls", "names"),
    [(lw.LSTM, ["forget", "input", "candidate", "output", "cell"]), (lw.GRU, ["reset", "update", "candidate"])],
)
def test_a_tap_sees_the_gates_of_every_layer_and_direction(cls, names):
    net, tap = lw.Network(lw.Identity(), cls(D, H, 2, bidirectional=True), dtype="float64"), Inside()
    y, _ = net.forward(x, tap=tap, lengths=LENGTHS)
    np.testing.assert_array_equal(y, net(x, lengths=LENGTHS))
    tracks = ["l0", "l0_reverse", "l1", "l1_reverse"]
    assert set(tap.values) == {("1", f"{name}_{track}") for name in names for track in tracks}
    assert {part.shape for part in tap.values.values()} == {(N, T, H)}
    if cls is lw.LSTM:
        h = tap.values["1", "output_l1"] * np.tanh(tap.values["1", "cell_l1"])
        np.testing.assert_allclose(h, y[..., :H], rtol=1e-12)


def test_dropout_stands_between_layers_in_training_only():
    net = network(lw.GRU, num_layers=2, dropout=0.5)
    plain = network(lw.GRU, num_layers=2)
    np.testing.assert_array_equal(net(x), plain(x))
    first, _ = net.forward(x, training=True, step=1)
    again, _ = net.forward(x, training=True, step=1)
    other, _ = net.forward(x, training=True, step=2)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_dropout_of_everything_leaves_the_second_layer_with_its_biases():
    net = network(lw.LSTM, num_layers=2, dropout=1)
    y, _ = net.forward(x, training=True)
    alone = lw.LSTM(H, H)
    for name in alone.parameters:
        setattr(alone, name, getattr(net[0], name.replace("l0", "l1")))
    np.testing.assert_allclose(y, alone(np.zeros((N, T, H))), rtol=1e-5, atol=1e-6)


@each_class
def test_weights_are_uniform_within_torchs_bound(cls):
    layer = cls(20, 64, 2, bidirectional=True)
    for name in layer.parameters:
        values = getattr(layer, name)
        assert 0.9 / 8 < np.abs(values).max() <= 1 / 8
        assert abs(values.mean()) < 4 / 8 / np.sqrt(3 * values.size)


def test_weights_decay_and_biases_do_not():
    net = network(lw.LSTM, num_layers=2)
    decays = {name: parameter.decays for name, parameter in net[0].parameters.items()}
    assert {name for name, yes in decays.items() if yes} == {f"weight_{k}_l{n}" for k in ("ih", "hh") for n in (0, 1)}


class TestParametersByName:
    def test_assigning_copies_into_theta(self):
        net = network(lw.LSTM)
        net[0].weight_hh_l0 = np.ones((4 * H, H))
        assert np.shares_memory(net[0].weight_hh_l0, net.theta)
        np.testing.assert_array_equal(net.parameters()["0.weight_hh_l0"], 1)
        net[0].bias_ih_l0 += 1
        assert net[0].bias_ih_l0.min() > 0.5

    def test_a_wrong_shape_is_refused(self, tally):
        tally.add("bad input")
        with pytest.raises(ShapeError, match=r"weight_hh_l0 has shape \(20, 5\), got values of shape \(5, 5\)"):
            network(lw.LSTM)[0].weight_hh_l0 = np.ones((5, 5))

    def test_a_wrong_name_is_answered_with_the_nearest(self):
        with pytest.raises(AttributeError, match=r"no attribute 'weight_hh_l1'\. Did you mean 'weight_hh_l0'"):
            lw.LSTM(2, 2).weight_hh_l1  # noqa: B018


def test_summary_and_shapes():
    net = lw.Network(lw.LSTM(D, H, 2, output="last"), lw.Linear(H, 2))
    text = net.summary((T, D))
    assert f"{4 * H * (D + H + 2) + 4 * H * (2 * H + 2):,}" in text
    assert f"{T * 4 * H * (D + H + 2 * H):,}" in text
    assert "LSTM(3, 5, num_layers=2" in text


def test_a_network_learns_what_stood_at_the_beginning():
    """The class is the sign of the first number; the other steps are noise."""
    inputs = generator(0, "memory").normal(size=(200, 5, 1)).astype(np.float32)
    classes = (inputs[:, 0, 0] > 0).astype(int)
    net = lw.Network(lw.LSTM(1, 12, output="last"), lw.Linear(12, 2), seed=1)
    history = lw.fit(
        net, (inputs, classes), loss=lw.CrossEntropyLoss(), optimizer=lw.Adam(lr=0.02), epochs=30, batch_size=20
    )
    assert history["train_loss"][-1] < 0.1


class TestBadInput:
    @each_class
    def test_no_axis_of_time(self, cls, tally):
        tally.add("bad input")
        with pytest.raises(ShapeError, match=r"expects sequences \(N, T, 3\), got shape \(7, 3\): write x\[None\]"):
            cls(3, 2)(np.ones((7, 3)))

    def test_other_features(self, tally):
        tally.add("bad input")
        with pytest.raises(ShapeError, match=r"expects 3 features, got 4: write GRU\(4, 2\)"):
            lw.GRU(3, 2)(np.ones((1, 2, 4)))

    def test_behind_what_gives_no_sequences(self, tally):
        tally.add("bad input")
        with pytest.raises(ShapeError, match=r"expects sequences \(T, 2\), got samples of shape \(2,\)"):
            lw.Network(lw.LSTM(3, 2, output="last"), lw.RNN(2, 2))

    def test_no_time_step(self, tally):
        tally.add("bad input")
        with pytest.raises(DataError, match="at least one time step"):
            lw.RNN(3, 2)(np.ones((1, 0, 3)))

    def test_a_length_of_0(self, tally):
        tally.add("bad input")
        with pytest.raises(DataError, match="lengths must be 1 to 7"):
            network(lw.LSTM)(x, lengths=[7, 0, 1, 1])
        pass_ = Pass(mask=np.array([[True, True], [False, False]]))  # as an Embedding finds one
        with pytest.raises(DataError, match="a sequence without a real step, in row 1"):
            lw.LSTM(3, 2).forward(np.ones((2, 2, 3)), pass_)

    def test_a_hole_in_a_mask(self, tally):
        tally.add("bad input")
        mask = np.ones((N, T), bool)
        mask[1, 3] = False
        with pytest.raises(ShapeError, match="padding at the end of a sequence only"):
            network(lw.GRU)(x, mask=mask)

    def test_a_state_of_another_batch(self, tally):
        tally.add("bad input")
        net, state = network(lw.LSTM), {}
        net(x, state=state)
        with pytest.raises(ShapeError, match=r"begins with 2 states of shape \(1, 2, 5\), got \(1, 4, 5\), "):
            net(x[:2], state=state)

    def test_a_backward_direction_can_not_go_on(self, tally):
        tally.add("bad input")
        net, state = network(lw.GRU, bidirectional=True), {}
        net(x, state=state)
        assert state["0"].shape == (2, N, H)  # to look at
        with pytest.raises(SettingError, match="its backward direction begins at the end of the whole sequence"):
            net(x, state=state)

    def test_dropout_between_nothing(self, tally):
        tally.add("bad input")
        with pytest.raises(SettingError, match="with num_layers=1 there is nothing between: put a Dropout behind"):
            lw.LSTM(3, 2, dropout=0.1)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"num_layers": 0}, "num_layers must be at least 1"),
            ({"num_layers": 1001}, "num_layers must be at most 1,000, got 1,001"),
            ({"num_layers": 10**5}, "num_layers must be at most 1,000"),
            ({"output": "first"}, "output 'first' is not known"),
            ({"bidirectional": 1}, "bidirectional must be True or False"),
            ({"nonlinearity": "sigmoid"}, "nonlinearity 'sigmoid' is not known"),
            ({"hidden_size": 2.0}, "hidden_size must be a whole number"),
        ],
    )
    def test_settings(self, wrong, words, tally):
        tally.add("bad input")
        with pytest.raises((SettingError, TypeError), match=words):
            lw.RNN(**{"input_size": 3, "hidden_size": 2} | wrong)
