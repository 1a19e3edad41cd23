"""By how much the clocks of nodes are ahead of ours, as intervals that hold the truth.

A node told its time in an answer that we asked for and got at known times of our own clock, so it
was ahead by at least what the second leaves, and at most what the first does.
"""

from dataclasses import dataclass

from kdiag.analysis.facts import value_by_target
from kdiag.check import derive
from kdiag.sections import Facts, JmxAccess, Quorum
from kdiag.snapshot import Missing, Table

_TIME, _AGE = "metadata-record-time", "metadata-record-age"
_VAGUE_SECONDS = 5.0
_VAGUE = Missing(f"its answer took more than {_VAGUE_SECONDS:g} s, which leaves its time open")


@dataclass(frozen=True)
class Clock:
    """How far a clock is ahead of ours, in seconds: at least and at most. node: None is ours."""

    node: int | None
    least: float
    most: float

    def gap_to(self, other: "Clock") -> float:
        """Return by how much it is certainly ahead (or, negative, behind); 0 where none is."""
        return max(0.0, self.least - other.most) + min(0.0, self.most - other.least)


class ControllerClock(Table):
    """One row: the active controller. Columns as those of `BrokerClocks`."""

    noun = "active controllers"
    columns = {"node": "int", "least_seconds": "float", "most_seconds": "float"}


class BrokerClocks(Table):
    """One row a broker that told its time: between which its clock is ahead of ours.

    Negative: it is behind.
    """

    noun = "brokers"
    columns = {"node": "int", "least_seconds": "float", "most_seconds": "float"}


@derive()
def controller_clock(quorum: Quorum) -> ControllerClock | Missing:
    """Take the time of the quorum's leader, which stands in its own row (DescribeQuorum v1)."""
    least, most = quorum.ahead_least_seconds, quorum.ahead_most_seconds
    if quorum.leader_id is None:
        return Missing("the quorum named no leader")
    if least is None or most is None:
        return Missing("the controllers do not tell their time", "Kafka 3.3 or newer")
    if most - least > _VAGUE_SECONDS:
        return _VAGUE
    row = {"node": quorum.leader_id, "least_seconds": least, "most_seconds": most}
    return ControllerClock.from_rows([row], read_at=quorum.read_at)


@derive(facts=(_TIME, _AGE))
def broker_clocks(facts: Facts, access: JmxAccess) -> BrokerClocks:
    """Take the time of each broker on KRaft: that of the last metadata record, and its age.

    Both are attributes of one MBean, read one after the other. A record that came in between makes
    the broker seem behind by the time to the next one: 0.5 s (metadata.max.idle.interval.ms).
    """
    times, ages = value_by_target(facts, _TIME), value_by_target(facts, _AGE)
    rows, errors = [], dict(facts.errors)
    for row in access.rows.dropna(subset=["asked_at", "answered_at"]).itertuples():
        if row.target not in times or row.target not in ages:
            continue
        now = times[row.target] + ages[row.target]
        least, most = now - row.answered_at.timestamp(), now - row.asked_at.timestamp()
        if most - least > _VAGUE_SECONDS:
            errors[row.target] = _VAGUE
            continue
        node = int(row.target.partition(" ")[2])
        rows.append({"node": node, "least_seconds": least, "most_seconds": most})
    return BrokerClocks.from_rows(rows, read_at=facts.read_at, errors=errors)
