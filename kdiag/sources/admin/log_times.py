"""How old the oldest record of each log is, and which logs have records of the future.

ListOffsets for the time 0 returns the first record and its time; the leader reads one batch of each
log for it. For a time that is to come it returns a record only where one is dated so, and reads
nothing elsewhere. Logs in remote storage are left alone: a look at their first record costs a
request to the store, and often money.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from kdiag.sections import LogTimes, TopicConfigs
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.offsets import Key, Rows, list_rows, offset_of, refused
from kdiag.sources.tables import tables_ready
from kdiag.sources.times import LATEST, time_of
from kdiag.wire.cluster import Wire

_FIRST, _BY_TIMESTAMP = 0, -3
_AHEAD = timedelta(hours=1)
"""message.timestamp.after.max.ms of Kafka 4.0 and newer: no clock is that far off."""

_REMOTE = Missing("its oldest records are in remote storage, and are not looked at there")


async def read_log_times(
    wire: Wire, registered: Registered, configs: TopicConfigs | Missing
) -> LogTimes | Missing:
    """Ask for the first record of each log from which records are deleted by age or size.

    Two requests to each leader; a third one where some record is older than retention.ms, and a
    fourth one where some is dated in the future.
    """
    if isinstance(configs, Missing):
        return configs
    now, settings = datetime.now(UTC), _settings(configs)
    keys = [(topic, number) for topic, number, _ in registered.leaders() if topic in settings]
    asked = [key for key in keys if not _is_tiered(settings[key[0]])]
    (oldest, failed), (ahead, more) = await asyncio.gather(
        list_rows(wire, registered, dict.fromkeys(asked, _FIRST)),
        list_rows(wire, registered, dict.fromkeys(asked, _milliseconds(now + _AHEAD))),
    )
    future = [key for key, row in ahead.items() if offset_of(row) is not None]
    (expired, still_more), (newest, _) = await asyncio.gather(
        list_rows(wire, registered, dict(_expired(oldest, settings, now))),
        list_rows(wire, registered, dict.fromkeys(future, _BY_TIMESTAMP)),
    )
    told = [key for key in asked if key in oldest and not oldest[key].error_code]
    tiered = {topic for topic, each in settings.items() if _is_tiered(each)}
    await tables_ready()
    return LogTimes.of(
        {
            "topic": [topic for topic, _ in told],
            "partition": [number for _, number in told],
            "oldest_timestamp": [time_of(oldest[key].timestamp) for key in told],
            "retained_offset": [offset_of(expired.get(key)) for key in told],
            "max_timestamp": [_latest(key, ahead, newest) for key in told],
        },
        read_at=now,
        errors={
            **{f"topic {topic}": _REMOTE for topic in sorted(tiered)},
            **failed,
            **more,
            **still_more,
            **refused(oldest),
        },
    )


def _settings(configs: TopicConfigs) -> dict[str, dict[str, str]]:
    """Return the settings of the topics that delete by age or size, and do not compact."""
    found: dict[str, dict[str, str]] = {}
    rows = configs.rows
    for topic, key, value in zip(rows["topic"], rows["key"], rows["value"], strict=True):
        found.setdefault(topic, {})[key] = value
    return {topic: each for topic, each in found.items() if _deletes(each)}


def _deletes(settings: Mapping[str, str]) -> bool:
    limits = {settings.get("retention.ms", "-1"), settings.get("retention.bytes", "-1")}
    return settings.get("cleanup.policy") == "delete" and limits != {"-1"}


def _is_tiered(settings: Mapping[str, str]) -> bool:
    return settings.get("remote.storage.enable") == "true"


def _expired(
    oldest: Rows, settings: Mapping[str, Mapping[str, str]], now: datetime
) -> Iterator[tuple[Key, int]]:
    """Yield the logs whose first record is older than retention.ms, and that time."""
    for key, row in oldest.items():
        kept = int(settings[key[0]].get("retention.ms", "-1"))
        limit = _milliseconds(now) - kept
        if not row.error_code and kept >= 0 and 0 <= row.timestamp < limit:
            yield key, limit


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _latest(key: Key, ahead: Rows, newest: Rows) -> datetime | None:
    """Return the latest time in a log that reaches into the future; None for others."""
    row = ahead.get(key)
    if row is None or offset_of(row) is None:
        return None
    latest = newest.get(key, row)
    found = max(int(row.timestamp), -1 if latest.error_code else int(latest.timestamp))
    return time_of(found) or LATEST
