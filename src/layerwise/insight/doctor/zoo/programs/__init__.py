"""Healthy programs, which the cases make sick."""
