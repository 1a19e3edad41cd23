"""How old the oldest record of each log is, against what retention lets it become.

Brokers delete whole segments, the oldest first, once the latest record of a segment is older than
retention.ms (UnifiedLog.deleteRetentionMsBreachedSegments). A segment takes records for segment.ms,
or until segment.bytes, so a record may stay for both times together; and brokers look every
log.retention.check.interval.ms.
"""

from datetime import UTC, datetime
from typing import Any

from kdiag.analysis.replica_sizes import replica_sizes
from kdiag.analysis.retention import Retention
from kdiag.check import derive
from kdiag.sections import BrokerConfigs, LogTimes, Offsets, Replicas
from kdiag.snapshot import Table

FIRST_RELEASE = datetime(2011, 1, 11, tzinfo=UTC)
"""Of Kafka. No producer wrote a record before: an earlier time on one is wrong, or of an event."""

_KEY = ["topic", "partition"]
_INTERVAL_KEY, _INTERVAL_SECONDS = "log.retention.check.interval.ms", 300.0
_USUAL_SEGMENT_SECONDS = 7 * 86400.0
_SLACK_RATIO, _SLACK_SECONDS = 0.1, 60.0


class LogAges(Table):
    """One row a partition of a topic that deletes and does not compact, and has a record.

    oldest_timestamp: of its first record. age_seconds: its age, NaN where it is dated in the
    future. ahead_seconds: how far in the future its latest record is, NaN where none is an hour
    ahead. retention_seconds: NaN without a limit. segment_seconds: segment.ms. allowed_seconds: the
    age up to which brokers may keep a record: retention, a segment (but no more than the longer of
    retention and a week), two of their looks, and 10 % of retention. records: of the log.
    expired_records: in front of the first one that is younger than retention.ms; <NA> where no
    record is.
    """

    noun = "partitions that delete records"
    columns = {
        "topic": "str",
        "partition": "int",
        "oldest_timestamp": "time",
        "age_seconds": "float",
        "ahead_seconds": "float",
        "retention_seconds": "float",
        "retention_bytes": "int",
        "segment_seconds": "float",
        "segment_bytes": "int",
        "allowed_seconds": "float",
        "records": "int",
        "expired_records": "int",
        "log_start_offset": "int",
        "ms_source": "str",
        "bytes_source": "str",
    }


@derive()
def log_ages(
    times: LogTimes, retention: Retention, offsets: Offsets, brokers: BrokerConfigs | None
) -> LogAges:
    """Join the times of each log with its limits and its records."""
    limits = retention.rows[retention.rows["deletes"] & ~retention.rows["compacts"]]
    rows = times.rows.dropna(subset=["oldest_timestamp"]).merge(limits, on="topic")
    rows = _with_records(rows, offsets)
    age = (times.read_at - rows["oldest_timestamp"]).dt.total_seconds().astype("float64")
    ahead = (rows["max_timestamp"] - times.read_at).dt.total_seconds().astype("float64")
    kept = rows["retention_ms"].astype("float64") / 1000
    segment = rows["segment_ms"].astype("float64") / 1000
    slack = 2 * _interval(brokers) + _SLACK_SECONDS + _SLACK_RATIO * kept
    rolls_after = segment.clip(upper=kept.clip(lower=_USUAL_SEGMENT_SECONDS))
    rows = rows.assign(
        age_seconds=age.where(age >= 0),
        ahead_seconds=ahead,
        retention_seconds=kept,
        segment_seconds=segment,
        allowed_seconds=kept + rolls_after + slack,
    )
    return LogAges(rows=rows[list(LogAges.columns)].reset_index(drop=True))


def _with_records(rows: Any, offsets: Offsets) -> Any:
    rows = rows.merge(offsets.rows[[*_KEY, "log_start_offset", "end_offset"]], "left", _KEY)
    start = rows["log_start_offset"]
    return rows.assign(
        records=(rows["end_offset"] - start).clip(lower=0),
        expired_records=(rows["retained_offset"] - start).clip(lower=0),
    )


def with_sizes(ages: LogAges, replicas: Replicas) -> Any:
    """Return the rows with size_bytes, of the largest replica; <NA> where none was seen."""
    return ages.rows.merge(replica_sizes(replicas), "left", _KEY)


def _interval(brokers: BrokerConfigs | None) -> float:
    """Return how often the slowest broker looks, in seconds; Kafka's default where not told."""
    configs = BrokerConfigs.of() if brokers is None else brokers
    values = configs.only("key", _INTERVAL_KEY)["value"].dropna()
    return max((float(value) / 1000 for value in values), default=_INTERVAL_SECONDS)
