"""Topics of which brokers compress every batch again.

A topic with a compression.type of its own makes its leaders unpack what producers send and pack it
anew, unless they use the very same type. That costs processors and latency. Brokers count such
records as conversions (LogValidator of Kafka): where producers already use the type of the topic,
there are none.

Reads: DescribeConfigs (compression.type), JMX (ProduceMessageConversionsPerSec by topic) in two
samples; without JMX ListOffsets in two samples (whether the topic is written to).
"""

from kdiag.api import (
    Action,
    Earlier,
    FactDeltas,
    Finding,
    Offsets,
    Said,
    TopicConfigs,
    Topics,
    check,
    count,
    rows_of,
    topic,
)

_KEY, _FACT = "compression.type", "produce-conversions"


@check(area="topics", configs=(_KEY,), facts=(_FACT,), any_of=(TopicConfigs, FactDeltas))
def recompression(
    configs: TopicConfigs | None,
    deltas: FactDeltas | None,
    offsets: Offsets | None,
    topics: Topics | None,
    before: Earlier[Offsets] | None,
) -> Said:
    """Topics whose compression.type differs from that of their producers.

    Internal topics are left out: brokers write them, as the compression.type says that they set.
    """
    if configs is None:
        return
    rows = configs.only("key", _KEY)
    rows = rows[rows["source"] == "topic"]
    own = {row.topic: row.value for row in rows.itertuples() if row.value != "producer"}
    converted = None if deltas is None else _converted(deltas)
    busy = _written(offsets, before) if converted is None else set(converted)
    internal = (
        set() if topics is None else set(topics.rows.loc[topics.rows["is_internal"], "topic"])
    )
    for name in sorted(busy & set(own) - internal):
        yield _finding(name, own[name], None if converted is None else converted[name])


def _converted(deltas: FactDeltas) -> dict[str, int]:
    """Return topic → records that its leaders packed anew between the samples."""
    rows = rows_of(deltas, _FACT)
    sums = rows[rows["topic"].notna() & (rows["delta"] > 0)].groupby("topic")["delta"].sum()
    return {name: int(number) for name, number in sums.items()}


def _written(offsets: Offsets | None, before: Offsets | None) -> set[str]:
    """Return the topics of which some partition grew between the samples."""
    if offsets is None or before is None:
        return set()
    key = ["topic", "partition"]
    rows = offsets.rows.merge(before.rows[[*key, "end_offset"]], on=key, suffixes=("", "_before"))
    return set(rows.loc[(rows["end_offset"] > rows["end_offset_before"]).fillna(False), "topic"])


def _finding(name: str, codec: str, records: int | None) -> Finding:
    return Finding(
        "info",
        topic(name),
        f"Leaders of topic {name} compressed {count(records, 'record')} again between two samples."
        if records
        else f"Topic {name} is written to, and has {_KEY}={codec} of its own.",
        "Processors of the brokers, and latency of Produce requests.",
        cause=f"{_KEY} of the topic is {codec}, and producers send something else."
        if records
        else f"Producers that do not send {codec} make the leaders compress anew; which they "
        "send is only seen over JMX.",
        evidence={
            "compression_type": codec,
            **({"recompressed_records": records} if records else {}),
        },
        actions=(
            Action(f"Set {_KEY}={codec} in the producers, which costs the brokers nothing."),
            Action(
                "Or keep what producers send.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
                "topics --entity-name {topic} --add-config {key}=producer",
                "safe",
                {"topic": name, "key": _KEY},
            ),
        ),
        confidence="certain" if records else "possible",
    )
