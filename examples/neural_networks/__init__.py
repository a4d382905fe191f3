"""The examples of `04_neural_network_examples.py`, one file for each subject."""
