import pytest

from kdiag.finding import group, topic
from kdiag.sections import Commits, Expectations
from kdiag.snapshot import Missing
from tests.tables import (
    NOW,
    ago,
    commit_history,
    commits,
    end_offset_history,
    expectations,
    facts,
    groups,
    members,
    offsets,
    partition_row,
    partitions,
    topics,
)

ID = "lag-over-objective"
KEY, LOG = ("billing", "orders", 0), ("orders", 0)
MINUTE = '[[lag]]\ngroups = "billing"\nseconds = 60'
LATENCY = '[[topics]]\nname = "orders"\nlatency_seconds = 0.05'


def scene(profile, committed=400, *, at_60=500, at_300=300, gap=None, then=350):
    """A group that keeps up with 100 records a minute, some way behind the end at 1000."""
    now = commits({KEY: committed})
    table = topics({"topic": "orders"})
    past = end_offset_history(
        {(*LOG, 30): 900, (*LOG, 60): at_60, (*LOG, 300): at_300, (*LOG, 1800): 0}
    )
    history = [] if gap is None else [commit_history({KEY: rhythm(committed, gap)})]
    return [
        expectations(profile, table, now),
        now,
        offsets({LOG: 1000}),
        groups({"group": "billing"}),
        members({"group": "billing", "member_id": "m", "assignment": (LOG,)}),
        partitions(partition_row("orders")),
        past,
        *history,
    ], [commits({KEY: then}, at=ago(6)), offsets({LOG: 900}, at=ago(6)), groups(), members()]


def rhythm(committed, gap):
    return [(age, committed - age) for age in range(5 * gap, 0, -gap)]


def test_fires_where_the_oldest_unread_record_is_too_old(judge):
    now, then = scene(MINUTE, committed=250)

    [finding] = judge(ID, *now, earlier=then).findings

    assert finding.subject == group("billing", "orders")
    assert finding.severity == "warning"
    assert finding.evidence["oldest_unread_at_least_seconds"] == 300
    assert finding.evidence["objective_seconds"] == 60
    assert finding.evidence["objective_from"] == "p.toml"


def test_a_group_within_its_objective_is_fine(judge):
    now, then = scene(MINUTE.replace("60", "600"), committed=250)

    assert judge(ID, *now, earlier=then).status == "ok"


def test_what_is_read_and_not_yet_committed_is_not_late(judge):
    """60 s old with an objective of 40 s, and a commit every 30 s is assumed."""
    now, then = scene(MINUTE.replace("60", "40"), committed=400, at_300=300)

    assert judge(ID, *now, earlier=then).status == "ok"


def test_records_count_over_the_whole_window(judge):
    profile = '[[lag]]\ngroups = "."\nrecords = 500'
    now, then = scene(profile, committed=400, then=300)
    [finding] = judge(ID, *now, earlier=then).findings
    assert finding.evidence["lag_records"] == 600

    now, then = scene(profile, committed=400, then=420)
    assert judge(ID, *now, earlier=then).status == "ok"


def test_a_group_that_is_caught_up_is_fine_whatever_its_objective(judge):
    now, then = scene(MINUTE, committed=1000, then=900)

    assert judge(ID, *now, earlier=then).status == "ok"


def latency(seconds):
    table, logs = topics({"topic": "orders"}), partitions(partition_row("orders", leader=1))
    told = {"uptime": 100.0, "start-time": 1.0}
    phases = ("total", "queue", "local", "remote", "response-queue", "send")

    def sample(requests, spent, up):
        rows = {"broker 1": told | {"uptime": up}}
        for phase in phases:
            rows["broker 1"][f"request-{phase}-mean", "Produce"] = spent / requests
            rows["broker 1"][f"request-{phase}-count", "Produce"] = requests
        return facts(rows, at=ago(100.0 - up))

    nothing = [commits({KEY: 1}), offsets({LOG: 1}), groups({"group": "billing"}), members()]
    now = [expectations(LATENCY, table), table, logs, *nothing, sample(200, 100 * seconds, 100.0)]
    return now, [*nothing, sample(100, 0.0, 90.0)]


def test_produce_requests_of_the_leaders_are_measured_between_the_samples(judge):
    now, then = latency(0.08)
    [finding] = judge(ID, *now, earlier=then).findings
    assert finding.subject == topic("orders")
    assert finding.evidence["produce_seconds"] == pytest.approx(0.08)

    now, then = latency(0.01)
    assert judge(ID, *now, earlier=then).status == "ok"


def test_latency_is_unknown_without_jmx(judge):
    now, then = latency(0.01)

    result = judge(ID, *now[:-1], earlier=then[:-1])

    assert result.status == "unknown"
    assert result.needs == "--jmx"


def test_does_not_apply_without_an_objective(judge):
    now, then = scene(MINUTE, committed=250)
    assert judge(ID, *now[1:], earlier=then).status == "not_applicable"

    other = expectations('[[topics]]\nname = "orders"\npartitions = 1', topics({"topic": "orders"}))
    assert judge(ID, other, *now[1:], earlier=then).status == "not_applicable"


def test_is_unknown_where_groups_were_not_read(judge):
    why = Missing("denied", "Describe on Group")
    wanted = Expectations.of(read_at=NOW, errors={"committed offsets": why})

    assert judge(ID, wanted, absent={Commits: why}).status == "unknown"
