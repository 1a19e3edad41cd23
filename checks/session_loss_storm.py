"""Members that fall silent for longer than their session lasts, and come back.

The coordinator throws a member out that sends no heartbeat for session.timeout.ms. The client sends
heartbeats from a thread of their own, so slow work does not stop them: the whole process stood
still (garbage collection, CPU throttling, a frozen virtual machine), or the network did.

Reads: the generations and commits of the past in __consumer_offsets, the describes of groups.
"""

from typing import Any

from kdiag.api import Action, Churn, Said, check, churn_words, group_words, span

_DEFAULT_SECONDS = 45  # session.timeout.ms since Kafka 3.0 (KIP-735)


@check(area="groups", explained_by=("broker-down", "coordinator-unavailable"))
def session_loss_storm(churn: Churn) -> Said:
    """Groups whose members lose their session and come back, again and again.

    A client counts when at least three of its stays were seen, its partitions were silent for its
    session timeout before it was out, and it came back after that, not in its own place.
    """
    for row in churn_words.verdict_rows(churn, "session-loss-storm"):
        yield churn_words.storm(
            row,
            "critical",
            f"{churn_words.stays(row)}, each with a silence as long as its session "
            f"({span(row.session_timeout_seconds)})",
            "The partitions of a silent member are read by nobody until its session ends; each "
            "rebalance stops the others as well.",
            "The process or its network stands still for longer than session.timeout.ms. A process "
            "that is killed, and started again only later, leaves the same trace.",
            _actions(row),
        )


def _actions(row: Any) -> tuple[Action, ...]:
    session = row.session_timeout_seconds
    steps = [
        group_words.describe_action(
            row.group,
            f"Look at {churn_words.clients(row)}: garbage collection pauses, CPU throttling of its "
            "container, restarts, packet loss on the way to the brokers.",
        )
    ]
    if session < _DEFAULT_SECONDS:
        steps.append(
            Action(
                f"Raise session.timeout.ms from {session * 1000:.0f} to "
                f"{_DEFAULT_SECONDS * 1000} (the default since Kafka 3.0), and keep "
                "heartbeat.interval.ms at a third of it or less."
            )
        )
    return tuple(steps)
