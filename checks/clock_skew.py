"""Clocks that are apart: of brokers from each other, or of this machine from theirs.

Brokers stamp records (LogAppendTime), commits and transactions with their own clock, and hold the
times of others against it: the age of records and commits, the start of transactions, certificates,
tokens and tickets. Where one is apart, what it decides differs from what the others do.

A clock is only said to be apart by more than the time that its answer took leaves open. The active
controller tells its time in DescribeQuorum; brokers on KRaft tell theirs over JMX, as the time of
the last metadata record and its age. Nothing in the protocol tells the clock of another broker.

Reads: DescribeQuorum (the time at which its leader answered), JMX (last-applied-record-timestamp
and last-applied-record-lag-ms).
"""

from collections.abc import Iterator, Sequence

from kdiag.api import (
    CLUSTER,
    Action,
    BrokerClocks,
    Clock,
    ControllerClock,
    Finding,
    Said,
    broker,
    check,
    listed,
    span,
)

_LOOK = Action(
    "Compare it with its time server, on that machine, and let chrony or ntpd correct it.",
    "chronyc tracking",
)
_OF_A_BROKER = (
    "Times that it writes and judges differ from those of the others: LogAppendTime, expiry of "
    "commits, timeouts of transactions, validity of tokens and certificates."
)
_OF_HERE = (
    "What kdiag says about ages and times is wrong by as much, and logs of this machine cannot be "
    "laid beside those of brokers."
)


@check(
    area="itself",
    facts=("metadata-record-time", "metadata-record-age"),
    any_of=(ControllerClock, BrokerClocks),
)
def clock_skew(
    controller: ControllerClock | None,
    brokers: BrokerClocks | None,
    *,
    skew_seconds: float = 1.0,
    warn_seconds: float = 300.0,
) -> Said:
    """Clocks of brokers, or of this machine, that differ.

    skew_seconds: how far clocks may be apart; with NTP they are by milliseconds.
    warn_seconds: from when on it is a warning; Kerberos refuses tickets at 5 minutes (RFC 4120).
    """
    clocks = [Clock(None, 0.0, 0.0), *_read(controller, brokers)]
    right = _majority(clocks, skew_seconds)
    for clock in clocks:
        gap = min((clock.gap_to(other) for other in right), key=abs)
        if clock not in right and abs(gap) > skew_seconds:
            yield _finding(clock, gap, right, is_loud=abs(gap) >= warn_seconds)


def _read(controller: ControllerClock | None, brokers: BrokerClocks | None) -> Iterator[Clock]:
    """Yield one clock a node: the controller's own answer is the more exact one."""
    seen = set()
    for table in (controller, brokers):
        for row in () if table is None else table.rows.itertuples():
            if row.node not in seen:
                seen.add(row.node)
                yield Clock(int(row.node), row.least_seconds, row.most_seconds)


def _majority(clocks: Sequence[Clock], skew_seconds: float) -> list[Clock]:
    """Return the most clocks that agree with one of them; of equally many, those with a node's."""
    alike = [[b for b in clocks if abs(a.gap_to(b)) <= skew_seconds] for a in clocks]
    return max(alike, key=lambda some: (len(some), any(c.node is not None for c in some)))


def _finding(clock: Clock, gap: float, right: Sequence[Clock], *, is_loud: bool) -> Finding:
    where = "ahead of" if gap > 0 else "behind"
    others = ["this machine"] * any(each.node is None for each in right)
    others += [f"broker {each.node}" for each in right if each.node is not None]
    theirs = "that of" if len(others) == 1 else "those of"
    whose = "this machine" if clock.node is None else f"broker {clock.node}"
    is_alone = len(right) == 1
    return Finding(
        "warning" if is_loud else "info",
        CLUSTER if clock.node is None else broker(clock.node),
        f"The clock of {whose} is {span(abs(gap))} {where} {theirs} {listed(others)}.",
        _OF_HERE if clock.node is None else _OF_A_BROKER,
        cause="Which of the two is right cannot be told from here." if is_alone else "",
        confidence="possible" if is_alone else "certain",
        evidence={
            "ahead_seconds": round(gap, 3),
            "uncertain_seconds": round(clock.most - clock.least, 3),
            "agreeing_clocks": len(right),
        },
        actions=(_LOOK,),
    )
