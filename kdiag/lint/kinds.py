"""What a file is, told from what it holds: pure, with no look at its name but the ending."""

from collections.abc import Iterable
from typing import Any, get_args

from kdiag.keys import keys
from kdiag.lint.files import Kind, Library

KINDS: tuple[str, ...] = (*get_args(Kind), "producer", "consumer", "streams", "admin")
"""What --kind takes: kinds of files, and of clients."""

_BROKER = {
    "process.roles",
    "broker.id",
    "node.id",
    "zookeeper.connect",
    "log.dirs",
    "controller.quorum.voters",
    "controller.listener.names",
    "advertised.listeners",
}
_WORKER = {
    "config.storage.topic",
    "offset.storage.topic",
    "status.storage.topic",
    "offset.storage.file.filename",
    "plugin.path",
}
_AVRO_TYPES = {"record", "enum", "fixed", "array", "map", "error"}
_CLIENT_TABLES = ("producer", "consumer", "streams", "admin")
STREAMS_TABLES = ("streams", "producer", "consumer", "admin")
"""Of an application of Streams: its own meaning of a key comes before that of clients in it."""


def kind_of_settings(names: Iterable[str]) -> Kind:
    """Return what a properties file is for; that of a client where nothing tells otherwise."""
    held = set(names)
    if "connector.class" in held:
        return "connector"
    if held & _BROKER:
        return "broker"
    return "worker" if held & _WORKER else "client"


def library_of(names: Iterable[str]) -> Library:
    """Return for which library a client file is: the one that knows more of its keys."""
    held = set(names)
    java = {name for table in _CLIENT_TABLES for name in keys(table).by_name}
    own = set(keys("librdkafka").by_name)
    return "librdkafka" if len(held & (own - java)) > len(held & (java - own)) else "java"


def roles_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return of which Java clients a file has keys that others lack; all four where of none.

    A Streams application takes the keys of the clients in it, too.
    """
    held = set(names)
    if "application.id" in held:
        return STREAMS_TABLES
    found = tuple(
        table for table in _CLIENT_TABLES[:2] if held & (set(keys(table).by_name) - _shared(table))
    )
    return (*found, "admin") if found else _CLIENT_TABLES


def _shared(table: str) -> set[str]:
    others = [other for other in ("producer", "consumer", "admin") if other != table]
    return {name for other in others for name in keys(other).by_name}


def kind_of_document(document: Any) -> Kind | None:
    """Return what a JSON or YAML document is, or None."""
    if isinstance(document, list):
        found = {kind_of_document(each) for each in document}
        return found.pop() if len(found) == 1 else None
    if not isinstance(document, dict):
        return None
    if _is_connector(document):
        return "connector"
    if _is_reassignment(document):
        return "reassignment"
    if is_json_schema(document) or document.get("type") in _AVRO_TYPES:
        return "schema"
    return "topic" if _is_topic(document) else None


def is_json_schema(document: Any) -> bool:
    """Tell whether a document says that it is a JSON Schema, by its $schema."""
    dialect = document.get("$schema") if isinstance(document, dict) else None
    return isinstance(dialect, str) and "json-schema.org/" in dialect


def _is_connector(document: dict[str, Any]) -> bool:
    config = document.get("config")
    nested = isinstance(config, dict) and "connector.class" in config
    return nested or "connector.class" in document or document.get("kind") == "KafkaConnector"


def _is_reassignment(document: dict[str, Any]) -> bool:
    rows = document.get("partitions")
    first = rows[0] if isinstance(rows, list) and rows else None
    return "version" in document if rows == [] else isinstance(first, dict) and "replicas" in first


def _is_topic(document: dict[str, Any]) -> bool:
    if document.get("kind") in ("KafkaTopic", "KafkaTopicList"):
        return True
    spec = document.get("spec")
    if isinstance(spec, dict) and isinstance(document.get("meta"), dict):
        return "partitions" in spec or "replicationFactor" in spec
    topics = document.get("topics")
    if isinstance(topics, dict | list) and topics:
        return True
    return "name" in document and bool({"partitions", "replication_factor"} & set(document))
