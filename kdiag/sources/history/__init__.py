"""The past out of internal topics: commits, generations, members, and states of share groups."""

from kdiag.sources.history.read import (
    read_history,
    read_share_state,
    read_transaction_history,
)

__all__ = ["read_history", "read_share_state", "read_transaction_history"]
