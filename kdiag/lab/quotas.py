"""Quotas of a lab."""

from kdiag.errors import LabError
from kdiag.lab.lab import Lab
from kdiag.lab.peer import Peer


def set_quota(lab: Lab, client_id: str, bytes_per_second: float | None) -> None:
    """Limit what each broker lets a client read; None removes the limit."""
    from kio.schema.alter_client_quotas.v1.request import (
        AlterClientQuotasRequest,
        EntityData,
        EntryData,
        OpData,
    )
    from kio.static.primitive import f64

    op = OpData(
        key="consumer_byte_rate",
        value=f64(bytes_per_second or 0.0),
        remove=bytes_per_second is None,
    )
    entity = EntityData(entity_type="client-id", entity_name=client_id)
    entry = EntryData(entity=(entity,), ops=(op,))
    with Peer(lab.bootstrap.split(",")[0], "lab") as peer:
        answer = peer.ask(AlterClientQuotasRequest(entries=(entry,), validate_only=False))
    if answer.entries[0].error_code:
        raise LabError(f"The cluster refused a quota of {client_id}.")
