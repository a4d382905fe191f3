"""Twenty random networks: every number of an explanation is recomputed by PyTorch, or by bare arithmetic, to 1e-10."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from tests.insight.explain.random_networks import COUNT, LOSSES, drawn
from tests.optimizers.paths import PATHS
from tests.support.both_ways import computed_by

import layerwise as lw
from layerwise.layers import LAYERS
from layerwise.losses import LOSSES as LOSS_CLASSES
from layerwise.optimizers import OPTIMIZERS
from layerwise.random import generator

__all__ = ["computed_by"]

CLOSE = 1e-10

each_network = pytest.mark.parametrize("number", range(COUNT))


def close(ours, theirs):
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    np.testing.assert_allclose(ours, theirs.reshape(ours.shape), rtol=CLOSE, atol=CLOSE)


def explained(number):
    """The example, and what was explained; its optimizer has made two steps before."""
    made = drawn(number)
    net, route = made.net(), PATHS[made.route]
    made.start = net.theta.copy()
    optimizer = route.make()
    for k in range(2):
        optimizer.step(net.theta, earlier(net, k))
    settings = {"clip_norm": route.clip_norm, "clip_value": route.clip_value}
    loss = getattr(lw, made.loss)()
    return made, net, lw.explain(net, made.x, made.target, loss=loss, optimizer=optimizer, **settings)


def earlier(net, step):
    return generator(step, "earlier gradients").normal(size=net.theta.size)


def evaluated(term):
    """A term by bare arithmetic on single numbers."""
    parts = [evaluated(each) for each in term.parts]
    match term.sign:
        case "":
            return term.value
        case "sum":
            return math.fsum(parts)
        case "mean":
            return math.fsum(parts) / len(parts)
        case "negative":
            return -parts[0]
        case "+":
            return parts[0] + parts[1]
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return parts[0] / parts[1]
        case "**":
            return parts[0] ** parts[1]
        case "maximum":
            return max(parts)
        case "minimum":
            return min(parts)
        case "sign":
            return (parts[0] > 0) - (parts[0] < 0)
        case "heaviside":
            return parts[1] if parts[0] == 0 else float(parts[0] > 0)
        case "square":
            return parts[0] ** 2
        case "abs":
            return abs(parts[0])
        case name:
            return getattr(math, name)(*parts)


@pytest.mark.torch
@each_network
def test_forward_backward_and_update_are_those_of_torch(number):
    torch = pytest.importorskip("torch")
    made, net, example = explained(number)
    masks = [op.arguments["mask"] for op in example.operations if op.formula == "dropout" and op.phase == "forward"]
    made.masks.masks = list(masks)
    twin = made.twin(torch)
    twin.load_state_dict({name: torch.from_numpy(array) for name, array in lw.Network.state_dict(net).items()})
    outputs, seen = {}, {}
    for name, module in twin.named_modules():
        module.register_forward_hook(lambda _, __, y, name=name: keep(outputs, seen, name, y))
    y = twin(torch.from_numpy(made.x))
    functional = getattr(torch.nn, made.loss)()
    cost = functional(y, torch.from_numpy(made.target))
    cost.backward()
    close(example.loss, cost.item())
    close(example.output, y.detach().numpy())
    for address, activation in example.activations.items():
        close(activation, outputs[address].detach().numpy())
        close(example.deltas[address], outputs[address].grad.numpy())
    theirs = dict(twin.named_parameters())
    for name, gradient in example.gradients.items():
        if name in theirs:
            close(gradient, theirs[name].grad.numpy())
    after = updated_by_torch(torch, made, twin, net)
    for name, array in example.updated.items():
        if name in after:
            close(array, after[name])


def keep(outputs, seen, name, y):
    use = seen[name] = seen.get(name, 0) + 1
    y.retain_grad()
    outputs[name if use == 1 else f"{name}#{use - 1}"] = y


def updated_by_torch(torch, made, twin, net):
    """The third step of torch's optimizer: the first two left the weights where ours are, by the same gradients."""
    route = PATHS[made.route]
    name, settings = route.torch
    parameters = list(twin.parameters())
    at, places = 0, []
    known = {id(parameter): number for number, parameter in enumerate(parameters)}
    assert len(known) == len(parameters)
    goal = [(parameter.detach().clone(), parameter.grad.clone()) for parameter in parameters]
    optimizer = getattr(torch.optim, name)(parameters, **settings)
    for k in range(2):
        at, places = 0, []
        for parameter in parameters:
            size = parameter.numel()
            if k == 0:
                parameter.data = torch.from_numpy(made.start[at : at + size].reshape(parameter.shape).copy())
            parameter.grad = torch.from_numpy(earlier(net, k)[at : at + size].reshape(parameter.shape).copy())
            places.append((at, size))
            at += size
        optimizer.step()
    assert at == net.theta.size
    for parameter, (value, gradient) in zip(parameters, goal, strict=True):
        close(parameter.detach().numpy(), value.numpy())
        parameter.grad = gradient
    if route.clip_value is not None:
        torch.nn.utils.clip_grad_value_(parameters, route.clip_value)
    if route.clip_norm is not None:
        torch.nn.utils.clip_grad_norm_(parameters, route.clip_norm)
    optimizer.step()
    return {name: parameter.detach().numpy() for name, parameter in twin.named_parameters()}


