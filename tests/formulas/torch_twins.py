"""Every formula as PyTorch says it: the one table behind the golden arrays and the live parity tests.

Each row takes the module torch and the formula's arguments as tensors, and returns the value. Nothing here imports
torch, so that a missing row is found without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def _mean_squared_error(torch, prediction, y, weight, denominator):
    terms = torch.nn.functional.mse_loss(prediction, y, reduction="none")
    return (weight * terms).sum() / denominator


def _mean_absolute_error(torch, prediction, y, weight, denominator):
    terms = torch.nn.functional.l1_loss(prediction, y, reduction="none")
    return (weight * terms).sum() / denominator


def _huber(torch, prediction, y, delta, weight, denominator):
    terms = torch.nn.functional.huber_loss(prediction, y, reduction="none", delta=float(delta))
    return (weight * terms).sum() / denominator


def _cross_entropy(torch, z, y, weight, denominator):
    """Labels or rows of probabilities: PyTorch tells them apart by their type."""
    terms = torch.nn.functional.cross_entropy(z, y, reduction="none")
    return (weight[:, 0] * terms).sum() / denominator


def _negative_log_likelihood(torch, log_p, y, weight, denominator):
    terms = torch.nn.functional.nll_loss(log_p, y, reduction="none")
    return (weight[:, 0] * terms).sum() / denominator


def _cross_entropy_with_probabilities(torch, p, y, weight, denominator):
    """PyTorch has none: its automatic derivative of the textbook's line."""
    return -(weight * y * torch.log(p)).sum() / denominator


def _binary_cross_entropy_with_probabilities(torch, p, y, weight, denominator):
    terms = torch.nn.functional.binary_cross_entropy(p, y, reduction="none")
    return (weight * terms).sum() / denominator


def _perceptron_criterion(torch, z, y, weight, denominator):
    """PyTorch has none: its automatic derivative of its relu."""
    return (weight * (torch.relu(z) - y * z)).sum() / denominator


def _binary_cross_entropy(torch, z, y, weight, denominator):
    terms = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    return (weight * terms).sum() / denominator


def _discounted_return(torch, reward, after, discount):
    """PyTorch has none: each return as the sum that it is, by a matrix of powers of the discount."""
    T = reward.shape[1]
    ahead = torch.arange(T + 1)[None, :] - torch.arange(T)[:, None]  # (T, T + 1)
    powers = torch.as_tensor(float(discount), dtype=reward.dtype) ** ahead.clamp(min=0) * (ahead >= 0)
    return torch.cat([reward, after[:, None]], dim=1) @ powers.T


def _policy_gradient(torch, z, action, advantage, beta, denominator):
    policy = torch.distributions.Categorical(logits=z)
    return -(advantage * policy.log_prob(action) + float(beta) * policy.entropy()).sum() / denominator


def _double_q_target(torch, reward, goes_on, discount, chooser, judge):
    following = judge.gather(1, chooser.argmax(dim=1, keepdim=True))[:, 0]
    return reward + float(discount) * goes_on.to(reward.dtype) * following


def _entropy(torch, p, base):
    """Where p is 0 PyTorch's slope is infinite and ours 0: those places are left out of its sum."""
    terms = torch.where(p > 0, torch.special.entr(torch.where(p > 0, p, 1.0)), 0.0)
    return terms.sum(dim=-1) / math.log(base)


def _cross_entropy_between(torch, p, q, base):
    return -torch.special.xlogy(p, q).sum(dim=-1) / math.log(base)


def _kl_divergence(torch, p, q, base):
    """As for the entropy, the places where p is 0 are left out."""
    some = torch.where(p > 0, p, 1.0)
    terms = torch.nn.functional.kl_div(torch.log(q), some, reduction="none")
    return torch.where(p > 0, terms, 0.0).sum(dim=-1) / math.log(base)


def _attention(torch, q, k, v, mask, dropout):
    """PyTorch draws its dropout itself; with the same factors, written out, it is this."""
    if bool((dropout == 1).all()):
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf)
    return (torch.softmax(scores, dim=-1) * dropout) @ v


def _multihead_attention(torch, x, W_in, b_in, W_out, b_out, heads, mask, dropout):
    """As torch.nn.MultiheadAttention, whose dropout has no factors from outside; the layer is compared with that."""
    projected = torch.nn.functional.linear(x, W_in, b_in)
    q, k, v = (each.unflatten(-1, (int(heads), -1)).transpose(1, 2) for each in projected.chunk(3, dim=-1))
    joined = _attention(torch, q, k, v, mask, dropout).transpose(1, 2).flatten(2)
    return torch.nn.functional.linear(joined, W_out, b_out)


def _dropout(torch, x, mask, p):
    """PyTorch draws its masks itself; written out, with the same mask, it is this."""
    return torch.where(mask, x / (1 - p), 0 * x) if p < 1 else 0 * x


