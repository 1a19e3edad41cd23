"""JMX over RMI by jmxquery's jar: one start of `java` for all facts of a process.

jmxquery itself would put user and password on the command line, into its exceptions and its log,
and would turn a timeout into an empty list. So its jar is started here: java reads its arguments
from a pipe (`@/dev/fd/N`), and only the name of the pipe is visible to others.
"""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from kdiag.errors import Denied, RequestError, TimedOut, Unreachable
from kdiag.facts import Fact
from kdiag.sources.jmx.endpoints import REMEDY, Access, Endpoint
from kdiag.sources.jmx.told import Told, by_pattern, fits, labels_of
from kdiag.wire.addresses import Address

EXTRA = "pip install 'kdiag[jmx]'"

_FLAGS = ("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_AT_A_TIME = 2
_NOT_THERE = re.compile(
    r"Connection refused to host: ([\w.:-]+)|UnknownHost\w+: (?:Unknown host: )?([\w.:-]+)"
)
_slots = WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()


async def read(endpoint: Endpoint, access: Access, facts: Iterable[Fact], seconds: float) -> Told:
    """Ask for the facts. Raises Denied, TimedOut, Unreachable, RequestError."""
    java = shutil.which("java")
    if java is None:
        raise RequestError(f"JMX over RMI needs Java: no java on the PATH; or {EXTRA}")
    if endpoint.has_tls:
        raise RequestError(f"JMX over RMI with TLS needs the extra jmx: {EXTRA}")
    wanted = by_pattern(facts)
    slots = _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_A_TIME))
    async with slots:
        out, err = await _run(java, _arguments(endpoint, access, wanted), endpoint, seconds)
    told = Told()
    for row in _rows(out, err, endpoint):
        for fact in _facts_of(row, wanted):
            told.add(fact, labels_of(fact, row["mBeanName"]), row.get("value"))
    return told


def _arguments(
    endpoint: Endpoint, access: Access, wanted: Mapping[str, Sequence[Fact]]
) -> list[str]:
    import jmxquery

    queries = [
        jmxquery.JMXQuery(pattern, name).to_query_string()
        for pattern, facts in wanted.items()
        for name in sorted({fact.attribute_name for fact in facts})
    ]
    address = Address(endpoint.host, endpoint.port)
    url = f"service:jmx:rmi:///jndi/rmi://{address}/jmxrmi"
    user = ["-u", access.username, "-p", access.password.value] if access.username else []
    return [
        *_FLAGS,
        "-jar",
        jmxquery.JAR_PATH,
        "-url",
        url,
        "-json",
        *user,
        "-q",
        ";".join(queries),
    ]


async def _run(
    java: str, arguments: Sequence[str], endpoint: Endpoint, seconds: float
) -> tuple[str, str]:
    """Run java and return what it wrote; ended when the time is over."""
    reading, writing = os.pipe()
    try:
        os.write(writing, "\n".join(_quoted(each) for each in arguments).encode())
        os.close(writing)
        child = await asyncio.create_subprocess_exec(
            java,
            f"@/dev/fd/{reading}",
            pass_fds=(reading,),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    finally:
        os.close(reading)
    try:
        out, err = await asyncio.wait_for(child.communicate(), seconds)
    except (TimeoutError, asyncio.CancelledError):
        child.kill()
        await child.wait()
        raise TimedOut(
            f"JMX at {endpoint.host}:{endpoint.port} did not answer within {seconds:g} s"
        ) from None
    return out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _quoted(text: str) -> str:
    """Return an argument as an argument file of java writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rows(out: str, err: str, endpoint: Endpoint) -> Sequence[Mapping[str, Any]]:
    try:
        rows = json.loads(out)
    except (ValueError, RecursionError):
        rows = None
    if isinstance(rows, list):
        return [row for row in rows if isinstance(row, Mapping) and "mBeanName" in row]
    raise explained(f"{out}\n{err}", endpoint)


def explained(text: str, endpoint: Endpoint) -> RequestError:
    """Return the error that the words of a Java exception stand for; they are not shown whole."""
    where = f"JMX at {endpoint.host}:{endpoint.port}"
    if re.search(r"Authentication failed|Credentials (required|should)|SecurityException", text):
        return Denied(f"{where} refuses us", REMEDY)
    if found := _NOT_THERE.search(text):
        return _unreachable(where, (found[1] or found[2]).rstrip(";"), endpoint)
    for words, kind, sentence in _EXPLAINED:
        if re.search(words, text):
            return kind(sentence.format(where=where))
    return RequestError(f"{where} cannot be read ({_kind(text)})")


def _unreachable(where: str, host: str, endpoint: Endpoint) -> Unreachable:
    if host == endpoint.host:
        return Unreachable(f"{where} cannot be reached")
    return Unreachable(
        f"{where} sends us on to {host}, which cannot be reached from here; see "
        "java.rmi.server.hostname"
    )


_EXPLAINED = (
    (
        "Need to specify class name in environment",
        RequestError,
        f"this java has no jdk.naming.rmi, which jmxquery needs; {EXTRA}",
    ),
    (
        "non-JRMP server",
        RequestError,
        "{where} does not speak RMI without TLS; is it rmi+ssl, or HTTP?",
    ),
    (
        "SSL|certificate|PKIX",
        RequestError,
        "{where} has a certificate that is not trusted, or no TLS; see --jmx-ca-file",
    ),
    ("[Tt]imed? ?out", TimedOut, "{where} did not answer in time"),
    ("NotBoundException", RequestError, "{where} is a registry without JMX"),
)


def _kind(text: str) -> str:
    found = re.findall(r"\b(\w+(?:Exception|Error))\b", text)
    return found[-1] if found else "no reason is given"


def _facts_of(row: Mapping[str, Any], wanted: Mapping[str, Sequence[Fact]]) -> Iterable[Fact]:
    """Return the facts that a row is of: the attribute of an MBean that fits."""
    key = row.get("attributeKey") or ""
    seen = set()
    for facts in wanted.values():
        for fact in facts:
            is_it = fact.attribute_name == row.get("attribute") and fact.attribute_key == key
            if is_it and fact.name not in seen and fits(fact, row["mBeanName"]):
                seen.add(fact.name)
                yield fact
