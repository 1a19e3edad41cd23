"""Topics whose records are stamped so long ago that retention deletes what was just written.

Brokers delete a segment once its latest record is older than retention.ms, by the time that the
producer put on it (UnifiedLog.deleteRetentionMsBreachedSegments of Kafka); the active segment too.
A producer that takes seconds for milliseconds writes records of January 1970: they are gone at the
next look of the broker (log.retention.check.interval.ms, 5 minutes), and no setting looks wrong.

Told where no record of a log is younger than retention.ms, and the first one is dated before Kafka
was (2011-01-11, the first release): no producer wrote it then. Records of last month that are
written anew are no such fault.

Reads: ListOffsets by time (first record, first one within retention.ms), DescribeConfigs
(retention.ms, cleanup.policy, message.timestamp.type).
"""

from typing import Any

from kdiag.api import (
    FIRST_RELEASE,
    Action,
    Finding,
    LogAges,
    Said,
    check,
    count,
    listed,
    span,
    topic,
)


@check(area="disk")
def expired_on_arrival(ages: LogAges) -> Said:
    """Topics that lose records minutes after they are written, for the time stamped on them."""
    rows = ages.rows
    is_expired = (rows["age_seconds"] > rows["retention_seconds"]) & rows["expired_records"].isna()
    is_ancient = rows["oldest_timestamp"] < FIRST_RELEASE
    ancient = rows[is_expired & is_ancient & (rows["records"] > 0).fillna(False)]
    for name, part in ancient.groupby("topic"):
        yield _finding(str(name), part)


def _finding(name: str, part: Any) -> Finding:
    kept, oldest = float(part["retention_seconds"].iloc[0]), float(part["age_seconds"].max())
    numbers = sorted(part["partition"].tolist())
    stamped = f"{part['oldest_timestamp'].min():%Y-%m-%d}"
    return Finding(
        "warning",
        topic(name),
        f"Records of topic {name} are stamped {stamped}, and none in "
        f"{count(len(part), 'partition')} is younger than its retention of {span(kept)}: brokers "
        "delete them minutes after they are written.",
        "Who has not read them by then never gets them; a reader that restarts loses what came "
        "meanwhile.",
        cause="Producers stamp records in another unit (seconds for milliseconds), with no time at "
        "all, or with the time of an event long ago.",
        evidence={
            "oldest_age_seconds": round(oldest),
            "retention_seconds": kept,
            "records": int(part["records"].sum()),
            "partitions": numbers,
        },
        actions=(
            Action(
                "See the settings of time and retention of the topic.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
                "--entity-type topics --entity-name {topic}",
                values={"topic": name},
            ),
            Action(
                "Until the producers are mended, keep what comes: let brokers stamp new records. "
                "Consumers that go by the time of records then see that of the broker.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type topics "
                "--entity-name {topic} --add-config message.timestamp.type=LogAppendTime",
                "disruptive",
                {"topic": name},
            ),
            Action(
                f"Mend the producers of {_partitions(numbers)}: timestamps are milliseconds "
                "since 1970."
            ),
        ),
        covers=frozenset([topic(name)]),
    )


def _partitions(numbers: list[int]) -> str:
    return f"partition{'s' * (len(numbers) > 1)} {listed(numbers)}"
