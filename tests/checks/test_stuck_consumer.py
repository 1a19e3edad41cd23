from kdiag.finding import group
from kdiag.sections import Members
from kdiag.snapshot import Missing
from tests.tables import ago, commits, end_offset_history, groups, members, offsets


def scene(committed, before, *, owners=("a", "a"), end=1000, end_then=900, age=30):
    """Two partitions of one topic, written all the time, with the members that own them."""
    logs = [("orders", p) for p in (0, 1)]
    assigned = {
        owner: tuple(log for log, by in zip(logs, owners, strict=True) if by == owner)
        for owner in owners
    }
    now = [
        groups({"group": "app"}),
        members(*({"group": "app", "member_id": m, "assignment": a} for m, a in assigned.items())),
        commits({("app", *log): c for log, c in zip(logs, committed, strict=True)}),
        offsets(dict.fromkeys(logs, end)),
        end_offset_history({("orders", p, age): end_then for p in (0, 1)}),
    ]
    then = [
        commits({("app", *log): c for log, c in zip(logs, before, strict=True)}, at=ago(6)),
        offsets(dict.fromkeys(logs, end - 100), at=ago(6)),
    ]
    return now, then


def test_fires_for_a_live_member_whose_offsets_stand(judge):
    now, then = scene((100, 100), (100, 100))

    result = judge("stuck-consumer", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app", "orders")
    assert finding.severity == "warning"
    assert finding.confidence == "possible"
    assert finding.evidence["stuck_partitions"] == [0, 1]


def test_is_critical_where_the_backlog_is_older_than_any_rhythm_of_commits(judge):
    now, then = scene((100, 100), (100, 100), age=600)

    [finding] = judge("stuck-consumer", *now, earlier=then).findings

    assert finding.severity == "critical"
    assert finding.confidence == "likely"


def test_names_only_the_member_that_stands(judge):
    now, then = scene((100, 950), (100, 850), owners=("a", "b"))

    [finding] = judge("stuck-consumer", *now, earlier=then).findings

    assert finding.evidence["stuck_members"] == ["a"]
    assert finding.evidence["stuck_partitions"] == [0]


def test_is_silent_for_a_slow_member_that_takes_its_partitions_in_turn(judge):
    now, then = scene((100, 300), (100, 200))

    assert judge("stuck-consumer", *now, earlier=then).status == "ok"


def test_is_silent_for_an_idle_group_without_lag(judge):
    now, then = scene((1000, 1000), (1000, 1000))

    assert judge("stuck-consumer", *now, earlier=then).status == "ok"


def test_is_silent_between_two_commits(judge):
    now, then = scene((950, 950), (950, 950))

    assert judge("stuck-consumer", *now, earlier=then).status == "ok"


def test_is_unknown_without_members(judge):
    now, then = scene((100, 100), (100, 100))
    absent = {Members: Missing("not authorised", "Describe on Group app")}

    result = judge("stuck-consumer", now[0], *now[2:], earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Group app"
