"""One client of a group that is started again and again.

Each start and each end of it rebalances the whole group, and the others stop for it.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import Action, Churn, Said, check, churn_words, group_words


@check(
    area="groups", explained_by=("broker-down", "coordinator-unavailable", "duplicate-static-id")
)
def crash_looping_member(churn: Churn) -> Said:
    """Groups in which few clients are restarted over and over while the others stay.

    A client counts when at least three of its stays began and ended within the hour, it left in
    order or its successor took its place, and at most half of the members are like it.
    """
    for row in churn_words.verdict_rows(churn, "crash-looping-member"):
        yield churn_words.storm(
            row,
            "warning",
            f"{churn_words.stays(row)}, and it was started again each time",
            "The whole group rebalances for each restart, and reads again what the member "
            "had not committed.",
            "The process ends after a short time: it crashes, is killed (out of memory, a failing "
            "liveness probe), or is moved.",
            _actions(row),
        )


def _actions(row: Any) -> tuple[Action, ...]:
    return (
        group_words.describe_action(
            row.group,
            f"Read the last lines that {churn_words.clients(row)} logged, and its exit code.",
        ),
        Action(
            "Until it is mended: stop it, so that the others can read; or give it a "
            "group.instance.id, so that a restart within its session rebalances nothing (KIP-345)."
        ),
    )
