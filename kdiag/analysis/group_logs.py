"""Which groups a partition of `__consumer_offsets` holds."""

from collections.abc import Iterable

from kdiag.analysis.history_span import java_hash


def groups_by_log(names: Iterable[str], partitions: int) -> dict[int, list[str]]:
    """Return partition of `__consumer_offsets` → its groups (Utils.abs of the Java hash)."""
    found: dict[int, list[str]] = {}
    for name in names:
        found.setdefault(abs(java_hash(name)) % partitions, []).append(name)
    return found
