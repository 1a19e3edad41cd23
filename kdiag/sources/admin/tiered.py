"""What of the logs of tiered topics lies where: ListOffsets to each leader (KIP-405, KIP-1005).

Asked only where some topic is tiered, and answered from memory: nothing is read in remote storage.
"""

from datetime import UTC, datetime
from typing import Any

from kdiag.finding import NotApplicable
from kdiag.sections import TieredOffsets, TopicConfigs
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.offsets import Key, list_rows
from kdiag.sources.admin.outcome import known, missing_for
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_LATEST, _LOCAL_START, _LAST_TIERED = -1, -4, -5
_UNSUPPORTED_VERSION = 35


async def read_tiered_offsets(
    wire: Wire, registered: Registered, configs: TopicConfigs | Missing
) -> TieredOffsets | Missing | NotApplicable:
    """Ask for the start of the local log, the last offset in remote storage, and the end."""
    if isinstance(configs, Missing):
        return configs
    rows = configs.rows
    tiered = set(
        rows.loc[(rows["key"] == "remote.storage.enable") & (rows["value"] == "true")].topic
    )
    if not tiered:
        return NotApplicable("no topic is tiered")
    keys = [(topic, number) for topic, number, _ in registered.leaders() if topic in tiered]
    errors: dict[str, Missing] = {}
    told: dict[int, dict[Key, Any]] = {}
    for place in (_LAST_TIERED, _LOCAL_START, _LATEST):
        told[place], failed = await list_rows(wire, registered, dict.fromkeys(keys, place))
        errors |= failed | _refused(told[place])
    await tables_ready()
    return TieredOffsets.of(
        {
            "topic": [topic for topic, _ in keys],
            "partition": [number for _, number in keys],
            "local_start_offset": [_offset(told[_LOCAL_START].get(key)) for key in keys],
            "tiered_offset": [_offset(told[_LAST_TIERED].get(key)) for key in keys],
            "end_offset": [_offset(told[_LATEST].get(key)) for key in keys],
        },
        read_at=datetime.now(UTC),
        errors=errors,
    )


def _offset(row: Any) -> int | None:
    return None if row is None or row.error_code else known(int(row.offset))


def _refused(rows: dict[Key, Any]) -> dict[str, Missing]:
    return {
        f"topic {topic}": _why(int(row.error_code), topic)
        for (topic, _), row in rows.items()
        if row.error_code
    }


def _why(code: int, topic: str) -> Missing:
    if code == _UNSUPPORTED_VERSION:
        return Missing("its leader does not tell what is in remote storage", "Kafka 3.9 or newer")
    return missing_for("ListOffsets", code, topic)
