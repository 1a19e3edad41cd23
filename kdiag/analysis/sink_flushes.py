"""Sinks that commit only when they close a file, and what closes one.

Confluent's storage family (S3, GCS, Azure, HDFS) writes a file after `flush.size` records of a
partition, or after `rotate.interval.ms` (by the time of records) or `rotate.schedule.interval.ms`
(by the clock), both off by default; only then are offsets committed, so that a healthy sink is
behind all the time (kafka-connect-storage-cloud, S3 sink, configuration and "exactly once").
"""

from kdiag.analysis.connector_runs import ConnectorRuns, settings_by_connector
from kdiag.check import derive
from kdiag.pipeline_sections import ConnectorConfigs
from kdiag.snapshot import Table

_SIZE = "flush.size"
_ROTATIONS = ("rotate.interval.ms", "rotate.schedule.interval.ms")


class SinkFlushes(Table):
    """One row a sink with flush.size that is RUNNING and of which no task has failed.

    flush_records: flush.size. rotation_seconds: the longer of its rotations; NaN where it has none,
    and is_known is false where a setting is not written out.
    """

    noun = "sinks that write files"
    needs_rows = False
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "group": "str",
        "flush_records": "int",
        "rotation_seconds": "float",
        "is_known": "bool",
    }


@derive()
def sink_flushes(runs: ConnectorRuns, configs: ConnectorConfigs) -> SinkFlushes:
    """Read what closes the files of each sink out of its settings."""
    settings = settings_by_connector(configs)
    rows = []
    for row in runs.rows.itertuples():
        found = settings.get((row.connect_cluster, row.connector), {})
        if not row.group or row.state != "RUNNING" or row.failed or _SIZE not in found:
            continue
        numbers = {key: _number(found.get(key, "-1")) for key in (_SIZE, *_ROTATIONS)}
        rotations = [numbers[key] or 0 for key in _ROTATIONS]
        rows.append(
            {
                "connect_cluster": row.connect_cluster,
                "connector": row.connector,
                "group": row.group,
                "flush_records": numbers[_SIZE],
                "rotation_seconds": max(rotations) / 1000 if max(rotations) > 0 else None,
                "is_known": None not in numbers.values(),
            }
        )
    return SinkFlushes.from_rows(rows, read_at=runs.read_at)


def _number(text: str | None) -> int | None:
    """Return a number of a setting, None where a placeholder stands in its place."""
    try:
        return int(text or "")
    except ValueError:
        return None
