"""JMX of a node, in the ways in which sites open it: RMI, Jolokia, jmx_exporter."""

import secrets
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from kdiag.lab import security
from kdiag.lab.jars import fetch, parse_lock
from kdiag.lab.plan import HOST, Node

USER = "monitor"
"""Name of the user that may read where a password is asked for."""

_REMOTE = "-Dcom.sun.management.jmxremote"
_KEY_STORE = "jmx.p12"
_RULES = {
    "prometheus": "rules:\n- pattern: '.*'\n",
    "prometheus_rules": (
        "lowercaseOutputName: true\n"
        "rules:\n"
        "- pattern: kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*, (.+)=(.+)><>Count\n"
        '  name: kafka_$1_$2_$3_total\n  type: COUNTER\n  labels: {"$4": "$5"}\n'
        "- pattern: kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*><>Count\n"
        "  name: kafka_$1_$2_$3_total\n  type: COUNTER\n"
        "- pattern: kafka.(\\w+)<type=(.+), name=(.+)><>Value\n"
        "  name: kafka_$1_$2_$3\n"
        "- pattern: java.lang<type=Runtime><>(Uptime|StartTime)\n"
        "  name: java_lang_runtime_$1\n"
    ),
}


def write_files(kinds: tuple[str, ...], directory: Path) -> None:
    """Write what the kinds need into a private directory: passwords, keys, rules."""
    directory.mkdir(mode=0o700, exist_ok=True)
    _write(directory / "password", secrets.token_hex(12))
    for kind in kinds:
        if kind in _RULES:
            _write(directory / f"{kind}.yml", _RULES[kind])
    _write(directory / "remote.password", f"{USER} {password(directory)}\n")
    _write(directory / "remote.access", f"{USER} readonly\n")
    _write(directory / "jolokia", f"user={USER}\npassword={password(directory)}\n")
    if "rmi_ssl" in kinds:
        store_password = secrets.token_hex(12)
        security.write_key_store(directory, _KEY_STORE, store_password)
        key = "javax.net.ssl.keyStore"
        text = f"{key}={directory / _KEY_STORE}\n{key}Password={store_password}\n"
        _write(directory / "ssl", text)


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def password(directory: Path) -> str:
    """Return the password of `USER`."""
    return (directory / "password").read_text(encoding="ascii")


def url(node: Node) -> str:
    """Return `TARGET=URL` for the first way in which a node opens JMX."""
    kind, port = next(iter(node.jmx_ports.items()))
    target = f"{'broker' if node.is_broker else 'controller'} {node.id}"
    if kind.startswith("rmi"):
        return f"{target}=rmi{'+ssl' if kind == 'rmi_ssl' else ''}://{HOST}:{port}"
    path = "jolokia" if kind.startswith("jolokia") else "metrics"
    dialect = "jolokia" if kind.startswith("jolokia") else "prometheus"
    return f"{target}={dialect}+http://{HOST}:{port}/{path}"


def flags(node: Node, directory: Path) -> tuple[str, ...]:
    """Return the flags that open JMX of a node, on loopback."""
    return tuple(
        flag for kind, port in node.jmx_ports.items() for flag in _flags(kind, port, directory)
    )


def jolokia_flag(port: int) -> str:
    """Return the flag by which a process opens JMX over HTTP, on loopback."""
    _, agent = fetch(parse_lock(_lock()))
    return f"-javaagent:{agent}=host={HOST},port={port},discoveryEnabled=false"


def _flags(kind: str, port: int, directory: Path) -> tuple[str, ...]:
    if kind.startswith("rmi"):
        options = {**_OPEN, **_remote(kind, directory), "port": str(port), "rmi.port": str(port)}
        given = [f"{_REMOTE}.{key}={value}" for key, value in options.items()]
        return (*given, f"-Djava.rmi.server.hostname={HOST}")
    exporter, jolokia = fetch(parse_lock(_lock()))
    if kind in _RULES:
        return (f"-javaagent:{exporter}={HOST}:{port}:{directory / kind}.yml",)
    options = {"host": HOST, "port": str(port), "discoveryEnabled": "false"}
    if kind == "jolokia_password":
        options["config"] = str(directory / "jolokia")
    return (f"-javaagent:{jolokia}={','.join(f'{k}={v}' for k, v in options.items())}",)


_OPEN = {"host": HOST, "authenticate": "false", "ssl": "false"}


def _remote(kind: str, directory: Path) -> Mapping[str, str]:
    if kind == "rmi_password":
        return {
            "authenticate": "true",
            "password.file": str(directory / "remote.password"),
            "password.toHashes": "false",
            "access.file": str(directory / "remote.access"),
        }
    if kind == "rmi_ssl":
        return {"ssl": "true", "registry.ssl": "true", "ssl.config.file": str(directory / "ssl")}
    return {}


def _lock() -> str:
    return (resources.files("kdiag.lab") / "agents.lock").read_text(encoding="utf-8")
