"""Keys that a connector needs, and that its file does not have.

Connect finds them one after the other: it refuses the first (HTTP 400), then dials the database,
then fails in a task that was said to run. Some have a default that is rarely meant: port 5432,
plug-in decoderbufs, region us-west-2, a publication of all tables that only a superuser may make.

Reads: connectors; what Debezium's PostgreSQL connector (3.7) and Confluent's S3 sink ask for
(kafka-connect-storage-cloud, S3SinkConnectorConfig: storage.class and format.class have no default,
s3.region has Regions.DEFAULT_REGION, which is us-west-2).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kdiag.lint.api import (
    DEBEZIUM_POSTGRES,
    S3_SINK,
    Action,
    ConnectorFiles,
    Finding,
    KeyedFile,
    Said,
    Severity,
    check,
    class_of,
    is_sink,
)


@dataclass(frozen=True)
class _Need:
    key: str
    severity: Severity
    impact: str
    do: str


_REFUSED = "Connect refuses the connector (HTTP 400)."
_POSTGRES = (
    _Need("topic.prefix", "critical", _REFUSED, "Set topic.prefix, as first part of its topics."),
    _Need("database.hostname", "critical", _REFUSED, "Set database.hostname."),
    _Need("database.user", "critical", _REFUSED, "Set database.user, a role with REPLICATION."),
    _Need("database.dbname", "critical", _REFUSED, "Set database.dbname."),
    _Need(
        "database.password",
        "critical",
        "The server asks for a password, and the connector is refused (HTTP 400).",
        "Set database.password to ${file:/path/secrets.properties:password}, or another provider.",
    ),
    _Need(
        "database.port",
        "info",
        "It dials port 5432; where the server has another, it is refused (HTTP 400).",
        "Set database.port.",
    ),
    _Need(
        "plugin.name",
        "critical",
        "It asks for decoderbufs, which PostgreSQL does not bring: the connector is RUNNING and "
        "its task FAILED.",
        "Set plugin.name=pgoutput.",
    ),
    _Need(
        "slot.name",
        "info",
        "The slot is named debezium; a second connector on this server collides with it.",
        "Set slot.name, one for each connector.",
    ),
)
_S3 = (
    _Need("s3.bucket.name", "critical", _REFUSED, "Set s3.bucket.name."),
    _Need("format.class", "critical", _REFUSED, "Set format.class."),
    _Need("flush.size", "critical", _REFUSED, "Set flush.size, in records of one file."),
    _Need(
        "storage.class",
        "critical",
        _REFUSED,
        "Set storage.class=io.confluent.connect.s3.storage.S3Storage.",
    ),
    _Need(
        "s3.region",
        "warning",
        "It writes to us-west-2; a bucket elsewhere answers with an error of redirection.",
        "Set s3.region.",
    ),
)
_BY_CLASS = {DEBEZIUM_POSTGRES: _POSTGRES, S3_SINK: _S3}


@check(area="files")
def lint_connector_required(connectors: ConnectorFiles) -> Said:
    """Connectors without a key that they need, or that stand on a default rarely meant."""
    for file in connectors:
        yield from _generic(file)
        for need in _BY_CLASS.get(class_of(file), ()):
            if (file.get(need.key) is None) or file.value(need.key) == "":
                yield _missing(file, need)
        if class_of(file) == DEBEZIUM_POSTGRES:
            yield from _publication(file)


def _generic(file: KeyedFile) -> Iterator[Finding]:
    if "connector.class" not in file:
        yield _missing(file, _Need("connector.class", "critical", _REFUSED, "Set connector.class."))
    if not file.value("name") and not _is_filled_in(file, "name"):
        yield _missing(file, _Need("name", "critical", _REFUSED, "Set name, beside config."))
    if (other := file.value("name")) and file.name and other != file.name:
        yield Finding(
            "critical",
            file.subject("name"),
            f"{_named(file)} has another name in its config, {other}.",
            _REFUSED,
            evidence={"key": "name", "names": [file.name, other]},
            actions=(Action("Take the name out of config, or write the same one."),),
        )
    yield from _steps(file)
    if not is_sink(file):
        return
    topics = [key for key in ("topics", "topics.regex") if (found := file.get(key)) and found.value]
    if not topics:
        do = "Set topics, or topics.regex."
        yield _missing(file, _Need("topics", "critical", _REFUSED, do))
    elif len(topics) > 1:
        yield Finding(
            "critical",
            file.subject("topics.regex"),
            f"{_named(file)} has both topics and topics.regex.",
            _REFUSED,
            evidence={"keys": topics},
            actions=(Action("Keep one of them."),),
        )


def _is_filled_in(file: KeyedFile, key: str) -> bool:
    found = file.get(key)
    return found is not None and found.is_placeholder


def _steps(file: KeyedFile) -> Iterator[Finding]:
    """Each name of transforms and predicates needs its class."""
    for kind in ("transforms", "predicates"):
        for name in filter(None, map(str.strip, (file.value(kind) or "").split(","))):
            key = f"{kind}.{name}.type"
            if key not in file:
                do = f"Set {key} to its class, or take {name} out of {kind}."
                yield _missing(file, _Need(key, "critical", _REFUSED, do))


def _publication(file: KeyedFile) -> Iterator[Finding]:
    """A publication of all tables is made where nothing says otherwise."""
    mode = file.effective("publication.autocreate.mode")
    if file.value("plugin.name") not in ("pgoutput", None) or mode is None:
        return
    if mode == "all_tables" and file.value("database.user") != "postgres":
        yield Finding(
            "warning",
            file.subject("publication.autocreate.mode"),
            f"{_named(file)} makes a publication of all tables (publication.autocreate.mode="
            "all_tables), which only a superuser may.",
            "The connector is RUNNING and its task FAILED: must be superuser to create FOR ALL "
            "TABLES publication.",
            evidence={"key": "publication.autocreate.mode", "mode": mode},
            actions=(
                Action(
                    "Set publication.autocreate.mode=filtered and table.include.list; or let an "
                    "administrator make the publication, and set disabled and publication.name."
                ),
            ),
            confidence="likely",
        )


def _missing(file: KeyedFile, need: _Need) -> Finding:
    subject = file.subject(need.key)
    return Finding(
        need.severity,
        subject,
        f"{_named(file)} has no {need.key}.",
        need.impact,
        evidence={"key": need.key},
        actions=(Action(need.do),),
        covers=frozenset([subject]),
    )


def _named(file: KeyedFile) -> str:
    return f"Connector {file.name}" if file.name else "The connector"
