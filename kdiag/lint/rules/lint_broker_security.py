"""What a server.properties leaves open beside listeners without TLS, or does not start with.

An authorizer of the other mode keeps the broker from starting. A listener with TLS that asks for no
certificate, and has no SASL, lets in whoever trusts it. Brokers among themselves, and controllers,
may talk without TLS although clients do not. 0.0.0.0 is no address that a client can use; where
advertised.listeners is not set, that of listeners is told to clients.

Reads: server.properties (listeners, authorizer.class.name, ssl.client.auth, advertised.listeners).
"""

from collections.abc import Iterator

from kdiag.lint.api import (
    Action,
    BrokerFiles,
    Finding,
    KeyedFile,
    ListenerLine,
    Said,
    Severity,
    check,
    listener_lines,
)

_AUTHORIZER, _AUTH = "authorizer.class.name", "ssl.client.auth"
_ADVERTISED = "advertised.listeners"


@check(area="files")
def lint_broker_security(brokers: BrokerFiles) -> Said:
    """Brokers with an authorizer of the other mode, no login, or plain text among themselves."""
    for file in brokers:
        lines = [line for line in listener_lines(file) if not line.is_loopback]
        yield from _authorizer(file)
        yield from _logins(file, lines)
        yield from _among_themselves(file, lines)
        yield from _advertised(file)


def _authorizer(file: KeyedFile) -> Iterator[Finding]:
    name = file.value(_AUTHORIZER) or ""
    is_kraft = "process.roles" in file
    is_zookeeper = "zookeeper.connect" in file and not is_kraft
    if is_kraft and name.endswith(("AclAuthorizer", "SimpleAclAuthorizer")):
        do = "Set it to org.apache.kafka.metadata.authorizer.StandardAuthorizer."
        text = f"{name} keeps ACLs in ZooKeeper, and this node has none."
        yield _finding(file, _AUTHORIZER, "critical", text, "It does not start.", do)
    if is_zookeeper and name.endswith("StandardAuthorizer"):
        do = "Set it to kafka.security.authorizer.AclAuthorizer until the migration."
        text = f"{name} keeps ACLs in KRaft, and this broker uses ZooKeeper."
        yield _finding(file, _AUTHORIZER, "critical", text, "It does not start.", do)


def _logins(file: KeyedFile, lines: list[ListenerLine]) -> Iterator[Finding]:
    for line in lines:
        own = f"listener.name.{line.name.lower()}.{_AUTH}"
        key = own if own in file else _AUTH
        held = file.value(key) if key in file else "none"
        if line.protocol == "SSL" and held in ("none", "requested") and not line.is_controller:
            text = f"Listener {line.name} has TLS, but lets in whoever has no certificate."
            impact = "They are User:ANONYMOUS, and ACLs cannot tell them apart."
            do = f"Set {own}=required, or use SASL_SSL."
            yield _finding(file, f"{key} {line.name}", "warning", text, impact, do, line)
        if line.protocol and line.protocol.startswith("SASL") and not _has_mechanism(file, line):
            text = f"Listener {line.name} has SASL, and sasl.enabled.mechanisms is not set."
            impact = (
                "It takes GSSAPI alone, and does not start without a KafkaServer entry of JAAS."
            )
            do = "Set sasl.enabled.mechanisms, as SCRAM-SHA-512."
            yield _finding(file, f"mechanisms {line.name}", "warning", text, impact, do, line)


def _has_mechanism(file: KeyedFile, line: ListenerLine) -> bool:
    own = f"listener.name.{line.name.lower()}.sasl.enabled.mechanisms"
    return "sasl.enabled.mechanisms" in file or own in file


def _among_themselves(file: KeyedFile, lines: list[ListenerLine]) -> Iterator[Finding]:
    """Plain text among brokers or controllers, where clients are served with TLS."""
    clients = [line for line in lines if not line.is_controller and not line.is_inter_broker]
    if not any(line.protocol and "SSL" in line.protocol for line in clients):
        return
    for line in lines:
        if line.is_controller and line.protocol and "SSL" not in line.protocol:
            text = f"Controllers are reached on {line.name} without TLS ({line.protocol})."
            impact = "All metadata, with the credentials of SCRAM, can be read on the network."
            do = f"Map {line.name} to SSL or SASL_SSL."
            yield _finding(file, f"listeners {line.name}", "warning", text, impact, do, line)


def _advertised(file: KeyedFile) -> Iterator[Finding]:
    """Addresses that stand for all of this machine, which clients are told to dial."""
    key = _ADVERTISED if _ADVERTISED in file else "listeners"
    do = f"Write into {_ADVERTISED} the name by which clients reach this broker."
    for name, host in _dialled(file, key):
        if host == "0.0.0.0":  # noqa: S104 - it is looked for
            text = f"{key} tells clients of {name} to dial {host}."
            impact = "The broker does not start: 0.0.0.0 cannot be advertised."
            yield _finding(file, key, "critical", text, impact, do)
        if host in ("[::]", "::") and key == _ADVERTISED:
            text = f"{key} tells clients of {name} to dial {host}."
            impact = "The broker starts, and clients dial their own machine."
            yield _finding(file, key, "warning", text, impact, do)


def _dialled(file: KeyedFile, key: str) -> Iterator[tuple[str, str]]:
    """Yield name and host of what clients are told; listeners stand for it where nothing else."""
    if "broker" not in (file.value("process.roles") or "broker"):
        return
    controllers = (file.value("controller.listener.names") or "").upper().split(",")
    for each in (file.value(key) or "").split(","):
        name, _, address = each.strip().partition("://")
        if name.upper() not in map(str.strip, controllers):
            yield name, address.rpartition(":")[0]


def _finding(
    file: KeyedFile,
    key: str,
    severity: Severity,
    text: str,
    impact: str,
    do: str,
    line: ListenerLine | None = None,
) -> Finding:
    setting = line.setting if line else file.get(key)
    return Finding(
        severity,
        file.at(key, setting.place if setting else file.place),
        text,
        impact,
        evidence={"key": key},
        actions=(Action(do, None, "disruptive"),),
    )
