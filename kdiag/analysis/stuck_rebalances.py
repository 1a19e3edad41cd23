"""Rebalances of classic groups that do not end, and the members that everybody waits for.

The join phase ends when all members have rejoined, or after the longest rebalance timeout among
them, which is max.poll.interval.ms of the client (KIP-62). Heartbeats come from a thread of their
own, so a member that is blocked in its own code keeps its place and everybody waiting.
"""

from typing import Any

from kdiag.analysis.lag_rules import REBALANCING
from kdiag.analysis.triage import LagVerdicts
from kdiag.check import Earlier, derive
from kdiag.sections import GenerationHistory, Groups, Members, PastMember
from kdiag.snapshot import Missing, Table

QUIET_SECONDS = 30
"""How long nothing must have been committed: large groups need some seconds for a rebalance."""


class StuckRebalances(Table):
    """One row a group that rebalances in both samples while its backlog ages.

    quiet_seconds: how long it has committed nothing, NaN without the history of commits.
    generation: the last that completed, at completed_at; <NA> without the history of generations.
    waits_for: tuple of (client id, host) of members of that generation that have the longest
    rebalance timeout; () where not known. rebalance_timeout_seconds: theirs. newcomers: members
    that were not in it. oldest_unread_*: see LagVerdicts.
    """

    noun = "rebalances that do not end"
    needs_rows = False
    columns = {
        "group": "str",
        "state": "str",
        "members": "int",
        "newcomers": "int",
        "lag_records": "int",
        "oldest_unread_seconds": "float",
        "oldest_unread_upper_seconds": "float",
        "quiet_seconds": "float",
        "generation": "int",
        "completed_at": "time",
        "waits_for": "object",
        "rebalance_timeout_seconds": "float",
    }


@derive()
def stuck_rebalances(
    groups: Groups,
    members: Members,
    verdicts: LagVerdicts,
    before: Earlier[Groups] | None,
    generations: GenerationHistory | None,
) -> StuckRebalances | Missing:
    """Find the groups that rebalance in both samples and complete nothing in between."""
    now = groups.rows[(groups.rows["type"] == "classic") & groups.rows["state"].isin(REBALANCING)]
    if now.empty:
        return StuckRebalances.of()
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    then = before.rows[before.rows["state"].isin(REBALANCING)]["group"]
    states = now[now["group"].isin(then)].set_index("group")["state"]
    waiting = verdicts.rows[verdicts.rows["group"].isin(states.index)]
    waiting = waiting[waiting["verdict"] == "rebalancing"]
    rows = []
    for name, topics in waiting.groupby("group", sort=False):
        here = members.rows[members.rows["group"] == name]
        last = _last(generations, str(name))
        quiet = topics["stands_seconds"].min()
        if quiet < QUIET_SECONDS or _is_recent(last, before):
            continue
        rows.append(
            {
                "group": name,
                "state": states[name],
                **_backlog(topics),
                "quiet_seconds": quiet,
                **_awaited(here, last),
            }
        )
    return StuckRebalances.from_rows(rows)


def _last(generations: GenerationHistory | None, name: str) -> Any:
    """Return the last generation of a group that completed with members; None if not known."""
    if generations is None:
        return None
    rows = generations.rows[
        (generations.rows["group"] == name) & generations.rows["members"].map(bool)
    ]
    return None if rows.empty else rows.sort_values("log_offset").iloc[-1]


def _is_recent(last: Any, before: Groups) -> bool:
    """Tell whether a rebalance completed so lately that the present one is a new one."""
    return (
        last is not None and (before.read_at - last["written_at"]).total_seconds() < QUIET_SECONDS
    )


def _backlog(topics: Any) -> dict[str, Any]:
    oldest = topics.loc[topics["oldest_unread_seconds"].idxmax()]
    return {
        "lag_records": int(topics["lag_records"].sum()),
        "oldest_unread_seconds": oldest["oldest_unread_seconds"],
        "oldest_unread_upper_seconds": oldest["oldest_unread_upper_seconds"],
    }


def _awaited(here: Any, last: Any) -> dict[str, Any]:
    """Return whom the group waits for: members of the last generation with the longest timeout."""
    if last is None:
        return {"members": len(here), "waits_for": ()}
    present = set(here["member_id"])
    old = [
        member
        for member in (PastMember(*each) for each in last["members"])
        if member.member_id in present
    ]
    longest = max((member.rebalance_timeout_ms or 0 for member in old), default=0)
    awaited = [member for member in old if (member.rebalance_timeout_ms or 0) == longest]
    return {
        "members": len(here),
        "newcomers": len(present - {member.member_id for member in old}),
        "generation": int(last["generation"]),
        "completed_at": last["written_at"],
        "waits_for": tuple((member.client_id, member.client_host) for member in awaited),
        "rebalance_timeout_seconds": longest / 1000 if longest else None,
    }
