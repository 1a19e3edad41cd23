"""SCRAM credentials: DescribeUserScramCredentials. Any broker may be asked (Kafka 2.7 and newer).

A reply names users, mechanisms and iterations, and nothing of the credential itself.
"""

from datetime import datetime

from kdiag.errors import KdiagError, Unsupported
from kdiag.sections import ScramUsers
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import missing, missing_for
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_API = "DescribeUserScramCredentials"
_SINCE = "Kafka 3.5 or newer"  # on KRaft (KIP-900); 2.7 with ZooKeeper
_MECHANISMS = {1: "SCRAM-SHA-256", 2: "SCRAM-SHA-512"}
"""Codes of org.apache.kafka.clients.admin.ScramMechanism."""


async def read_scram_users(wire: Wire, now: datetime) -> ScramUsers | Missing:
    """Ask for the credentials of all users.

    By an empty list: for null, a broker that refuses fails while it writes the refusal, and never
    answers on that connection again (DescribeUserScramCredentialsRequest.getErrorResponse, 4.4).
    """
    try:
        reply = await wire.ask(None, _API, {"users": []})
    except Unsupported as error:
        return Missing(str(error), _SINCE)
    except KdiagError as error:
        return missing(error)
    if reply.error_code:
        return missing_for(_API, reply.error_code)
    rows = [
        {
            "user": str(result.user),
            "mechanism": _MECHANISMS.get(info.mechanism, f"code {info.mechanism}"),
            "iterations": int(info.iterations),
        }
        for result in reply.results
        for info in result.credential_infos
    ]
    errors = {
        f"user {result.user}": missing_for(_API, result.error_code)
        for result in reply.results
        if result.error_code
    }
    await tables_ready()
    return ScramUsers.from_rows(rows, read_at=now, errors=errors)
