"""The past out of `__consumer_offsets`: commits, generations and members, as far as it reaches."""

from kdiag.sources.history.read import read_history

__all__ = ["read_history"]
