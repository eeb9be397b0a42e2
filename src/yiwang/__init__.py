"""Yiwang 一网: the digital government of a small city, in one program."""

__version__ = "0.1.0"
