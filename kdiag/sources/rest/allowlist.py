"""Everything that kdiag may send to a REST service: the read-only guarantee, as one table.

`permit` is called where requests become bytes. What is not in the table is not sent, and nothing
with a body: no PUT, PATCH or DELETE, and no POST but two statements of ksqlDB, byte by byte.

Absent on purpose: POST /compatibility of Schema Registry writes nothing, but POST beside it
registers a schema: no POST is sent there. PUT /connector-plugins/PLUGIN/config/validate of Connect
stores nothing, but it runs the connector's code, which dials databases: it is a table of its own
(`VALIDATION`), that `kdiag lint --validate` alone sends by.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl

from kdiag.wire.allowlist import SendRefused

_SEGMENT = rb"(?!\.\.?(?:/|$))[^/?#]+"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One kind of request: its path under the service's URL, with {} for each name in it.

    queries: parameters that it may have. bodies: what it may carry, byte by byte; None: anything.
    """

    method: str
    path: str
    queries: frozenset[str] = frozenset()
    bodies: frozenset[bytes] | None = frozenset({b""})

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def fits(self, method: str, path: bytes) -> bool:
        """Tell whether a path, as it is sent, is one of this call."""
        return method == self.method and _pattern(self.path).fullmatch(path) is not None


@cache
def _pattern(path: str) -> re.Pattern[bytes]:
    parts = (re.escape(part.encode()) for part in path.split("{}"))
    return re.compile(_SEGMENT.join(parts))


WORKER: Final = Call("GET", "/")
CONNECTORS: Final = Call("GET", "/connectors", frozenset({"expand"}))
PLUGINS: Final = Call("GET", "/connector-plugins", frozenset({"connectorsOnly"}))

LEVEL: Final = Call("GET", "/config")
SUBJECT_LEVEL: Final = Call("GET", "/config/{}", frozenset({"defaultToGlobal"}))
MODE: Final = Call("GET", "/mode")
SUBJECTS: Final = Call("GET", "/subjects", frozenset({"offset", "limit"}))
SCHEMAS: Final = Call("GET", "/schemas", frozenset({"offset", "limit"}))
VERSIONS: Final = Call("GET", "/subjects/{}/versions")
VERSION: Final = Call("GET", "/subjects/{}/versions/{}")
SCHEMA_ID: Final = Call("GET", "/schemas/ids/{}", frozenset({"subject"}))

QUERIES: Final = MappingProxyType({"ksql": "SHOW QUERIES;", "streamsProperties": {}})
QUERY_ERRORS: Final = MappingProxyType({"ksql": "SHOW QUERIES EXTENDED;", "streamsProperties": {}})


def as_body(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is sent."""
    return json.dumps(dict(document)).encode()


INFO: Final = Call("GET", "/info")
HEALTH: Final = Call("GET", "/healthcheck")
CLUSTER_STATUS: Final = Call("GET", "/clusterStatus")
STATEMENTS: Final = Call(
    "POST", "/ksql", bodies=frozenset({as_body(QUERIES), as_body(QUERY_ERRORS)})
)

CALLS: Final[Mapping[str, Sequence[Call]]] = MappingProxyType(
    {
        "ksqlDB": (INFO, HEALTH, CLUSTER_STATUS, STATEMENTS),
        "Kafka Connect": (WORKER, CONNECTORS, PLUGINS),
        "Schema Registry": (
            *(LEVEL, SUBJECT_LEVEL, MODE, SUBJECTS),
            *(SCHEMAS, VERSIONS, VERSION, SCHEMA_ID),
        ),
    }
)
"""Service → what it may be sent."""

VALIDATE: Final = Call("PUT", "/connector-plugins/{}/config/validate", bodies=None)
VALIDATION: Final[Mapping[str, Sequence[Call]]] = MappingProxyType({"Kafka Connect": (VALIDATE,)})
"""The same, for `kdiag lint --validate`."""


def permit(
    service: str,
    method: str,
    path: bytes,
    query: bytes,
    body: bytes,
    calls: Mapping[str, Sequence[Call]] = CALLS,
) -> None:
    """Let a request pass, or refuse it; path: under the service's URL, as it is sent.

    Raises SendRefused if it is not in the table, or has parameters or a body that are not.
    """
    for call in calls.get(service, ()):
        if call.fits(method, path) and _is_plain(call, query, body):
            return
    shown = path.decode("ascii", "replace")
    raise SendRefused(f"{method} {shown} is not a read that kdiag may send to {service}")


def _is_plain(call: Call, query: bytes, body: bytes) -> bool:
    names = {name for name, _ in parse_qsl(query.decode("ascii"), keep_blank_values=True)}
    return names <= call.queries and (call.bodies is None or body in call.bodies)
