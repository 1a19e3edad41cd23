"""Settings and plug-ins of connectors: what is everybody's stays, names are replaced.

Only values of a few keys are ever held (`kdiag.sources.rest.connector_settings`).
"""

import re

from kdiag.redaction.scope import Scope
from kdiag.redaction.settings import is_harmless

_PUBLIC = re.compile(
    r"(org\.apache|io\.(debezium|confluent|aiven|lenses|apicurio|strimzi))\.[\w.$]+"
)
_OF_DEBEZIUM = ("debezium", "dbz_publication", "pgoutput", "decoderbufs", "wal2json")
"""Names of slots, publications and decoders that Debezium and PostgreSQL give by themselves."""

_KEYS_TEXT = """
connector class tasks max topics regex name key value header converter converters transforms type
errors tolerance deadletterqueue topic context headers enable log include messages retry timeout
delay ms database hostname port user password dbname server table list exclude plugin slot
publication autocreate mode snapshot heartbeat interval action query flush size rotate schedule
bucket region s3 format aws access secret id store url schema schemas registry basic auth
credentials source target cluster alias replication policy separator emit heartbeats checkpoints
enabled sync group event processing failure handling drop on stop factor partitions info ssl sasl
jaas config keystore truststore location mechanism consumer producer admin override connection
username token offset offsets lsn prefix auto reset
"""
_KEYS = frozenset(_KEYS_TEXT.split())
_WORDS_TEXT = """
all skip warn fail ignore initial never always when_needed filtered disabled all_tables pgoutput
decoderbufs manual connector connector_and_driver earliest latest none
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_TOPICS = re.compile(r"topics|.*\.topic(\.name)?")


def plugin(name: str, scope: Scope) -> str:
    """Replace the name of a class, slot or publication that is nobody's we know."""
    is_known = _PUBLIC.fullmatch(name) or name.lower() in _WORDS or is_harmless(name)
    return name if is_known or name in _OF_DEBEZIUM else scope.rename("value", name)


def connector_key(key: str, scope: Scope) -> str:
    """Replace a key with a part that is none of the usual words."""
    is_usual = set(re.split(r"[._-]", key)) <= _KEYS
    return key if is_usual else scope.rename("setting", key)


def connector_value(key: str, value: str, scope: Scope) -> str:
    """Replace the value of a setting of a connector."""
    if key.endswith("group.id"):
        return scope.rename("group", value)
    if key.endswith("hostname"):
        return scope.host(value)
    if key == "topic.prefix":
        return scope.rename("prefix", value)
    if _TOPICS.fullmatch(key):
        return ",".join(scope.rename("topic", part.strip()) for part in value.split(","))
    return plugin(value, scope)
