"""Errors of services beside the brokers, as what stands in place of what they cost."""

from kdiag.errors import Denied, KdiagError
from kdiag.snapshot import Missing


def missing(error: KdiagError) -> Missing:
    """Return why something was not told, and what would help where we were refused."""
    return Missing(str(error), error.grant if isinstance(error, Denied) else None)