@each_network
def test_each_line_is_its_arithmetic(number):
    """Every element of every line that is arithmetic, added up again from the numbers that are set in."""
    _, _, example = explained(number)
    for operation in example.operations:
        assert operation.difference <= 1e-12
        for owner, line in [(each, line) for each in (operation, *operation.inside) for line in each.lines]:
            for name, value in line.values.items():
                if not isinstance(value, np.ndarray | np.floating) or not name.isidentifier():
                    continue
                places = list(np.ndindex(np.shape(value)))
                for index in places[:: max(1, len(places) // 12)]:
                    element = owner.element(name, *index, line=line)
                    if element is not None:
                        close(element.value, np.asarray(value)[index])
                        close(evaluated(element.term), element.value)


@each_network
def test_results_are_those_of_the_lines(number):
    """What an operation returns is what its lines have made, whoever computed it in the run."""
    _, _, example = explained(number)
    for operation in example.operations:
        made = {name: value for line in operation.lines for name, value in line.values.items()}
        for name in operation.results.keys() & made.keys():
            if operation.results[name] is not None and made[name] is not None:
                close(operation.results[name], made[name])


def known(example):
    """Every number that the operations hold, what their lines are made of, and statistics by bare arithmetic."""
    found = [example.loss]

    def take(value):
        if isinstance(value, list) and value:
            take(value[0])
        if isinstance(value, np.ndarray | np.generic | float | int):
            numbers = [each for each in np.asarray(value, np.float64).ravel().tolist() if math.isfinite(each)]
            if len(numbers) > 1:
                mean = math.fsum(numbers) / len(numbers)
                found.extend((mean, math.sqrt(math.fsum(n * n for n in numbers) / len(numbers))))
            found.extend(numbers)

    def take_term(term):
        found.append(term.value)
        found.append(math.fsum(part.value for part in term.parts[6:-1]))
        for part in term.parts:
            take_term(part)

    for operation in example.operations:
        for value in (*operation.arguments.values(), *operation.results.values(), operation.difference):
            take(value)
        for owner in (operation, *operation.inside):
            for line in owner.lines:
                for name, value in line.values.items():
                    take(value)
                    if isinstance(value, np.ndarray | np.floating) and name.isidentifier():
                        element = owner.element(name, *[0] * np.ndim(value), line=line)
                        if element is not None:
                            take_term(element.term)
    for arrays in (example.parameters, example.gradients, example.updated):
        for array in arrays.values():
            take(array)
    return np.sort(np.array(found))


@each_network
def test_every_number_that_is_printed_is_one_of_these(number):
    _, _, example = explained(number)
    numbers = known(example)
    lines = [
        line
        for line in example.text(digits=17, width=400).splitlines()
        if not re.match(r"^ *(?:[\w/]+\.py:\d|\d+\. |training computed|One update)", line)
    ]
    printed = [float(each) for each in re.findall(r"-?\b\d+(?:\.\d+(?:e[+-]\d+)?|e[+-]\d+)\b(?!\.)", "\n".join(lines))]
    assert len(printed) > 100
    places = np.searchsorted(numbers, printed)
    for value, place in zip(printed, places, strict=True):
        near = np.abs(numbers[max(place - 1, 0) : place + 1] - value).min()
        assert near <= CLOSE * max(1.0, abs(value)), value


@each_network
def test_a_weight_is_the_sum_of_its_samples_and_of_its_paths(number):
    _, net, example = explained(number)
    rng = generator(number, "weights")
    for name, array in net.parameters().items():
        index = tuple(int(rng.integers(size)) for size in array.shape)
        weight = example.weight(name, *index)
        close(weight.samples.sum(), example.gradients[name][index])
        assert weight.paths
        close(sum(path.value for path in weight.paths), example.gradients[name][index])
        close(weight.update[-1].value, example.updated[name][index])


def test_the_networks_hold_every_layer_loss_and_optimizer():
    kinds, losses, optimizers = set(), set(), set()
    for number in range(COUNT):
        made = drawn(number)
        losses.add(made.loss)
        optimizers.add(type(PATHS[made.route].make()).__name__)
        kinds |= {type(layer).__name__ for _, layer in made.net().chain.walk()}
    everything = {name for name, cls in LAYERS.items() if cls.__module__.startswith("layerwise.")}
    assert everything <= kinds
    assert (
        losses == set(LOSSES) == {name for name, cls in LOSS_CLASSES.items() if cls.__module__.startswith("layerwise.")}
    )
    assert optimizers == {name for name, cls in OPTIMIZERS.items() if cls.__module__.startswith("layerwise.")}
