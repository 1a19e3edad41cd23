"""Addresses in the forms that Kafka and its tools write: HOST:PORT, URLs, lists of them."""

import re

from kdiag.redaction.scope import Scope

_ADDRESS = re.compile(
    r"(?P<id>\d+@)?(?:(?P<scheme>[\w.+-]+)(?P<slashes>://))?"
    r"(?:\[(?P<v6>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^\s/:,@\[\]]*|[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,}))"
    r"(?P<port>:\d*)?(?P<path>/.*)?"
)
_SCHEMES = frozenset(["http", "https", "rmi", "jolokia", "jolokia+https", "prometheus"])


def addresses(text: str, scope: Scope) -> str:
    """Replace the hosts of a comma-separated list of addresses, and their paths."""
    return ",".join(address(part, scope) for part in text.split(","))


def address(text: str, scope: Scope) -> str:
    """Replace the host of an address, its path, and a scheme that is the name of a listener."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        return scope.rename("host", text)
    host = f"[{scope.host(found['v6'])}]" if found["v6"] else scope.host(found["host"])
    path = found["path"]
    return "".join(
        [
            found["id"] or "",
            _scheme(found["scheme"], scope),
            found["slashes"] or "",
            host,
            found["port"] or "",
            scope.rename("path", path) if path and path != "/" else path or "",
        ]
    )


def _scheme(scheme: str | None, scope: Scope) -> str:
    if scheme is None or scheme in _SCHEMES:
        return scheme or ""
    return scope.rename("listener", scheme)


def client_host(text: str, scope: Scope) -> str:
    """Replace both parts of the address of a client, as Java writes it: NAME/ADDRESS."""
    return "/".join(scope.host(part) for part in text.split("/"))
