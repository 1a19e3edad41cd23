"""Records that a share group gave up because their deliveries ran out.

A record that no consumer accepts (it fails each time, or the process dies on it) is delivered
share.delivery.count.limit times and then archived: the group never sees it again, its lag is zero,
and nothing reports the loss.

Reads: Fetch of `__share_group_state`, DescribeConfigs of groups (share.delivery.count.limit).
"""

from typing import Any

from kdiag.api import Action, Finding, Said, ShareArchive, check, count, group, listed, span


@check(area="groups", explained_by=("broker-down",))
def share_records_archived(archive: ShareArchive, *, within_seconds: float = 86400) -> Said:
    """Share groups that dropped records after the last delivery that they allow.

    within_seconds: what was archived longer ago is not reported.
    """
    rows = archive.rows
    age = (archive.read_at - rows["archived_at"]).dt.total_seconds()
    rows = rows[(rows["exhausted_records"] > 0) & (age <= within_seconds)]
    for (name, topic), parts in rows.groupby(["group", "topic"], sort=False):
        yield _finding(str(name), str(topic), parts, archive.read_at)


def _finding(name: str, topic: str, parts: Any, now: Any) -> Finding:
    records = int(parts["exhausted_records"].sum())
    limit, letters = int(parts["delivery_limit"].iloc[0]), parts["dead_letter_topic"].iloc[0]
    ranges = [
        f"{row.partition}: {first}" + (f"-{last}" if last > first else "")
        for row in parts.itertuples()
        for first, last in row.ranges
    ]
    first_row = parts.iloc[0]
    fate = (
        f"Kafka noted them in the dead-letter topic {letters}; nobody has processed them."
        if letters
        else "The group never sees them again, and its lag does not show it."
    )
    return Finding(
        "warning" if letters else "critical",
        group(name, topic),
        f"Share group {name} has dropped {count(records, 'record')} of topic {topic}: delivered "
        f"{count(limit, 'time')} each and never accepted, the last one "
        f"{span((now - parts['archived_at'].max()).total_seconds())} ago.",
        fate,
        cause="A consumer fails on these records each time: it releases them, does not acknowledge "
        f"them in time, or dies. Partition and offset: {listed(ranges)}.",
        confidence="certain",
        evidence={
            "archived_records": records,
            "archived_offsets": ranges,
            "last_archived_at": parts["archived_at"].max().isoformat(),
            "seen_from": parts["seen_from"].min().isoformat(),
            "delivery_limit_count": limit,
            "dead_letter_topic": letters,
        },
        actions=(
            Action(
                "Look at a dropped record, and find out why the consumer fails on it.",
                "kafka-console-consumer.sh --bootstrap-server {bootstrap} --topic "
                "{topic} --partition {partition} --offset {offset} --max-messages 1",
                values={
                    "topic": topic,
                    "partition": first_row["partition"],
                    "offset": first_row["ranges"][0][0],
                },
            ),
        ),
    )
