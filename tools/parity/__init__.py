"""The page docs/parity.md: everything that is registered, beside PyTorch's and scikit-learn's, measured."""
