"""Which of the ids that sampled records carry a registry knows.

An id counts in its context: the default one is asked, and where it does not have the id each other
one that a subject is in (GET /schemas/ids/ID?subject=:.CONTEXT:).
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from kdiag.pipeline_sections import SchemaIds, SchemaSubjects
from kdiag.sections import RecordSamples
from kdiag.snapshot import Missing
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import SCHEMA_ID
from kdiag.sources.rest.client import Answered, Asking, Rest
from kdiag.sources.rest.each_name import Found, of_each
from kdiag.sources.rest.endpoints import each
from kdiag.sources.tables import tables_ready

_LARGEST = 2**31 - 1  # ids are Java's int, from 1
_READ_RATIO = 0.9  # of the time for an endpoint, so that what was told until then is kept


async def read_schema_ids(
    servers: Sequence[Server], asking: Asking, samples: RecordSamples, subjects: SchemaSubjects
) -> SchemaIds:
    """Ask each registry for the ids of sampled records; one that was dead just now is not asked."""
    carried = samples.rows["schema_id"].dropna()
    ids = [str(id_) for id_ in sorted(set(carried[carried.between(1, _LARGEST)]))]

    async def read(rest: Rest) -> Found[bool]:
        async def is_known(id_: str) -> bool:
            for context in ("", *_contexts(subjects, rest.server.url)):
                if await _has(rest, id_, context):
                    return True
            return False

        return await of_each(ids, is_known, _READ_RATIO * asking.all_seconds, "schema ids")

    alive = [one for one in servers if f"endpoint {one.url}" not in subjects.errors]
    told = await each(alive, asking, read) if ids else {}
    await tables_ready()
    rows = [
        {"url": url, "schema_id": int(id_), "is_known": is_known}
        for url, one in told.items()
        if not isinstance(one, Missing)
        for id_, is_known in one.by_name.items()
    ]
    lacking = {url: one if isinstance(one, Missing) else one.lacking for url, one in told.items()}
    errors = {f"endpoint {url}": one for url, one in lacking.items() if one is not None}
    return SchemaIds.from_rows(
        rows, read_at=datetime.now(UTC), errors={**subjects.errors, **errors}
    )


def _contexts(subjects: SchemaSubjects, url: str) -> Sequence[str]:
    """Return the contexts but the default one that a registry has subjects in, as `:.NAME:`."""
    names = subjects.rows.loc[subjects.rows["url"] == url, "schema_subject"]
    inside = (name[2:].partition(":") for name in names if name.startswith(":."))
    return sorted({f":.{context}:" for context, colon, _ in inside if context and colon})


async def _has(rest: Rest, id_: str, context: str) -> bool:
    query = (("subject", context),) if context else ()
    try:
        await rest.ask(SCHEMA_ID, id_, query=query)
    except Answered as error:
        if error.is_not_there:
            return False
        raise
    return True
