"""What the names of topics and clients have in common."""

import re

_NUMBERED = re.compile(r"([-_.:/][^-_.:/]*\d[^-_.:/]*)+$|\d+$")

STREAMS = ("-repartition", "-changelog")
"""Ends of the names of the topics that Kafka Streams makes for itself."""

_PURGED = "-repartition"

DEAD_LETTERS = (
    r"(?i:(^|[._-])(dlq|dlt|dead[._-]?letters?([._-]?(queue|topic))?)([._-]|$))"
    r"|DLQ$|DLT$|Dead[Ll]etter"
)
"""Usual names of dead-letter topics: of Kafka Connect's documentation, Spring Kafka, and others."""


def family_of(name: str) -> str:
    """Return a name without its last parts that have digits: what numbered names share."""
    return _NUMBERED.sub("", name)


def is_streams_topic(name: str) -> bool:
    """Tell whether Kafka Streams made a topic for itself."""
    return name.endswith(STREAMS)


def is_purged_topic(name: str) -> bool:
    """Tell whether Kafka Streams deletes from a topic what it has read (KIP-204)."""
    return name.endswith(_PURGED)
