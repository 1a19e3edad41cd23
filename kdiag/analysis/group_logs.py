"""Which groups a partition of `__consumer_offsets` holds."""

from collections.abc import Iterable

from kdiag.analysis.history_span import log_partition


def groups_by_log(names: Iterable[str], partitions: int) -> dict[int, list[str]]:
    """Return partition of `__consumer_offsets` → its groups in the order of the names."""
    found: dict[int, list[str]] = {}
    for name in names:
        found.setdefault(log_partition(name, partitions), []).append(name)
    return found
