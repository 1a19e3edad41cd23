"""Processes that share one group.instance.id and throw each other out.

A static member that joins takes the place of the one before, which is fenced (FENCED_INSTANCE_ID,
KIP-345). If both are kept running, each returns and fences the other.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import Action, Finding, Said, StaticDuplicates, check, count, group, span


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def duplicate_static_id(duplicates: StaticDuplicates) -> Said:
    """Groups with a group.instance.id that members take from each other while at work.

    Four takeovers within an hour count, where the member that is replaced committed until then. A
    static member that is restarted was silent meanwhile, and takes over once each time.
    """
    for row in duplicates.rows.itertuples():
        is_known = row.silent_seconds == row.silent_seconds
        yield Finding(
            "warning",
            group(row.group),
            f"Instance id {row.instance_id} of group {row.group} was taken over "
            f"{count(row.takeovers, 'time')} within an hour, every {span(row.lasted_seconds)}.",
            "The one that is fenced stops with an error; its work is begun again by the other.",
            cause="Two processes have the same group.instance.id"
            + ("." if is_known else ", or one that has it is restarted again and again."),
            confidence="likely" if is_known else "possible",
            evidence=_evidence(row),
            actions=(
                Action(
                    "Give each process an id of its own that survives its restart: the ordinal of "
                    "a StatefulSet does, a fixed value in the configuration of a Deployment is the "
                    "same for all of its pods. The one that is fenced logs "
                    "FencedInstanceIdException."
                ),
            ),
            since=row.first_at.to_pydatetime(),
            covers=frozenset({group(row.group)}),
        )


def _evidence(row: Any) -> dict[str, Any]:
    found = {
        "instance_id": row.instance_id,
        "takeovers": int(row.takeovers),
        "lasted_seconds": round(row.lasted_seconds, 1),
        "silent_seconds": round(row.silent_seconds, 1),
    }
    return {key: value for key, value in found.items() if value == value}
