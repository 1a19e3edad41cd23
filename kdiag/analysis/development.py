"""Clusters of development: with one broker there is no second copy, and nobody counts on it."""

from kdiag.sections import Brokers


def development(brokers: Brokers | None) -> str:
    """Return that a cluster has one broker, as a sentence; "" where it has more, or who knows."""
    if brokers is None or len(brokers) != 1:
        return ""
    return "This is a cluster of one broker, as for development."
