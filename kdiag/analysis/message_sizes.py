"""The limits of size that a message meets on its way, side by side."""

from kdiag.check import derive
from kdiag.sections import BrokerConfigs, TopicConfigs
from kdiag.snapshot import Table

_TOPIC_KEYS = ("max.message.bytes", "segment.bytes")
_BROKER_KEYS = (
    "socket.request.max.bytes",
    "replica.fetch.max.bytes",
    "replica.fetch.response.max.bytes",
)


class MessageLimits(Table):
    """One row a topic: what it allows, and what brokers take and fetch.

    is_own: the topic sets at least one of its two limits itself. Limits of brokers are the least
    of any broker, since the partition may land there. A limit that was not read is <NA>.
    """

    noun = "topics"
    columns = {
        "topic": "str",
        "is_own": "bool",
        **dict.fromkeys((*_TOPIC_KEYS, *_BROKER_KEYS), "int"),
    }


@derive(configs=(*_TOPIC_KEYS, *_BROKER_KEYS))
def message_limits(topic_configs: TopicConfigs, broker_configs: BrokerConfigs) -> MessageLimits:
    """Put the limits of each topic beside those of the brokers."""
    rows = topic_configs.rows
    rows = rows[rows["key"].isin(_TOPIC_KEYS) & rows["value"].notna()]
    own = rows.loc[rows["source"] == "topic", "topic"]
    limits = rows.assign(value=rows["value"].astype("int64")).pivot(
        index="topic", columns="key", values="value"
    )
    limits = limits.reindex(columns=_TOPIC_KEYS).astype("Int64")
    least = _least(broker_configs)
    return MessageLimits.of(
        {
            "topic": limits.index.tolist(),
            "is_own": limits.index.isin(own).tolist(),
            **{key: limits[key].array for key in _TOPIC_KEYS},
            **{key: [least.get(key)] * len(limits) for key in _BROKER_KEYS},
        }
    )


def _least(configs: BrokerConfigs) -> dict[str, int]:
    rows = configs.rows[configs.rows["key"].isin(_BROKER_KEYS) & configs.rows["value"].notna()]
    least = rows["value"].astype("int64").groupby(rows["key"]).min()
    return {key: int(value) for key, value in least.items()}
