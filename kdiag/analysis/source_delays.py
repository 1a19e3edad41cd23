"""How far sources of changes are behind their databases, as Debezium tells over JMX.

MilliSecondsBehindSource is the time from the commit in the database to when the connector took the
change up, of the last change: it does not grow while nothing changes, or while the task hangs. -1:
there was none yet (Debezium, "Monitoring", streaming metrics).
"""

from kdiag.check import derive
from kdiag.sections import Facts
from kdiag.snapshot import Table

_BEHIND = "source-behind"


class SourceDelays(Table):
    """One row a topic.prefix (the `server` of the MBean): seconds, of the last change."""

    noun = "sources of changes"
    needs_rows = False
    columns = {"prefix": "str", "seconds": "float"}


@derive(facts=(_BEHIND,))
def source_delays(facts: Facts) -> SourceDelays:
    """Take the largest that the workers tell of each source."""
    rows = facts.rows[(facts.rows["fact"] == _BEHIND) & (facts.rows["value"] >= 0)]
    found: dict[str, float] = {}
    for labels, seconds in zip(rows["labels"], rows["value"].tolist(), strict=True):
        [prefix] = labels
        if prefix is not None:
            found[prefix] = max(seconds, found.get(prefix, 0.0))
    return SourceDelays.from_rows(
        [{"prefix": prefix, "seconds": seconds} for prefix, seconds in sorted(found.items())]
    )
