"""Sinks that write a file only once it holds flush.size records.

Without rotate.interval.ms and rotate.schedule.interval.ms (both -1 by default) the rest of a quiet
partition is never written: it is in no file, and the offsets stay where they were.

Reads: connectors of Confluent's storage family (S3, GCS, Azure, HDFS); its rotation and timezone
settings (docs.confluent.io/kafka-connectors/s3-sink/current/configuration_options.html).
"""

from collections.abc import Iterator

from kdiag.lint.api import Action, ConnectorFiles, Finding, KeyedFile, Said, check, class_of

_FAMILY = (
    "io.confluent.connect.s3.",
    "io.confluent.connect.gcs.",
    "io.confluent.connect.azure.",
    "io.confluent.connect.hdfs",
)
_BY_RECORD, _BY_CLOCK = "rotate.interval.ms", "rotate.schedule.interval.ms"


@check(area="files")
def lint_sink_rotation(connectors: ConnectorFiles) -> Said:
    """Sinks whose files may never be closed, or with a rotation that is refused."""
    for file in connectors:
        if class_of(file).startswith(_FAMILY):
            yield from _judged(file)


def _judged(file: KeyedFile) -> Iterator[Finding]:
    intervals = {key: _milliseconds(file, key) for key in (_BY_RECORD, _BY_CLOCK)}
    if None in intervals.values():
        return
    name = f"Connector {file.name}" if file.name else "The connector"
    if all((value or 0) <= 0 for value in intervals.values()):
        size = file.value("flush.size") or "flush.size"
        yield Finding(
            "warning",
            file.subject("flush.size"),
            f"{name} closes a file only after {size} records of a partition.",
            "The last records of a quiet topic are never written, and its lag never reaches 0.",
            evidence={"flush_size": size, "key": _BY_CLOCK},
            actions=(
                Action(
                    f"Set {_BY_CLOCK}=600000 and timezone=UTC (by the clock); or {_BY_RECORD}, by "
                    "the time of records, which keeps exactly-once but waits for a later record."
                ),
            ),
        )
    elif (intervals[_BY_CLOCK] or 0) > 0 and "timezone" not in file:
        yield Finding(
            "critical",
            file.subject(_BY_CLOCK),
            f"{name} has {_BY_CLOCK} without timezone.",
            "It is refused, or its tasks fail when they start: there is no default.",
            evidence={"key": "timezone"},
            actions=(Action("Set timezone=UTC, or the one that files are to be cut by."),),
        )


def _milliseconds(file: KeyedFile, key: str) -> int | None:
    """Return an interval, -1 where none is set; None where a placeholder hides it."""
    if key not in file:
        return -1
    return file.number(key)
