"""What of the logs of tiered topics lies where: ListOffsets to each leader (KIP-405, KIP-1005).

Asked only where some topic is tiered, and answered from memory: nothing is read in remote storage.
"""

import asyncio
from datetime import UTC, datetime

from kdiag.finding import NotApplicable
from kdiag.sections import TieredOffsets, TopicConfigs
from kdiag.snapshot import Missing
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.offsets import Rows, list_rows, offset_of, refused
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_LATEST, _LOCAL_START, _LAST_TIERED = -1, -4, -5
_UNSUPPORTED_VERSION = 35
_UNTOLD = Missing("its leader does not tell what is in remote storage", "Kafka 3.9 or newer")


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
    places = (_LAST_TIERED, _LOCAL_START, _LATEST)
    answers = await asyncio.gather(
        *(list_rows(wire, registered, dict.fromkeys(keys, place)) for place in places)
    )
    (last, _), (start, _), (end, _) = answers
    errors: dict[str, Missing] = {}
    for told, failed in answers:
        errors |= failed | _refused(told)
    await tables_ready()
    return TieredOffsets.of(
        {
            "topic": [topic for topic, _ in keys],
            "partition": [number for _, number in keys],
            "local_start_offset": [offset_of(start.get(key)) for key in keys],
            "tiered_offset": [offset_of(last.get(key)) for key in keys],
            "end_offset": [offset_of(end.get(key)) for key in keys],
        },
        read_at=datetime.now(UTC),
        errors=errors,
    )


def _refused(rows: Rows) -> dict[str, Missing]:
    untold = {key[0] for key, row in rows.items() if row.error_code == _UNSUPPORTED_VERSION}
    return refused(rows) | {f"topic {topic}": _UNTOLD for topic in untold}
