"""Processes that have just restarted.

A broker that comes back costs its clients a reconnect and its followers a catch-up; one that comes
back again and again is crashing. Two samples only show a restart between them, and uptimes show
the last one of each process; how often one restarted in the last day takes runs with --state-dir.

Reads: JMX (StartTime and Uptime of the JVM), StartTime in two samples, and in the state directory.
"""

from datetime import timedelta

from kdiag.api import (
    Action,
    Earlier,
    Facts,
    Finding,
    Said,
    StartHistory,
    check,
    span,
    subject_of,
    uptimes,
    value_by_target,
)

_SAME_SECONDS = 2.0


@check(area="brokers", facts=("start-time",))
def broker_restarts(
    facts: Facts,
    before: Earlier[Facts] | None,
    starts: StartHistory | None,
    *,
    restarts_count: int = 2,
    young_seconds: float = 600.0,
    settled_seconds: float = 86400.0,
) -> Said:
    """Brokers and controllers that restarted between the samples, or a moment ago.

    restarts_count: starts within 24 hours that are not yet a pattern.
    young_seconds: uptime below which a process restarted a moment ago.
    settled_seconds: another process must be up for so long; where all are young, the cluster
        was started or rolled on purpose.
    """
    up = {
        target: seconds
        for target, seconds in sorted(uptimes(facts).items())
        if not target.startswith("worker ")
    }
    is_settled = max(up.values(), default=0.0) > settled_seconds
    restarted, counted = _restarted(facts, before), _a_day(starts)
    for target, uptime in up.items():
        if counted.get(target, 0) > restarts_count:
            when = f"{counted[target]} times within 24 hours"
            yield _finding(facts, target, uptime, when, starts_a_day=counted[target])
        elif target in restarted:
            yield _finding(facts, target, uptime, "between the two samples")
        elif uptime < young_seconds and is_settled:
            yield _finding(facts, target, uptime, f"{span(uptime)} ago", is_seen=False)


def _restarted(facts: Facts, before: Facts | None) -> set[str]:
    """Return the targets that began a new life between the samples."""
    if before is None:
        return set()
    then, now = value_by_target(before, "start-time"), value_by_target(facts, "start-time")
    return {
        target for target in then.keys() & now.keys() if now[target] - then[target] > _SAME_SECONDS
    }


def _a_day(starts: StartHistory | None) -> dict[str, int]:
    """Return target → starts that runs of the last day have seen."""
    if starts is None:
        return {}
    late = starts.rows[starts.rows["started_at"] >= starts.read_at - timedelta(days=1)]
    return {str(target): int(number) for target, number in late["target"].value_counts().items()}


def _finding(
    facts: Facts, target: str, uptime: float, when: str, *, is_seen: bool = True, **more: int
) -> Finding:
    return Finding(
        "warning" if is_seen else "info",
        subject_of(target),
        f"{target.capitalize()} restarted {when}.",
        "Until it has caught up its partitions have a copy less; if it crashes again and again, "
        "that does not end.",
        cause="By hand, by the service manager after a crash, or by the kernel for its memory; "
        "JMX does not tell which.",
        confidence="certain" if is_seen else "possible",
        evidence={"uptime_seconds": round(uptime), **more},
        actions=(
            Action(
                "See why, and how often, on its host.",
                "journalctl -u kafka --since -1day | grep -E 'Started|Stopped|exited|killed'; "
                "dmesg | grep -i 'killed process'",
            ),
            Action("If nobody restarted it, read the end of the log before the restart."),
        ),
        since=facts.read_at - timedelta(seconds=uptime),
        covers=frozenset([subject_of(target)]),
    )
