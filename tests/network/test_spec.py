"""A network as a table, and back; and tables that no network comes from."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest
from tests.support.refusals import refused

import layerwise as lw
from layerwise.errors import KindError, LayerwiseError, SettingError
from layerwise.layers import LAYERS
from layerwise.network import Container

SHARED, ROW = lw.Linear(3, 3), lw.Sequential(lw.Linear(3, 3), lw.Tanh())
SQUARE = lw.Linear(3, 3)
NETWORKS = [
    lw.Network(lw.Linear(2, 8), lw.Tanh(), lw.Linear(8, 1), seed=5),
    lw.Network(lw.Linear(2, 8, bias=False, init="he_normal"), lw.ReLU(), lw.Dropout(0.2), dtype="float64"),
    lw.Network(lw.Flatten(), lw.Linear(4, 3), lw.LogSoftmax()),
    lw.Network(lw.Sequential(lw.Linear(3, 3), lw.Sequential(lw.ReLU(), lw.Linear(3, 2))), lw.Softmax()),
    lw.Network(SHARED, lw.Tanh(), SHARED, lw.Sequential(lw.ReLU(), SHARED)),
    lw.Network(ROW, lw.Sigmoid(), ROW, lw.Sequential(ROW, ROW[0])),
    lw.Network(
        lw.Residual(lw.Linear(3, 4), lw.Parallel(lw.ReLU(), lw.Tanh(), combine="add"), shortcut=lw.Linear(3, 4))
    ),
    lw.Network(
        lw.Residual(SQUARE, shortcut=lw.Sequential(SQUARE, lw.ReLU())), SQUARE, ties={"0.shortcut.0.bias": "0.0.bias"}
    ),
]
each_network = pytest.mark.parametrize("net", NETWORKS, ids=range(len(NETWORKS)))


def test_the_table_of_a_network():
    assert NETWORKS[1].spec() == {
        "layers": [
            {"name": "Linear", "in_features": 2, "out_features": 8, "bias": False, "init": "he_normal"},
            {"name": "ReLU"},
            {"name": "Dropout", "p": 0.2},
        ],
        "seed": 0,
        "dtype": "float64",
    }


def test_a_shared_layer_is_written_once():
    assert NETWORKS[4].spec()["layers"] == [
        {"name": "Linear", "in_features": 3, "out_features": 3},
        {"name": "Tanh"},
        {"name": "Same", "layer": "0"},
        {"name": "Sequential", "layers": [{"name": "ReLU"}, {"name": "Same", "layer": "0"}]},
    ]
    assert NETWORKS[5].spec()["layers"][2:] == [
        {"name": "Same", "layer": "0"},
        {"name": "Sequential", "layers": [{"name": "Same", "layer": "0"}, {"name": "Same", "layer": "0.0"}]},
    ]


def test_containers_nest_and_their_settings_that_are_layers_are_rows():
    assert NETWORKS[6].spec()["layers"] == [
        {
            "name": "Residual",
            "layers": [
                {"name": "Linear", "in_features": 3, "out_features": 4},
                {"name": "Parallel", "layers": [{"name": "ReLU"}, {"name": "Tanh"}], "combine": "add"},
            ],
            "shortcut": {"name": "Linear", "in_features": 3, "out_features": 4},
        }
    ]
    assert NETWORKS[7].spec()["layers"][0]["shortcut"]["layers"][0] == {"name": "Same", "layer": "0.0"}
    assert NETWORKS[7].spec()["layers"][1] == {"name": "Same", "layer": "0.0"}


@pytest.mark.parametrize("through", [dict, lambda spec: json.loads(json.dumps(spec)), lambda spec: _toml(spec)],
                         ids=["dict", "json", "toml"])  # fmt: skip
@each_network
def test_there_and_back(net, through):
    again = lw.Network.from_spec(through(net.spec()))
    assert again.spec() == net.spec()
    assert repr(again) == repr(net)
    assert again.theta.tobytes() == net.theta.tobytes()  # the same seed: the same weights, shared as they were
    assert list(again.parameters()) == list(net.parameters())


def _toml(spec):
    import tomli_w

    return tomllib.loads(tomli_w.dumps(spec))


def test_a_spec_without_seed_and_dtype_has_the_defaults():
    net = lw.Network.from_spec({"layers": [{"name": "Linear", "in_features": 2, "out_features": 1}]})
    assert (net.seed, net.theta.dtype) == (0, np.float32)


RELU = {"name": "ReLU"}


def nested(depth):
    row = RELU
    for _ in range(depth):
        row = {"name": "Sequential", "layers": [row]}
    return [row]


def shortcuts(depth):
    row = RELU
    for _ in range(depth):
        row = {"name": "Residual", "layers": [RELU], "shortcut": row}
    return [row]


@pytest.mark.parametrize(("spec", "error", "words"), [
    (None, KindError, "a network is a table"),
    ("ReLU", KindError, "a network is a table"),
    ([RELU], KindError, "a network is a table"),
    ({}, KindError, "layers are a list"),
    ({"layers": None}, KindError, "layers are a list"),
    ({"layers": "ReLU"}, KindError, "got 'ReLU'"),
    ({"layers": {"0": RELU}}, KindError, "layers are a list"),
    ({"layers": []}, SettingError, "at least one layer"),
    ({"layers": [3]}, KindError, "a layer is a table"),
    ({"layers": ["ReLU"]}, KindError, "a layer is a table"),
    ({"layers": [RELU, None]}, KindError, "got None"),
    ({"layers": [{}]}, KindError, "table with a name"),
    ({"layers": [{"name": None}]}, KindError, "table with a name"),
    ({"layers": [{"name": ["ReLU"]}]}, KindError, "table with a name"),
    ({"layers": [{"name": "Relu6"}]}, SettingError, "Did you mean 'ReLU'?"),
    ({"layers": [{"name": "Layer"}]}, SettingError, "no layer called 'Layer'"),
    ({"layers": [{"name": "os.system"}]}, SettingError, "no layer called 'os.system'"),
    ({"layers": [{"name": "lambda: 0"}]}, SettingError, "no layer called"),
    ({"layers": [{"name": "Network"}]}, SettingError, "no layer called"),
    ({"layers": [{"name": "ReLU", "class_name": "x"}]}, SettingError, "no setting 'class_name'"),
    ({"layers": [{"name": "Linear", "in_features": 3}]}, SettingError, "'out_features'"),
    ({"layers": [{"name": "Linear", "in_features": 3, "out_features": 2, "units": 2}]}, SettingError, "'units'"),
    ({"layers": [{"name": "Linear", "in_features": "3", "out_features": 2}]}, KindError, "whole number"),
    ({"layers": [{"name": "Linear", "in_features": 3.5, "out_features": 2}]}, KindError, "3.5"),
    ({"layers": [{"name": "Linear", "in_features": 10**9, "out_features": 10**9}]}, SettingError, "parameters"),
    ({"layers": [{"name": "Linear", "in_features": 10**9999, "out_features": 1}]}, SettingError, "below 2**63"),
    ({"layers": [{"name": "Linear", "in_features": 3, "out_features": 2, "init": "os"}]}, SettingError, "init 'os'"),
    ({"layers": [{"name": "Dropout", "p": float("nan")}]}, SettingError, "finite"),
    ({"layers": [{"name": "Sequential"}]}, KindError, "layers are a list"),
    ({"layers": [{"name": "Sequential", "layers": []}]}, SettingError, "at least one layer"),
    ({"layers": [{"name": "Sequential", "layers": [RELU], "seed": 1}]}, SettingError, "no setting 'seed'"),
    ({"layers": [{"name": "Residual"}]}, KindError, "layers are a list"),
    ({"layers": [{"name": "Residual", "layers": [RELU], "shortcut": 3}]}, KindError, "a layer is a table"),
    ({"layers": [{"name": "Residual", "layers": [RELU], "shortcut": {"name": "os"}}]}, SettingError, "called 'os'"),
    ({"layers": [{"name": "Residual", "layers": [RELU], "shortcut": {"name": "Same", "layer": "0"}}]}, SettingError,
     "must point"),
    ({"layers": [{"name": "Residual", "layers": [RELU], "shortcu": RELU}]}, SettingError, "Did you mean 'shortcut'?"),
    ({"layers": [{"name": "Parallel", "layers": [RELU], "combine": "sum"}]}, SettingError, "combine 'sum'"),
    ({"layers": [{"name": "Parallel", "layers": [RELU], "combine": RELU}]}, KindError, "combine"),
    ({"layers": shortcuts(22)}, SettingError, "20 levels"),
    ({"layers": shortcuts(500)}, SettingError, "20 levels"),
    ({"layers": [{"name": "Same", "layer": "0"}]}, SettingError, "must point to a layer before it"),
    ({"layers": [RELU, {"name": "Same", "layer": "1"}]}, SettingError, "got '1'"),
    ({"layers": [RELU, {"name": "Same", "layer": "-1"}]}, SettingError, "got '-1'"),
    ({"layers": [RELU, {"name": "Same", "layer": 0}]}, SettingError, "such as '0'; got 0"),
    ({"layers": [RELU, {"name": "Same", "layer": True}]}, SettingError, "got True"),
    ({"layers": [RELU, {"name": "Same", "layer": ["0"]}]}, SettingError, "got ['0']"),
    ({"layers": [RELU, {"name": "Same"}]}, SettingError, "got None"),
    ({"layers": [RELU, {"name": "Same", "layer": "0", "in": 1}]}, SettingError, "Same has no setting 'in'"),
    ({"layers": [{"name": "Sequential", "layers": [RELU, {"name": "Same", "layer": "0"}]}]}, SettingError, "'0'"),
    ({"layers": [RELU] * 1001}, SettingError, "1000 layers in a row"),
    ({"layers": [RELU] * 10**6}, SettingError, "1000 layers in a row"),
    ({"layers": nested(22)}, SettingError, "20 levels"),
    ({"layers": nested(500)}, SettingError, "20 levels"),
    ({"layers": [RELU], "sede": 1}, SettingError, "Did you mean 'seed'?"),
    ({"layers": [RELU], 3: 1}, SettingError, "no setting 3"),
    ({"layers": [RELU], "seed": -1}, SettingError, "seed"),
    ({"layers": [RELU], "seed": "0"}, KindError, "seed"),
    ({"layers": [RELU], "dtype": "int8"}, SettingError, "dtype 'int8'"),
    ({"layers": [RELU], "dtype": ["float32"]}, SettingError, "dtype"),
], ids=lambda value: None if isinstance(value, type) else "-")  # fmt: skip
def test_tables_that_no_network_comes_from(spec, error, words, tally):
    refused(tally, error, words, lambda: lw.Network.from_spec(spec))


def test_the_limits_themselves_are_allowed():
    assert len(lw.Network.from_spec({"layers": [RELU] * 1000})) == 1000
    lw.Network.from_spec({"layers": nested(20)})


def test_a_layer_of_ones_own_joins_by_registering(tally):
    class Double(lw.Layer):
        """2x."""

        def forward(self, x, pass_):
            return 2 * x, lambda dy: 2 * dy

        def output_shape(self, shape):
            return shape

    net = lw.Network(Double())
    np.testing.assert_array_equal(net([[1.0, 2.0]]), [[2.0, 4.0]])
    refused(tally, SettingError, ("Double is not a registered layer", "register"), net.spec)
    with pytest.raises(LayerwiseError):
        lw.Network.from_spec({"layers": [{"name": "Double"}]})


def test_a_container_of_ones_own_joins_by_registering():
    @LAYERS.register
    class Twice(Container):
        """f(f(x)), or, with after=, after(f(f(x)))."""

        layer_settings = ("after",)

        def __init__(self, *layers, after=None, scale=1.0):
            super().__init__(*layers)
            self.after, self.scale = after, scale

        def inputs(self, shape):
            return ((name, layer, shape) for name, layer in self.children())

        def forward(self, x, pass_):
            return lw.Sequential(*self.layers, *self.layers).forward(self.scale * x, pass_)

        def output_shape(self, shape):
            return shape

    net = lw.Network(Twice(lw.Linear(3, 3), after=lw.Sequential(lw.Linear(3, 2)), scale=2.0))
    assert list(net.parameters()) == ["0.0.weight", "0.0.bias", "0.after.0.weight", "0.after.0.bias"]
    again = lw.Network.from_spec(net.spec())
    assert repr(again) == repr(net)
    assert again[0].scale == 2
    del LAYERS._classes["Twice"]