def _conv1d(torch, x, W, b, stride, padding, dilation, groups):
    return torch.nn.functional.conv1d(x, W, b, int(stride), int(padding), int(dilation), int(groups))


def _conv2d(torch, x, W, b, stride, padding, dilation, groups):
    return torch.nn.functional.conv2d(x, W, b, *map(_pair, (stride, padding, dilation)), int(groups))


def _true_convolution2d(torch, f, g):
    """PyTorch has none: its cross-correlation with the flipped kernel."""
    kernel, image = torch.flip(f, (0, 1))[None, None], g[None, None]
    return torch.nn.functional.conv2d(image, kernel, padding=(f.shape[0] - 1, f.shape[1] - 1))[0, 0]


def _max_pool2d(torch, x, kernel, stride, padding, dilation, ceil_mode):
    settings = map(_pair, (kernel, stride, padding, dilation))
    return torch.nn.functional.max_pool2d(x, *settings, ceil_mode=bool(ceil_mode))


def _avg_pool2d(torch, x, kernel, stride, padding, count_include_pad, ceil_mode):
    settings = map(_pair, (kernel, stride, padding))
    return torch.nn.functional.avg_pool2d(x, *settings, bool(ceil_mode), bool(count_include_pad))


def _pair(setting):
    return tuple(int(each) for each in setting)


def _cell(torch, name, W_ih, W_hh, b_ih, b_hh, **settings):
    """One time step of PyTorch with these parameters, as a function of the input and the state."""
    parameters = {"weight_ih": W_ih, "weight_hh": W_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    cell = getattr(torch.nn, name)(W_ih.shape[1], W_hh.shape[1], dtype=W_ih.dtype, **settings)
    return lambda x, state: torch.func.functional_call(cell, parameters, (x, state))


def _recurrent(torch, name, x, state, parameters, lengths, reverse, **settings):
    """PyTorch's own layer over packed sequences, each turned round first where the walk is in reverse."""
    W_ih, W_hh, b_ih, b_hh = parameters
    T = x.shape[1]
    ends = torch.full((len(x),), T) if lengths is None else lengths
    times = torch.arange(T)[None, :]
    # within its length each sequence is turned round; in the padding everything stays where it is
    order = torch.where(times < ends[:, None], ends[:, None] - 1 - times, times) if reverse else times.expand(len(x), T)
    rows = torch.arange(len(x))[:, None]
    layer = getattr(torch.nn, name)(x.shape[2], W_hh.shape[1], batch_first=True, dtype=x.dtype, **settings)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x[rows, order], ends, batch_first=True, enforce_sorted=False)
    names = {"weight_ih_l0": W_ih, "weight_hh_l0": W_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    packed_h, _ = torch.func.functional_call(layer, names, (packed, state))
    h, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_h, batch_first=True, total_length=T)
    return h[rows, order]


def _rnn_step(torch, x, h_prev, W_ih, W_hh, b_ih, b_hh, nonlinearity):
    return _cell(torch, "RNNCell", W_ih, W_hh, b_ih, b_hh, nonlinearity=nonlinearity)(x, h_prev)


def _rnn(torch, x, h0, W_ih, W_hh, b_ih, b_hh, nonlinearity, lengths, reverse):
    parameters = W_ih, W_hh, b_ih, b_hh
    return _recurrent(torch, "RNN", x, h0[None], parameters, lengths, reverse, nonlinearity=nonlinearity)


def _lstm_step(torch, x, h_prev, c_prev, W_ih, W_hh, b_ih, b_hh):
    h, _ = _cell(torch, "LSTMCell", W_ih, W_hh, b_ih, b_hh)(x, (h_prev, c_prev))
    return h


def _lstm(torch, x, h0, c0, W_ih, W_hh, b_ih, b_hh, lengths, reverse):
    return _recurrent(torch, "LSTM", x, (h0[None], c0[None]), (W_ih, W_hh, b_ih, b_hh), lengths, reverse)


def _gru_step(torch, x, h_prev, W_ih, W_hh, b_ih, b_hh):
    return _cell(torch, "GRUCell", W_ih, W_hh, b_ih, b_hh)(x, h_prev)


def _gru(torch, x, h0, W_ih, W_hh, b_ih, b_hh, lengths, reverse):
    return _recurrent(torch, "GRU", x, h0[None], (W_ih, W_hh, b_ih, b_hh), lengths, reverse)


