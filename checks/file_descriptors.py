"""Brokers that have almost as many files open as they may.

At the limit a broker cannot open segments and shuts a log directory down, and cannot accept
connections, those of followers included.

Reads: JMX (OpenFileDescriptorCount, MaxFileDescriptorCount, connection-count by listener).
"""

from kdiag.api import (
    Action,
    Facts,
    Finding,
    OpenConnections,
    Said,
    check,
    subject_of,
    value_by_target,
)


@check(area="brokers", facts=("files-open", "files-max"))
def file_descriptors(
    facts: Facts,
    connections: OpenConnections | None,
    *,
    warning_ratio: float = 0.85,
    critical_ratio: float = 0.95,
) -> Said:
    """Brokers that have almost as many files open as they may.

    warning_ratio: part of the limit; Kafka's page on operating systems advises a limit of at least
        100,000.
    critical_ratio: part of the limit from which a burst of connections reaches it.
    """
    limits = value_by_target(facts, "files-max")
    sockets = {} if connections is None else connections.rows.set_index("target")["number"]
    for target, open_ in sorted(value_by_target(facts, "files-open").items()):
        limit = limits.get(target, 0.0)
        if limit > 0 and open_ > warning_ratio * limit:
            is_critical = open_ > critical_ratio * limit
            yield _finding(target, open_, limit, sockets.get(target), is_critical=is_critical)


def _finding(
    target: str, open_: float, limit: float, sockets: float | None, *, is_critical: bool
) -> Finding:
    return Finding(
        "critical" if is_critical else "warning",
        subject_of(target),
        f"{target.capitalize()} has {open_:,.0f} files open of {limit:,.0f} that it may.",
        "At the limit it cannot open segments, so it takes log directories offline, and it "
        "refuses connections of clients and followers.",
        cause=_cause(open_, sockets),
        evidence={
            "open_count": int(open_),
            "limit_count": int(limit),
            "open_ratio": round(open_ / limit, 3),
            **({} if sockets is None else {"connection_count": int(sockets)}),
        },
        actions=(
            Action(
                "See what is open, on its host.",
                "ls -l /proc/$(pgrep -f kafka.Kafka)/fd | awk '{print $NF}' | "
                "sed 's/[0-9]*\\.log$/*.log/; s/:\\[.*//' | sort | uniq -c | sort -rn | head",
            ),
            Action(
                "Raise the limit (LimitNOFILE of the service, or ulimit -n) to 100,000 or more "
                "and restart it.",
                effect="disruptive",
            ),
        ),
    )


def _cause(open_: float, sockets: float | None) -> str:
    if sockets is None:
        return ""
    rest = max(open_ - sockets, 0.0)
    split = f"{sockets:,.0f} are connections; the rest, {rest:,.0f}, are mostly log segments."
    if sockets > rest:
        return f"{split} Clients that do not close their connections may be why."
    return f"{split} Many partitions, or small segment.bytes or segment.ms, may be why."
