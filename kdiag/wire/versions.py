"""ApiVersions: what a broker speaks, and the version to use (KIP-35, KIP-511, KIP-584)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kio.schema.errors import ErrorCode

from kdiag import __version__
from kdiag.errors import ConnectError, Unsupported
from kdiag.wire.allowlist import APIS, Api
from kdiag.wire.connection import Connection
from kdiag.wire.error_codes import error_name
from kdiag.wire.reply import decode, leading_error_code
from kdiag.wire.request import Request, make_request


@dataclass(frozen=True, slots=True)
class Features:
    """Cluster features by name (metadata.version, kraft.version, group.version …).

    supported: lowest and highest level of this broker. finalized: the level in force in the
    cluster, as of `epoch` (-1: unknown, or a broker before 2.7).
    """

    supported: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    finalized: Mapping[str, int] = field(default_factory=dict)
    epoch: int = -1


@dataclass(frozen=True, slots=True)
class Versions:
    """Lowest and highest version by API key, as one broker advertises them, and its features."""

    ranges: Mapping[int, tuple[int, int]]
    features: Features


async def ask_versions(connection: Connection, deadline: float) -> Versions:
    """Return what the broker at the other end speaks; always the first request on a connection.

    The newest version is tried first. A broker that does not know it answers in v0 with
    UNSUPPORTED_VERSION and, since 2.4, the range that it knows (KIP-511).

    Raises: TimedOut, Unreachable, ConnectError.
    """
    version = APIS["ApiVersions"].newest
    while True:
        frame = await connection.ask_frame(_request(version), deadline)
        if leading_error_code(frame) != ErrorCode.unsupported_version or version == 0:
            return _versions(connection, decode(APIS["ApiVersions"].key, version, frame))
        version = _retry_version(frame, version)


def choose(api: Api, ranges: Mapping[int, tuple[int, int]], newest: int | None = None) -> int:
    """Return the newest version that broker and kdiag both speak.

    newest: the highest one that the caller can use, if not all.

    Raises: Unsupported, without the broker's name.
    """
    ours = (api.oldest, api.newest if newest is None else min(newest, api.newest))
    theirs = ranges.get(api.key)
    if theirs is None:
        raise Unsupported(f"does not offer {api.name}")
    version = min(ours[1], theirs[1])
    if version < max(ours[0], theirs[0]):
        raise Unsupported(
            f"offers {api.name} v{theirs[0]}-v{theirs[1]}, kdiag reads v{ours[0]}-v{ours[1]}"
        )
    return version


def _request(version: int) -> Request:
    said = {"client_software_name": "kdiag", "client_software_version": __version__}
    return make_request(APIS["ApiVersions"], version, said, droppable=said)


def _retry_version(frame: bytes, tried: int) -> int:
    """Return the newest version that the refusal names, or 0."""
    known = {key.api_key: key.max_version for key in decode(18, 0, frame).api_keys or ()}
    return max(0, min(int(known.get(18, 0)), tried - 1))


def _versions(connection: Connection, reply: Any) -> Versions:
    if reply.error_code != ErrorCode.none:
        name = error_name(reply.error_code)
        raise ConnectError(f"{connection.address}: ApiVersions failed: {name}")
    features = Features(
        {f.name: (f.min_version, f.max_version) for f in getattr(reply, "supported_features", ())},
        {f.name: f.max_version_level for f in getattr(reply, "finalized_features", ())},
        getattr(reply, "finalized_features_epoch", -1),
    )
    return Versions({k.api_key: (k.min_version, k.max_version) for k in reply.api_keys}, features)