TWINS: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "relu": lambda torch, x: torch.relu(x),
    "leaky_relu": lambda torch, x, negative_slope: torch.nn.functional.leaky_relu(x, float(negative_slope)),
    "elu": lambda torch, x, alpha: torch.nn.functional.elu(x, float(alpha)),
    # Above its threshold PyTorch answers with x: at 50 that is exact to the last bit, at its default of 20 it is not.
    "softplus": lambda torch, x, beta: torch.nn.functional.softplus(x, float(beta), threshold=50),
    "silu": lambda torch, x: torch.nn.functional.silu(x),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x),
    "gelu_tanh": lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    "softmax": lambda torch, x: torch.softmax(x, dim=-1),
    "log_softmax": lambda torch, x: torch.log_softmax(x, dim=-1),
    "add": lambda torch, a, b: torch.add(a, b),
    "multiply": lambda torch, a, b: torch.mul(a, b),
    "divide": lambda torch, a, b: torch.div(a, b),
    "power": lambda torch, x, p: torch.pow(x, float(p)),
    "exp": lambda torch, x: torch.exp(x),
    "log": lambda torch, x: torch.log(x),
    "matmul": lambda torch, a, b: torch.matmul(a, b),
    "total": lambda torch, x, axis: torch.sum(x, dim=int(axis)),
    "reshape": lambda torch, x, shape: torch.reshape(x, tuple(map(int, shape))),
    "transpose": lambda torch, x, axes: torch.permute(x, tuple(map(int, axes))),
    "index": lambda torch, x, place: x[place],
    "fan_out": lambda torch, x: x + 0,
    "concatenate": lambda torch, a, b, axis: torch.cat((a, b), dim=int(axis)),
    "largest": lambda torch, x, axis: torch.max(x, dim=int(axis)).values,
    "linear": lambda torch, x, W, b: torch.nn.functional.linear(x, W, b),
    "conv1d": _conv1d,
    "conv2d": _conv2d,
    "true_convolution2d": _true_convolution2d,
    "max_pool2d": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "adaptive_avg_pool2d": lambda torch, x, size: torch.nn.functional.adaptive_avg_pool2d(x, _pair(size)),
    "dropout": _dropout,
    "embedding": lambda torch, index, W, padding_idx: torch.nn.functional.embedding(
        index, W, None if padding_idx is None else int(padding_idx)
    ),
    "add_positions": lambda torch, x, P: x + P[: x.shape[1]],
    "mean_squared_error": _mean_squared_error,
    "mean_absolute_error": _mean_absolute_error,
    "huber": _huber,
    "cross_entropy_with_logits": _cross_entropy,
    "cross_entropy_with_soft_targets": _cross_entropy,
    "cross_entropy_with_probabilities": _cross_entropy_with_probabilities,
    "negative_log_likelihood": _negative_log_likelihood,
    "binary_cross_entropy_with_logits": _binary_cross_entropy,
    "binary_cross_entropy": _binary_cross_entropy_with_probabilities,
    "perceptron_criterion": _perceptron_criterion,
    "discounted_return": _discounted_return,
    "policy_gradient": _policy_gradient,
    "double_q_target": _double_q_target,
    "batch_norm": lambda torch, x, gamma, beta, eps: torch.nn.functional.batch_norm(
        x, None, None, gamma, beta, training=True, eps=eps
    ),
    "batch_norm_evaluation": lambda torch, x, mean, var, gamma, beta, eps: torch.nn.functional.batch_norm(
        x, mean, var, gamma, beta, training=False, eps=eps
    ),
    "layer_norm": lambda torch, x, gamma, beta, eps: torch.nn.functional.layer_norm(x, x.shape[-1:], gamma, beta, eps),
    "rms_norm": lambda torch, x, gamma, eps: torch.nn.functional.rms_norm(x, x.shape[-1:], gamma, float(eps)),
    "attention": _attention,
    "multihead_attention": _multihead_attention,
    "rnn_step": _rnn_step,
    "rnn": _rnn,
    "lstm_step": _lstm_step,
    "lstm": _lstm,
    "gru_step": _gru_step,
    "gru": _gru,
    "entropy": _entropy,
    "cross_entropy_between": _cross_entropy_between,
    "kl_divergence": _kl_divergence,
    "l1_penalty": lambda torch, w, strength: strength * torch.linalg.vector_norm(w, ord=1),
    "l2_penalty": lambda torch, w, strength: strength * w.square().sum(),
    "soft_threshold": lambda torch, w, strength: torch.nn.functional.softshrink(w, float(strength)),
}

PRODUCTS = {"linear", "matmul", "attention", "multihead_attention", "conv1d", "conv2d", "true_convolution2d"}
PRODUCTS |= {"rnn_step", "rnn", "lstm_step", "lstm", "gru_step", "gru"}
"""Formulas with matrix products, whose float32 sums may be taken in another order: they get the wider tolerance."""


def run(torch: Any, formula: Any, arguments: dict[str, Any], upstream: Any) -> tuple[Any, dict[str, Any]]:
    """PyTorch's value and its gradients by name, as arrays, for one set of arguments."""
    tensors = {name: torch.as_tensor(each) if hasattr(each, "dtype") else each for name, each in arguments.items()}
    for name in formula.differentiable:
        tensors[name] = tensors[name].clone().requires_grad_()
    value = TWINS[formula.name](torch, **tensors)
    value.backward(torch.as_tensor(upstream))
    return value.detach().numpy(), {name: tensors[name].grad.numpy() for name in formula.differentiable}
