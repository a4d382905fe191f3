"""What is mutated, and the tests that must notice.

Formulas and optimizers are found in the source by their decorators, so that a new one is a target from its first day.
The rest, around them, is the table OTHERS.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.stmt)
NOT_COMPUTING = ("__init__", "__repr__")
FORMULA_TESTS = ("test_gradients.py", "test_parity.py", "test_stability.py", "test_nan.py")
NOT_OF_FORMULAS = ("test_registry.py", "test_tracing.py")
NO_FORMULAS = ("__init__.py", "registration.py", "tracing.py", "statements.py")
OPTIMIZER_TESTS = (
    "test_gradient_descent.py",
    "test_adagrad.py",
    "test_rmsprop.py",
    "test_adam.py",
    "test_clipping.py",
    "test_paths.py",
    "test_optimizer.py",
)


@dataclass(frozen=True)
class Target:
    """One formula, optimizer or other piece: its functions in one file of src, and its tests, the quickest first."""

    name: str
    kind: str
    file: str
    functions: tuple[str, ...]
    tests: tuple[str, ...]
    twins: bool = False


def targets(root: Path) -> list[Target]:
    """All targets of the project in this folder."""
    return [*_formulas(root), *_optimizers(root), *OTHERS]


def _formulas(root: Path) -> list[Target]:
    """One target for each formula, with the functions of its file that it calls; one for each file that only helps.

    The tests that speak of it come before the laws that hold for all formulas.
    """
    found = []
    for path in sorted((root / "src/layerwise/formulas").rglob("*.py")):
        if path.name in NO_FORMULAS:
            continue
        file = path.relative_to(root).as_posix()
        functions = {node.name: node for node in _top(path, ast.FunctionDef)}
        formulas = [name for name, node in functions.items() if _decorated(node, "formula")]
        helpers = {name: node for name, node in functions.items() if name not in formulas}
        if not formulas:
            found.append(Target(path.stem, "other", file, tuple(helpers), _formula_tests(root, file, *helpers)))
        for name in formulas:
            called = _called(functions[name], helpers)
            helpers = {each: node for each, node in helpers.items() if each not in called}  # mutated once
            found.append(Target(name, "formula", file, (name, *called), _formula_tests(root, file, name)))
    return found


def _formula_tests(root: Path, file: str, *names: str) -> tuple[str, ...]:
    folder = root / "tests/formulas"
    said = re.compile(rf"\b({'|'.join(names)})\b")
    own = [path.name for path in sorted(folder.glob("test_*.py")) if said.search(path.read_text(encoding="utf-8"))]
    first = [name for name in own if name not in FORMULA_TESTS + NOT_OF_FORMULAS]
    return (file, *(f"tests/formulas/{name}" for name in (*first, *FORMULA_TESTS)))


def _top(path: Path, kind: type[Node]) -> list[Node]:
    return [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, kind)]


def _called(node: ast.FunctionDef, helpers: dict[str, ast.FunctionDef]) -> list[str]:
    """The names of the helpers that a function uses, or that those use."""
    waiting, found = [node], dict[str, None]()
    while waiting:
        body = ast.Module(waiting.pop().body, [])  # not the decorator, which names the samples
        names = {each.id for each in ast.walk(body) if isinstance(each, ast.Name)}
        new = [name for name in helpers if name in names and name not in found]
        found.update(dict.fromkeys(new))
        waiting += [helpers[name] for name in new]
    return [name for name in helpers if name in found]


def _optimizers(root: Path) -> list[Target]:
    tests = tuple(f"tests/optimizers/{name}" for name in OPTIMIZER_TESTS)
    found = []
    for path in sorted((root / "src/layerwise/optimizers").glob("*.py")):
        file = path.relative_to(root).as_posix()
        for node in _top(path, ast.ClassDef):
            if _decorated(node, "OPTIMIZERS.register"):
                methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
                functions = tuple(f"{node.name}.{name}" for name in methods if name not in NOT_COMPUTING)
                found.append(Target(node.name, "optimizer", file, functions, (file, *tests)))
    return found


def _decorated(node: ast.FunctionDef | ast.ClassDef, decorator: str) -> bool:
    words = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    return any(ast.unparse(word) == decorator for word in words)


def _other(name: str, file: str, functions: str, tests: str, twins: bool = False) -> Target:
    path = f"src/layerwise/{file}"
    files = (path, *(f"tests/{each}" for each in tests.split()))
    return Target(name, "other", path, tuple(functions.split()), files, twins)


OTHERS = [
    _other(
        "the step of an optimizer",
        "optimizers/optimizer.py",
        "Optimizer.step Optimizer._strength Optimizer._begin Optimizer.spares_biases Optimizer.state_dict "
        "Optimizer.load_state_dict",
        "optimizers/test_optimizer.py optimizers/test_gradient_descent.py optimizers/test_paths.py",
    ),
    _other(
        "clipping",
        "optimizers/clipping.py",
        "clip_by_norm clip_by_value norm_of",
        "optimizers/test_clipping.py",
    ),
    _other(
        "losses",
        "losses/loss.py",
        "Loss.terms Loss.shares Loss.answers Loss.__call__ Loss.arguments Loss.prepare Loss.denominator Loss._total "
        "Loss.rows Loss.operation _weights",
        "losses/test_loss.py test_losses.py losses/test_sequences.py losses/test_labels.py losses/test_elementwise.py",
    ),
    _other(
        "losses of elements",
        "losses/elementwise.py",
        "ElementwiseLoss.prepare ElementwiseLoss.terms HuberLoss.__init__ HuberLoss.operation YesOrNoLoss.prepare "
        "YesOrNoLoss.accuracy BCELoss.prepare",
        "losses/test_elementwise.py losses/test_sequences.py test_losses.py losses/test_loss.py",
    ),
    _other(
        "losses of labels",
        "losses/labels.py",
        "LabelLoss.__init__ LabelLoss.prepare LabelLoss._require_classes LabelLoss.shares LabelLoss._label_weights "
        "LabelLoss.rows LabelLoss.operation LabelLoss.accuracy LabelLoss.answers NLLLoss.prepare "
        "CrossEntropyLoss.__init__ CrossEntropyLoss.prepare CrossEntropyLoss._refuse_whole_rows "
        "CrossEntropyLoss.shares CrossEntropyLoss.accuracy CrossEntropyLoss.answers CrossEntropyLoss.operation "
        "CrossEntropyLoss._smoothed _share_of_right _require_labels _may_hold _is_soft _require_probabilities "
        "_class_weights",
        "losses/test_labels.py losses/test_sequences.py test_losses.py losses/test_loss.py",
    ),
    _other(
        "the perceptron",
        "formulas/perceptron.py",
        "perceptron perceptron_update PerceptronRun.separated train_perceptron _samples",
        "formulas/test_perceptron.py",
    ),
    _other(
        "information of discrete variables",
        "formulas/information.py",
        "conditional_entropy mutual_information joint_distribution states _table",
        "formulas/test_information.py insight/test_information.py",
    ),
    _other("regularizers", "regularizers.py", "L1.__call__ L1.shrink L2.__call__ _apply", "test_regularizers.py"),
    _other(
        "schedules",
        "schedules.py",
        "StepLR.__call__ MultiStepLR.__init__ MultiStepLR.__call__ ExponentialLR.__call__ LinearLR.__call__ "
        "CosineAnnealingLR.__call__ CosineAnnealingWarmRestarts.__call__ OneCycleLR.__call__ OneCycleLR._corners "
        "Combined.__init__ SequentialLR.__init__ SequentialLR.__call__ ChainedScheduler.__call__ _cosine _total_steps",
        "test_schedules.py",
    ),
    _other(
        "initializers",
        "initializers.py",
        "fans xavier_uniform xavier_normal he_uniform he_normal torch_uniform orthogonal normal constant zeros "
        "initializer plain _parts",
        "test_initializers.py",
    ),
    _other(
        "the update",
        "training/update.py",
        "Update.__post_init__ Update.rate Update.__call__",
        "training/test_update.py",
    ),
    _other(
        "the rate finder",
        "training/rate_finder.py",
        "find_lr _Growing.__init__ _Growing.__call__ _Curve.__init__ _Curve.step_ended _Curve.measure _smoothed _read",
        "training/test_rate_finder.py",
    ),
    _other(
        "Linear",
        "layers/linear.py",
        "Linear._draw_bias Linear.forward",
        "layers/test_linear.py layers/test_conformance.py",
    ),
    _other(
        "Dropout",
        "layers/dropout.py",
        "Dropout.forward _identity",
        "layers/test_dropout.py layers/test_conformance.py",
    ),
    _other(
        "Residual",
        "network/residual.py",
        "Residual.forward Residual.output_shape _identity",
        "network/test_residual.py network/test_fork.py network/test_spec.py",
    ),
    _other(
        "Parallel",
        "network/parallel.py",
        "Parallel.forward Parallel._combine Parallel._combined _axis",
        "network/test_parallel.py network/test_fork.py network/test_spec.py",
    ),
    _other("weight tying", "network/ties.py", "tie", "network/test_ties.py"),
    _other(
        "states to load",
        "network/state_dict.py",
        "checked_state require_agreement",
        "network/test_state_dict.py network/test_network.py network/test_ties.py",
    ),
    _other(
        "the pass and the tap",
        "layers/pass_.py",
        "Pass.take Pass.where Pass.call Pass.carried Pass.generator Pass.show _shown",
        "network/test_watching.py layers/test_pass_.py layers/test_recurrent.py",
        twins=True,
    ),
    _other("Select", "layers/select.py", "Select.forward Select.output_shape", "layers/test_select.py"),
    _other(
        "autograd",
        "autograd.py",
        "Tensor.backward Tensor._in_order Tensor.sum Tensor.mean apply",
        "test_autograd.py",
    ),
    _other(
        "Sequential",
        "network/row.py",
        "run_row",
        "network/test_row.py network/test_sequential.py network/execution/test_fusion.py "
        "network/test_evaluation_memory.py network/test_network.py layers/test_conformance.py",
        twins=True,
    ),
    _other(
        "backpropagation",
        "network/network.py",
        "Network.backpropagate",
        "network/test_backpropagate.py",
        twins=True,
    ),
    _other(
        "both ways in one call",
        "network/execution/fusion.py",
        "DenseChain.backpropagate DenseChain._place_for",
        "network/test_backpropagate.py network/execution/test_fusion.py",
        twins=True,
    ),
    _other(
        "a batch in shards",
        "network/execution/sharding.py",
        "Shard.uniform Shard.add_gradient Shard.add_product Notes.activation Notes.gradient Notes.value "
        "Notes.operation Notes.operation_backward run_sharded _leave_in_whole _run_all _show _clear",
        "network/execution/test_sharding.py network/execution/test_plan.py network/test_watching.py",
        twins=True,
    ),
    _other(
        "the plan of a row",
        "network/execution/plan.py",
        "Plan.forward Plan.shards_of Plan.multiplications each_sample_alone shares_batches _holds",
        "network/execution/test_plan.py network/execution/test_sharding.py",
        twins=True,
    ),
]
