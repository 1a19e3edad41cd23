"""Members that have nothing to read.

A partition is read by one member of a group, so members beyond the number of partitions stay
idle. They cost memory and connections, and prolong every rebalance.

Reads: the describes of groups (assignments), Metadata (partition counts), OffsetFetch, ListOffsets.
"""

from kdiag.api import Action, Finding, Groups, Members, Said, Topics, check, count, group


@check(area="lag")
def idle_members(groups: Groups, members: Members, topics: Topics) -> Said:
    """Stable groups with more members than partitions to read.

    Idle members of a group that also lags are the same fact: more members cannot help there.
    """
    stable = groups.rows[
        (groups.rows["state"] == "Stable") & (groups.rows["protocol_type"] == "consumer")
    ]
    rows = members.rows[members.rows["group"].isin(stable["group"])]
    is_idle = rows["assignment"].map(lambda pairs: pairs == ()).astype("bool")
    sizes = dict(zip(topics.rows["topic"], topics.rows["partition_count"], strict=True))
    for name, idle in rows[is_idle].groupby("group"):
        everyone = rows[rows["group"] == name]
        if everyone["subscription"].isna().any():
            continue  # Not decoded: how many partitions they could read is not known.
        wanted = {topic for subscription in everyone["subscription"] for topic in subscription}
        partitions = sum(int(sizes.get(topic, 0)) for topic in wanted)
        if not partitions or len(everyone) <= partitions:
            continue
        yield Finding(
            "info",
            group(str(name)),
            f"{count(len(idle), 'member')} of group {name} are idle: it has "
            f"{count(len(everyone), 'member')} for {count(partitions, 'partition')}.",
            "They read nothing, and would not help if the group fell behind.",
            cause="There are more members than partitions in the topics that they subscribe to.",
            evidence={
                "members": len(everyone),
                "idle_members": len(idle),
                "partitions": partitions,
            },
            actions=(
                Action(
                    "Scale the group in, or add partitions if it must read faster.",
                    "kafka-consumer-groups.sh --bootstrap-server {bootstrap} --describe "
                    "--group {group} --members",
                    values={"group": name},
                ),
            ),
        )
