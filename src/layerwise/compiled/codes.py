"""The numbers under which compiled loops know the activations."""

IDENTITY, RELU, TANH, SIGMOID = range(4)
