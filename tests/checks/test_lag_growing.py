from kdiag.finding import group
from kdiag.sections import Commits
from kdiag.snapshot import Missing
from tests.tables import ago, commits, end_offset_history, groups, members, offsets


def scene(committed, before, end, end_before, end_then, members_count=1):
    """One group on two partitions: now, six seconds ago, and the end 30 s ago."""
    owner = [
        {"group": "app", "member_id": f"m{i}", "assignment": (("orders", i),)}
        for i in range(members_count)
    ]
    keys, logs = [("app", "orders", p) for p in (0, 1)], [("orders", p) for p in (0, 1)]
    now = [
        groups({"group": "app"}),
        members(*owner),
        commits(dict(zip(keys, committed, strict=True))),
        offsets(dict(zip(logs, end, strict=True))),
        end_offset_history({("orders", p, 30): e for p, e in enumerate(end_then)}),
    ]
    then = [
        commits(dict(zip(keys, before, strict=True)), at=ago(6)),
        offsets(dict(zip(logs, end_before, strict=True)), at=ago(6)),
    ]
    return now, then


def growing():
    return scene((160, 160), (100, 100), (5000, 5000), (4400, 4400), (2000, 2000), 2)


def test_fires_where_records_arrive_faster_than_they_are_read(judge):
    now, then = growing()

    result = judge("lag-growing", *now, earlier=then)

    [finding] = result.findings
    assert finding.subject == group("app", "orders")
    assert finding.severity == "warning"
    assert finding.evidence["produced_records_per_second"] == 200.0
    assert finding.evidence["consumed_records_per_second"] == 20.0


def test_advises_more_members_only_below_the_number_of_partitions(judge):
    now, then = growing()
    alone, alone_then = scene((160, 160), (100, 100), (5000, 5000), (4400, 4400), (2000, 2000))

    [ceiling] = judge("lag-growing", *now, earlier=then).findings
    [single] = judge("lag-growing", *alone, earlier=alone_then).findings

    assert "more members cannot help" in ceiling.actions[0].text
    assert "add members" in single.actions[0].text


def test_is_silent_for_a_group_that_drains_its_backlog(judge):
    now, then = scene((3000, 3000), (1000, 1000), (9000, 9000), (8900, 8900), (8500, 8500))

    assert judge("lag-growing", *now, earlier=then).status == "ok"


def test_is_silent_between_two_commits_of_a_group_that_keeps_up(judge):
    """Lag rose by what arrived since the last commit; no unread record is old."""
    now, then = scene((1000, 1000), (1000, 1000), (1600, 1600), (1100, 1100), (900, 900))

    assert judge("lag-growing", *now, earlier=then).status == "ok"


def test_is_silent_where_the_rhythm_of_commits_could_explain_the_difference(judge):
    """Five of six seconds of progress were committed: 100 in against 84 out proves nothing."""
    now, then = scene((1084, 1084), (1000, 1000), (5100, 5100), (5000, 5000), (4500, 4500))

    assert judge("lag-growing", *now, earlier=then).status == "ok"


def test_is_silent_below_the_floor(judge):
    now, then = growing()

    assert judge("lag-growing", *now, earlier=then, min_lag_records=10_000).status == "ok"


def test_is_unknown_where_commits_of_a_group_could_not_be_read(judge):
    now, then = scene((1000, 1000), (1000, 1000), (1000, 1000), (1000, 1000), (1000, 1000))
    now[2] = Commits(
        rows=now[2].rows, read_at=now[2].read_at, errors={"group b": Missing("denied")}
    )

    result = judge("lag-growing", *now, earlier=then)

    assert result.status == "unknown"
    assert "group b" in result.reason
