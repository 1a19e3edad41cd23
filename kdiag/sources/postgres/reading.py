"""PostgreSQL: four statements a database, all databases at once, as sections."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.pipeline_sections import PostgresServers, Publications, ReplicationSlots
from kdiag.snapshot import Missing, Section
from kdiag.sources.missing import missing
from kdiag.sources.postgres.session import Session, shown
from kdiag.sources.postgres.statements import PUBLICATIONS, SERVER, SLOTS, WAL
from kdiag.sources.services import Database
from kdiag.sources.tables import tables_ready

_LIST_WAL = "GRANT pg_monitor TO the role"

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one database told. wal: bytes of its files, or why they are not known."""

    server: Row
    slots: Sequence[Row]
    publications: Sequence[Row]
    wal: int | Missing | None


@dataclass(frozen=True)
class Limits:
    """How databases are asked: seconds for each step; requests counts the statements."""

    seconds: float
    requests: Counter[str] = field(default_factory=Counter)


async def read_postgres(
    databases: Sequence[Database], limits: Limits
) -> dict[type[Section], Section]:
    """Ask all databases; return the sections `POSTGRES_SECTIONS`."""
    told = await asyncio.gather(*(_asked(one, limits) for one in databases))
    await tables_ready()
    return sections({shown(one): said for one, said in zip(databases, told, strict=True)})


async def _asked(database: Database, limits: Limits) -> Told | Missing:
    try:
        async with Session(database, limits.seconds) as session:
            limits.requests["PostgreSQL SELECT"] += 4
            [server] = await session.read(SERVER)
            return Told(
                dict(server),
                [dict(row) for row in await session.read(SLOTS)],
                [dict(row) for row in await session.read(PUBLICATIONS)],
                await _wal(session),
            )
    except KdiagError as error:
        return missing(error)


async def _wal(session: Session) -> int | Missing | None:
    """Return how much the files of the WAL take; without it the rest still counts."""
    try:
        [row] = await session.read(WAL, _LIST_WAL)
    except KdiagError as error:
        return missing(error)
    return None if row["wal_bytes"] is None else int(row["wal_bytes"])


def sections(told: Mapping[str, Told | Missing]) -> dict[type[Section], Section]:
    """Return the sections that databases make together: endpoint → what it told, or why not."""
    known = {endpoint: one for endpoint, one in told.items() if isinstance(one, Told)}
    dead = {f"endpoint {url}": one for url, one in told.items() if isinstance(one, Missing)}
    blind = {
        f"endpoint {url}": one.wal for url, one in known.items() if isinstance(one.wal, Missing)
    }
    now = datetime.now(UTC)
    servers = [
        {"endpoint": url, "wal_bytes": one.wal if isinstance(one.wal, int) else None, **one.server}
        for url, one in known.items()
    ]
    slots = [{"endpoint": url, **row} for url, one in known.items() for row in one.slots]
    published = [{"endpoint": url, **row} for url, one in known.items() for row in one.publications]
    return {
        PostgresServers: PostgresServers.from_rows(servers, read_at=now, errors={**dead, **blind}),
        ReplicationSlots: ReplicationSlots.from_rows(slots, read_at=now, errors=dead),
        Publications: Publications.from_rows(published, read_at=now, errors=dead),
    }
