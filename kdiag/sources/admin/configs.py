"""Settings of topics, brokers and share groups: DescribeConfigs.

Topics: any broker may be asked; only the keys that some check reads. Brokers: each is asked for
itself, all keys, with the values behind the effective one (synonyms). Groups: any broker may be
asked; each is asked for those that it coordinates.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kdiag.errors import KdiagError
from kdiag.sections import BrokerConfigs, GroupConfigs, TopicConfigs
from kdiag.snapshot import Missing
from kdiag.sources.admin.groups import Listing
from kdiag.sources.admin.moved import UNKNOWN_TOPIC
from kdiag.sources.admin.outcome import missing, missing_for, split
from kdiag.sources.tables import tables_ready
from kdiag.wire.cluster import Wire

_TOPIC = 2
_BROKER = 4
_GROUP = 32
_TOPICS_A_REQUEST = 1000
_SOURCES = {1: "topic", 2: "broker", 3: "cluster-default", 4: "static", 5: "default", 8: "group"}
"""Codes of ConfigSource (DescribeConfigsResponse)."""

_DYNAMIC = (2, 3)


async def read_topic_configs(
    wire: Wire, topics: Sequence[str], keys: Sequence[str], now: datetime
) -> TopicConfigs | Missing:
    """Ask for the keys of all topics, a thousand topics at a time, spread over the brokers."""
    chunks = [
        topics[at : at + _TOPICS_A_REQUEST] for at in range(0, len(topics), _TOPICS_A_REQUEST)
    ]
    rows: list[dict[str, Any]] = []
    errors: dict[str, Missing] = {}
    for chunk in chunks:
        resources = [
            {"resource_type": _TOPIC, "resource_name": topic, "configuration_keys": keys}
            for topic in chunk
        ]
        try:
            reply = await wire.ask(None, "DescribeConfigs", {"resources": resources})
        except KdiagError as error:
            errors |= {f"topic {topic}": missing(error) for topic in chunk}
            continue
        errors |= _refused(reply, "topic")
        rows += _rows(reply, "topic")
    if topics and len(errors) == len(topics):
        return next(iter(errors.values()))
    await tables_ready()
    return TopicConfigs.from_rows(rows, read_at=now, errors=errors)


async def read_group_configs(wire: Wire, listing: Listing, now: datetime) -> GroupConfigs | Missing:
    """Ask for the settings of all share groups, all keys."""
    asked = {
        id_: {
            "resources": [
                {"resource_type": _GROUP, "resource_name": group, "configuration_keys": None}
                for group in groups
            ]
        }
        for id_, groups in listing.share_groups.items()
    }
    replies, failed = split(await wire.ask_all("DescribeConfigs", asked))
    errors = dict(listing.errors) | {f"group settings at {t}": why for t, why in failed.items()}
    for reply in replies.values():
        errors |= _refused(reply, "group")
    rows = [row for reply in replies.values() for row in _rows(reply, "group")]
    if asked and not rows:
        return next(iter(errors.values()), Missing("the brokers tell no group settings"))
    await tables_ready()
    return GroupConfigs.from_rows(rows, read_at=now, errors=errors)


def _rows(reply: Any, kind: str) -> list[dict[str, Any]]:
    return [
        {
            kind: result.resource_name,
            "key": config.name,
            "value": config.value,
            "source": _SOURCES.get(config.config_source),
            "is_sensitive": config.is_sensitive,
        }
        for result in reply.results
        for config in result.configs
    ]


async def read_broker_configs(wire: Wire, now: datetime) -> BrokerConfigs | Missing:
    """Ask every broker for its own settings."""
    asked = {
        id_: {
            "resources": [
                {
                    "resource_type": _BROKER,
                    "resource_name": str(id_),
                    "configuration_keys": None,
                }
            ],
            "include_synonyms": True,
        }
        for id_ in wire.brokers
    }
    replies, errors = split(await wire.ask_all("DescribeConfigs", asked))
    for reply in replies.values():
        errors |= _refused(reply, "broker")
    rows = [row for id_, reply in replies.items() for row in _broker_rows(id_, reply)]
    if errors and not rows:
        return next(iter(errors.values()))
    await tables_ready()
    return BrokerConfigs.from_rows(rows, read_at=now, errors=errors)


def _broker_rows(broker: int, reply: Any) -> list[dict[str, Any]]:
    return [
        {
            "broker": broker,
            "key": config.name,
            "value": config.value,
            "source": _SOURCES.get(config.config_source),
            "is_sensitive": config.is_sensitive,
            "static_value": _hidden_by(config),
        }
        for result in reply.results
        for config in result.configs
    ]


def _hidden_by(config: Any) -> str | None:
    """Return the file's or default value that a dynamic one hides."""
    if config.config_source not in _DYNAMIC:
        return None
    behind = [synonym for synonym in config.synonyms if synonym.source not in _DYNAMIC]
    return behind[0].value if behind else None


def _refused(reply: Any, kind: str) -> Mapping[str, Missing]:
    return {
        f"{kind} {result.resource_name}": _why(result, kind)
        for result in reply.results
        if result.error_code not in (0, UNKNOWN_TOPIC)
    }


def _why(result: Any, kind: str) -> Missing:
    resource = "" if kind == "broker" else result.resource_name
    return missing_for("DescribeConfigs", result.error_code, resource)
