"""Which connector a file configures."""

from kdiag.lint.files import KeyedFile

DEBEZIUM_POSTGRES = "io.debezium.connector.postgresql.PostgresConnector"
S3_SINK = "io.confluent.connect.s3.S3SinkConnector"

_SOURCES = (DEBEZIUM_POSTGRES, "org.apache.kafka.connect.mirror.", "io.debezium.connector.")
_ALIASES = {"PostgresConnector": DEBEZIUM_POSTGRES, "S3SinkConnector": S3_SINK, "S3Sink": S3_SINK}


def class_of(file: KeyedFile) -> str:
    """Return the class of a connector in full, where it is a known one; "" where it has none."""
    name = file.value("connector.class") or ""
    return _ALIASES.get(name, name)


def is_sink(file: KeyedFile) -> bool | None:
    """Tell whether a connector writes from topics elsewhere; None where nothing tells."""
    name = class_of(file).rpartition(".")[2].lower()
    if "sink" in name:
        return True
    if "source" in name or class_of(file).startswith(_SOURCES):
        return False  # MirrorMaker's has topics, too
    return True if "topics" in file or "topics.regex" in file else None
