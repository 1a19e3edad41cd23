"""Where JMX is asked: a template for all brokers, or a URL for one process.

rmi://{host}:9999                        RMI, as `jmxremote.port` opens it
rmi+ssl://{host}:9999                    with TLS, its registry too
jolokia+https://{host}:8778/jolokia      Jolokia's JVM agent
prometheus+http://{host}:7071/metrics    jmx_exporter, and the reporters that speak its text
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kdiag.errors import UsageError
from kdiag.sources.http import Server
from kdiag.wire.addresses import Address
from kdiag.wire.secret import Secret

AUTO = "auto"
REMEDY = "--jmx-username and --jmx-password-file"
SCHEMES = (
    "rmi",
    "rmi+ssl",
    "jolokia+http",
    "jolokia+https",
    "prometheus+http",
    "prometheus+https",
)
_TARGET = re.compile(r"(broker|controller) (\d+)|worker \S+")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_KNOWN = {"host", "id"}


@dataclass(frozen=True)
class Access:
    """How to reach JMX.

    urls: templates with {host} and {id}, or `TARGET=URL` for one process. username, password: for
    all of them. ca_file: PEM file of the authorities that their certificates are checked against;
    "" for those of the system. names: metric name → fact, for exporters with names of their own.
    """

    urls: tuple[str, ...] = ()
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """JMX of one process. target: as in Facts. path: of the URL, for HTTP."""

    target: str
    dialect: str
    host: str
    port: int
    path: str = ""
    has_tls: bool = False

    @property
    def kind(self) -> str:
        """What runs there: broker, controller or worker."""
        return self.target.partition(" ")[0]

    @property
    def url(self) -> str:
        """The address without the dialect."""
        address = Address(self.host, self.port)
        return f"http{'s' if self.has_tls else ''}://{address}{self.path}"

    def server(self, access: Access) -> Server:
        """Return who is asked over HTTP."""
        return Server(
            "JMX", self.url, REMEDY, access.username, access.password, ca_file=access.ca_file
        )


def endpoints(urls: Iterable[str], brokers: Mapping[int, str]) -> list[Endpoint]:
    """Return where to ask each process. brokers: id → host, as the cluster advertises it.

    A URL for one process goes before the template. Raises UsageError for what is no such URL.
    """
    named, templates = _split(urls)
    for template in templates:
        if template != AUTO and len(brokers) > 1 and not _PLACEHOLDER.search(template):
            raise UsageError(
                f"--jmx {template}: all brokers would be one process; write {{host}} or {{id}} "
                "into it, or broker ID=URL for each"
            )
    found = {
        f"broker {id_}": template.replace("{host}", host).replace("{id}", str(id_))
        for template in templates
        for id_, host in brokers.items()
    }
    probed = {f"broker {id_}": host for id_, host in brokers.items()} if AUTO in templates else {}
    return [
        Endpoint(target, AUTO, probed[target], 0)
        if url == AUTO and target in probed
        else _endpoint(target, url)
        for target, url in {**found, **named}.items()
    ]


def check_urls(urls: Iterable[str]) -> None:
    """Raise UsageError for a URL or target that is not one; nothing is asked."""
    endpoints(urls, {0: "host"})


def _split(urls: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    named, templates = {}, []
    for text in urls:
        target, equals, url = text.partition("=")
        if not equals or "://" in target:
            templates.append(text)
        elif _TARGET.fullmatch(target):
            named[target] = url
        else:
            raise UsageError(
                f"--jmx {text}: {target!r} is no process; write broker ID=URL, controller ID=URL "
                "or worker HOST:PORT=URL"
            )
    if len(templates) > 1:
        raise UsageError(f"--jmx: one URL for all brokers, not {len(templates)}")
    for name in _unknown(templates):
        raise UsageError(
            f"--jmx {templates[0]}: {{{name}}} is not known; there are {{host}}, {{id}}"
        )
    return named, templates


def _unknown(templates: list[str]) -> Iterator[str]:
    return (name for text in templates for name in _PLACEHOLDER.findall(text) if name not in _KNOWN)


def _endpoint(target: str, url: str) -> Endpoint:
    scheme, separator, rest = url.partition("://")
    if scheme not in SCHEMES or not separator:
        raise UsageError(
            f"--jmx {url.split('@')[-1]}: begins with none of {', '.join(SCHEMES)}, nor is it auto"
        )
    if "@" in rest.partition("/")[0]:
        raise UsageError(
            f"--jmx {scheme}://…: no user and password in a URL, which others can see; use "
            "--jmx-username and --jmx-password-file"
        )
    dialect, _, transport = scheme.partition("+")
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise UsageError(f"--jmx {url}: expected {scheme}://HOST:PORT")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Endpoint(target, dialect, host, port, path, transport in ("ssl", "https"))
