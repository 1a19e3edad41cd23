"""Groups of Connect workers that rebalance over and over, although nobody came or went.

Workers rebalance when one of them comes or goes and when connectors change. Where they disagree
about the settings of connectors (a topic of settings with more than one partition or a delete
policy, a worker that cannot read it) each round ends in the next one, tasks stop and start all the
time, and REST answers 409.

Reads: the describes of groups (protocol type connect), the generations of the past in
__consumer_offsets, ListOffsets by time (whether settings were written).
"""

from typing import Any

from kdiag.api import (
    Action,
    Churn,
    ConnectTopics,
    Finding,
    Groups,
    NotApplicable,
    Offsets,
    PastEnds,
    Said,
    check,
    count,
    group,
    listed,
    span,
)

_KEY = ["topic", "partition"]
_HOUR_SECONDS = 3600.0


@check(
    area="pipelines",
    explained_by=("broker-down", "coordinator-unavailable", "connect-internal-topics"),
)
def connect_rebalance_loop(
    groups: Groups,
    churn: Churn,
    topics: ConnectTopics | None,
    past: PastEnds | None,
    offsets: Offsets | None,
    *,
    hour_count: int = 12,
) -> Said:
    """Groups of workers with rebalances that changed no member, and no change of settings.

    hour_count: fewer such rebalances within the last hour are not reported; a change of a connector
    takes one or two.
    """
    workers = groups.rows[groups.rows["protocol_type"] == "connect"]
    if workers.empty:
        yield NotApplicable("no group is one of Connect workers")
        return
    written = _settings_written(topics, past, offsets)
    rows = churn.rows[churn.rows["group"].isin(workers["group"])]
    for row in rows[rows["unchanged"] >= hour_count].itertuples():
        if written is None or row.unchanged > written:
            yield _finding(row, written, topics)


def _settings_written(
    topics: ConnectTopics | None, past: PastEnds | None, offsets: Offsets | None
) -> int | None:
    """Return how many records the topics of settings got within the hour, None if not known."""
    if topics is None or past is None or offsets is None or topics.rows.empty:
        return None
    names = topics.rows.loc[topics.rows["kind"] == "config", "topic"]
    hour = past.rows[past.rows["age_seconds"] == _HOUR_SECONDS]
    hour = hour[hour["topic"].isin(names)][[*_KEY, "end_offset"]]
    both = offsets.rows.merge(hour.rename(columns={"end_offset": "then"}), on=_KEY)
    if both.empty:
        return None
    then = both["then"].fillna(both["end_offset"])
    return int((both["end_offset"] - then).clip(lower=0).fillna(0).sum())


def _finding(row: Any, written: int | None, topics: ConnectTopics | None) -> Finding:
    names = [] if topics is None else topics.rows.loc[topics.rows["kind"] == "config", "topic"]
    return Finding(
        "warning",
        group(row.group),
        f"The workers of {row.group} rebalanced {count(int(row.unchanged), 'time')} within "
        f"{span(row.window_seconds)} although no worker came or went.",
        "Tasks stop and start again each time, and changes of connectors are refused (409).",
        cause="They cannot agree about the settings of connectors: look at the topic of settings "
        f"({listed(names) or 'config.storage.topic'}), and for a worker with other internal topics "
        "in the same group.id.",
        evidence={
            "rebalances_unchanged": int(row.unchanged),
            "rebalances": int(row.rebalances),
            "window_seconds": round(float(row.window_seconds), 1),
            "settings_written": written,
            "workers": int(row.members_most),
        },
        actions=(
            Action(
                "See what the workers log, and whether the topic of settings is compacted and has "
                "one partition.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --describe --entity-type topics",
            ),
        ),
        confidence="possible" if written is None else "likely",
        covers=frozenset([group(row.group)]),
    )
