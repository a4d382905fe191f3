"""Equal work: every contender that has a loss walks the same path from the same weights."""

from __future__ import annotations

import dataclasses

import pytest
from benchmarks.check import CHECK_STEPS, check_losses, disagreements
from benchmarks.contenders import CONTENDERS
from benchmarks.workloads import WORKLOADS, declared

PACKAGES = {"torch_eager": "torch", "torch_compile": "torch", "jax_jit": "jax", "sklearn": "sklearn"}
ALL = pytest.mark.parametrize("name", WORKLOADS)
# The bench itself checks the whole ones before each run. An odd side leaves a row that no pooling window takes.
SMALLER = {"W3": {"batch": 9, "side": 15}, "W4": {"batch": 5, "length": 7}, "W5": {"batch": 5, "length": 7}}


def losses(contender: str, workload: str) -> list[float]:
    if contender in PACKAGES:
        pytest.importorskip(PACKAGES[contender], exc_type=ImportError)
    return check_losses(CONTENDERS[contender], declared(workload, **SMALLER.get(workload, {})))


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_layerwise_agrees_with_sklearn(name: str) -> None:
    ours = losses("layerwise", name)
    assert len(ours) == CHECK_STEPS
    assert losses("sklearn", name) == pytest.approx(ours, rel=1e-3)


def test_sklearn_is_left_out_where_it_lacks_a_layer() -> None:
    assert [name for name in WORKLOADS if CONTENDERS["sklearn"].takes(WORKLOADS[name])] == ["W1", "W2"]
    assert all(CONTENDERS["jax_jit"].takes(workload) for workload in WORKLOADS.values())


@ALL
@pytest.mark.torch
def test_layerwise_agrees_with_torch(name: str) -> None:
    assert losses("torch_eager", name) == pytest.approx(losses("layerwise", name), rel=1e-3)


@ALL
@pytest.mark.torch
def test_jax_agrees_with_torch(name: str) -> None:
    assert losses("jax_jit", name) == pytest.approx(losses("torch_eager", name), rel=1e-3)


@ALL
@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")  # the compiler's own deprecations are not ours to mend
def test_compiled_step_agrees_with_eager(name: str) -> None:
    """Without a compiler this backend still traces the very step that the bench compiles."""
    torch = pytest.importorskip("torch", exc_type=ImportError)
    compile_for_real = torch.compile
    try:
        torch.compile = lambda function, mode: compile_for_real(function, backend="aot_eager")
        compiled = losses("torch_compile", name)
    finally:
        torch.compile = compile_for_real
        torch._dynamo.reset()
    assert compiled == pytest.approx(losses("torch_eager", name), rel=1e-3)


def test_a_wrong_rate_is_found() -> None:
    right = losses("layerwise", "W1")
    wrong = check_losses(CONTENDERS["layerwise"], dataclasses.replace(WORKLOADS["W1"], lr=0.06))
    found = disagreements({"a": right, "b": right, "wrong": wrong, "products": []})
    assert list(found) == ["wrong"]
    assert found["wrong"].startswith("other work: loss ")


def test_a_loss_that_is_no_number_disagrees() -> None:
    assert list(disagreements({"a": [0.5], "b": [0.5], "c": [float("nan")]})) == ["c"]


def test_products_have_no_loss() -> None:
    assert check_losses(CONTENDERS["products"], WORKLOADS["W2"], steps=2) == []
