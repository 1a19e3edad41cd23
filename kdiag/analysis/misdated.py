"""Logs with records that are stamped before Kafka was.

Their stamps are wrong, as of seconds in place of milliseconds, or those of events long ago: an end
offset by timestamp then tells nothing of what was in the log at that time.
"""

from typing import Any

from kdiag.sections import EndOffsetHistory, Offsets
from kdiag.wording import BEFORE_KAFKA_SECONDS

_LOG = ["topic", "partition"]


def misdated_logs(past: EndOffsetHistory, offsets: Offsets) -> Any:
    """Return topic and partition of the logs that had records before there was a Kafka.

    Known of those only for which a time that long ago was asked.
    """
    asked = past.rows[past.rows["age_seconds"] >= BEFORE_KAFKA_SECONDS]
    rows = asked.merge(offsets.rows[[*_LOG, "log_start_offset"]], on=_LOG)
    is_before = (rows["end_offset"] > rows["log_start_offset"]).fillna(False)
    return rows.loc[is_before, _LOG].drop_duplicates()


def without(rows: Any, logs: Any) -> Any:
    """Return the rows of other logs than these, of which there mostly are none."""
    if logs.empty:
        return rows
    marked = rows[_LOG].merge(logs.assign(is_one=True), "left", _LOG)
    return rows[marked["is_one"].isna().to_numpy()]
