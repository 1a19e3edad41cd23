"""Settings of connectors, masked as they are read: Connect answers with passwords in clear text.

Only values of keys that a check reads are kept (`kept`), and those without what looks like a secret
inside. So no list of the types of a plug-in's keys is needed to keep a password out: what is not
known to be harmless is never held. Of a secret it is noted whether it is written out, or fetched by
a provider of configurations (`${file:/path:key}`, KIP-297).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kdiag.sources.saved.secret_settings import is_secret, without_credentials

_KEPT_TEXT = """
connector.class tasks.max topics topics.regex key.converter value.converter header.converter
transforms errors.tolerance errors.retry.timeout errors.log.enable errors.log.include.messages
errors.deadletterqueue.topic.name errors.deadletterqueue.topic.replication.factor
errors.deadletterqueue.context.headers.enable consumer.override.group.id
consumer.override.auto.offset.reset
flush.size rotate.interval.ms rotate.schedule.interval.ms offset.flush.interval.ms
heartbeat.interval.ms plugin.name slot.name slot.drop.on.stop
publication.name publication.autocreate.mode snapshot.mode lsn.flush.mode topic.prefix
database.hostname database.port database.dbname table.include.list
event.processing.failure.handling.mode s3.bucket.name
source.cluster.alias target.cluster.alias replication.policy.class replication.policy.separator
emit.heartbeats.enabled emit.checkpoints.enabled sync.group.offsets.enabled
"""
_KEPT = frozenset(_KEPT_TEXT.split())
_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|jaas|secret|(access|api|account|private|storage|sas)[._-]?key$"
    r"|token$|credentials?$|ssl\.keystore\.key$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(id|source|provider|class|path|file|location|name|type|url|uri|ms|enabled?|mode|alias)$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\$\{[^${}:]+:[^{}]*\}")
_ASSIGNED = re.compile(
    r"""(?:password|passwd|secret\w*|token|accesskey)["']?\s*[=:]\s*["']?(?:RAW\()?[^\s&;,"')]""",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"://[^/\s,:@]*:[^/\s,@]+@")
_MASKED = re.compile(r"\*+|\[hidden\]", re.IGNORECASE)


def settings_of(config: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield key, value, is_sensitive, is_literal and reference of each setting of a connector."""
    for key, value in config.items():
        yield {"key": key, **_masked(key, "" if value is None else str(value))}


def _masked(key: str, value: str) -> dict[str, Any]:
    """Return what is held of a value."""
    written = _REFERENCE.sub("", value)
    by_name = _names_secret(key)
    is_inside = bool(_IN_URL.search(written) or _ASSIGNED.search(written))
    if by_name or is_inside or is_secret(key):
        referred = " ".join(_REFERENCE.findall(value))
        return {
            "value": None,
            "is_sensitive": True,
            "is_literal": is_inside or (by_name and _is_written(key, written)),
            "reference": without_credentials(referred) or None,
        }
    return {"value": without_credentials(value) if key in _KEPT else None}


def _names_secret(key: str) -> bool:
    return bool(_SECRET.search(key)) and not _HARMLESS.search(key)


def _is_written(key: str, written: str) -> bool:
    """Tell whether a secret stands there, besides what is fetched; a mask is none."""
    if "jaas" in key.lower():
        return False  # then one is inside: password="..."
    text = written.strip()
    return bool(text) and not _MASKED.fullmatch(text)
