"""Quotas of clients: DescribeClientQuotas. Any broker may be asked (Kafka 2.6 and newer)."""

from datetime import datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import ClientQuotas
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import missing, missing_for
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire


async def read_client_quotas(wire: Wire, now: datetime) -> ClientQuotas | Missing:
    """Ask for all quotas: a filter without components matches every entity (KIP-546)."""
    try:
        reply = await wire.ask(None, "DescribeClientQuotas", {"components": [], "strict": False})
    except KdiagError as error:
        return missing(error)
    if reply.error_code:
        return missing_for("DescribeClientQuotas", reply.error_code)
    rows = [
        {
            "user": _name(entry, "user"),
            "client_id": _name(entry, "client-id"),
            "key": str(quota.key),
            "value": float(quota.value),
        }
        for entry in reply.entries or ()
        for quota in entry.values
    ]
    await tables_ready()
    return ClientQuotas.from_rows(rows, read_at=now)


def _name(entry: Any, kind: str) -> str | None:
    """Return the name of one part of an entity: <default> for the default, None without it."""
    for part in entry.entity:
        if part.entity_type == kind:
            return "<default>" if part.entity_name is None else str(part.entity_name)
    return None
