"""The mathematics: every formula is a pure function that returns its value and its derivative.

    z, backward = linear(x, W, b)
    dx, dW, db = backward(dz)

Nothing here knows a layer, a network or training. Randomness, masks and settings are arguments, never state;
`backward` writes nowhere and gives the same numbers when called twice.

Each file is a family: the formulas first, below them what they are tried on. What stands behind all of them, the
registry, the tracer, windows and time steps, is in the folder `machinery`.
"""

from layerwise.formulas.activation import log_softmax, relu, sigmoid, softmax, tanh
from layerwise.formulas.affine import linear
from layerwise.formulas.arithmetic import add, divide, exp, log, matmul, multiply, power, total
from layerwise.formulas.attention import attention, multihead_attention
from layerwise.formulas.convolution import conv1d, conv2d, true_convolution2d
from layerwise.formulas.cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    cross_entropy_with_probabilities,
    cross_entropy_with_soft_targets,
    negative_log_likelihood,
)
from layerwise.formulas.dropout import dropout
from layerwise.formulas.embedding import add_positions, embedding, sinusoidal_positions
from layerwise.formulas.gru import gru, gru_step
from layerwise.formulas.information import (
    conditional_entropy,
    cross_entropy_between,
    entropy,
    joint_distribution,
    kl_divergence,
    mutual_information,
)
from layerwise.formulas.lstm import lstm, lstm_step
from layerwise.formulas.machinery.registration import Case, Formula, formula, kink, registry, smooth
from layerwise.formulas.machinery.tracing import Line, trace, traced
from layerwise.formulas.machinery.windows import output_size
from layerwise.formulas.normalization import batch_norm, batch_norm_evaluation, layer_norm, rms_norm
from layerwise.formulas.penalty import l1_penalty, l2_penalty, soft_threshold
from layerwise.formulas.perceptron import (
    PerceptronRun,
    perceptron,
    perceptron_criterion,
    perceptron_update,
    train_perceptron,
)
from layerwise.formulas.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d
from layerwise.formulas.rectifier import elu, gelu, gelu_tanh, leaky_relu, silu, softplus
from layerwise.formulas.regression_loss import huber, mean_absolute_error, mean_squared_error
from layerwise.formulas.reinforcement import discounted_return, double_q_target, policy_gradient
from layerwise.formulas.rnn import rnn, rnn_step
from layerwise.formulas.shape import concatenate, fan_out, index, largest, reshape, transpose

__all__ = [
    "Case",
    "Formula",
    "Line",
    "PerceptronRun",
    "adaptive_avg_pool2d",
    "add",
    "add_positions",
    "attention",
    "avg_pool2d",
    "batch_norm",
    "batch_norm_evaluation",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "concatenate",
    "conditional_entropy",
    "conv1d",
    "conv2d",
    "cross_entropy_between",
    "cross_entropy_with_logits",
    "cross_entropy_with_probabilities",
    "cross_entropy_with_soft_targets",
    "discounted_return",
    "divide",
    "double_q_target",
    "dropout",
    "elu",
    "embedding",
    "entropy",
    "exp",
    "fan_out",
    "formula",
    "gelu",
    "gelu_tanh",
    "gru",
    "gru_step",
    "huber",
    "index",
    "joint_distribution",
    "kink",
    "kl_divergence",
    "l1_penalty",
    "l2_penalty",
    "largest",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "lstm",
    "lstm_step",
    "matmul",
    "max_pool2d",
    "mean_absolute_error",
    "mean_squared_error",
    "multihead_attention",
    "multiply",
    "mutual_information",
    "negative_log_likelihood",
    "output_size",
    "perceptron",
    "perceptron_criterion",
    "perceptron_update",
    "policy_gradient",
    "power",
    "registry",
    "relu",
    "reshape",
    "rms_norm",
    "rnn",
    "rnn_step",
    "sigmoid",
    "silu",
    "sinusoidal_positions",
    "smooth",
    "soft_threshold",
    "softmax",
    "softplus",
    "tanh",
    "total",
    "trace",
    "traced",
    "train_perceptron",
    "transpose",
    "true_convolution2d",
]
