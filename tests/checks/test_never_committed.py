import pytest

from kdiag.finding import group
from kdiag.sections import Commits, EndOffsetHistory, GenerationHistory, MemberHistory
from kdiag.snapshot import Missing
from tests.tables import (
    ago,
    commit_history,
    commits,
    end_offset_history,
    generation_history,
    groups,
    history_reach,
    member_history,
    members,
    offsets,
    past_member,
    topics,
)

ID = "never-committed"
AGES = (30, 60, 120, 300, 600, 1800, 3600)
WRITES = 10
END = 100_000
BOTH = (("orders", 0), ("orders", 1))
HELD = {"client_id": "worker", "client_host": "/10.1.0.1", "assignment": BOTH}


def end(number, age, quiet=()):
    return END if number in quiet else END - WRITES * age


def scene(
    *,
    name="app",
    state=(),
    team=(HELD,),
    committed=(("orders", 0),),
    lag=0,
    quiet=(),
    start=0,
    last_stable=None,
    changed=3600.0,
    gap=5.0,
    past=True,
):
    """Return a group that owns two partitions, and has an offset of those in `committed`."""
    held = {(name, *log): END - lag for log in committed}
    ends = offsets(dict.fromkeys(BOTH, END))
    ends.rows["log_start_offset"] = start
    if last_stable is not None:
        ends.rows["last_stable_offset"] = last_stable
    commits_of = [(n * gap, END - lag - n) for n in range(5, -1, -1)] if gap else [(900.0, END)]
    return [
        groups({"group": name, **dict(state)}),
        members(*({**row, "group": name} for row in team)),
        commits(held),
        ends,
        end_offset_history(
            {(topic, p, age): end(p, age, quiet) for topic, p in BOTH for age in AGES}
            if past
            else {}
        ),
        generation_history(
            {"group": name, "written_at": ago(7200), "members": (past_member("old"),)},
            {"group": name, "written_at": ago(changed), "members": (past_member("m"),)},
        ),
        history_reach(),
        topics({"topic": "__consumer_offsets", "partition_count": 50, "is_internal": True}),
        commit_history(dict.fromkeys(held, commits_of)),
    ]


def test_fires_for_an_owned_partition_that_is_written_to_and_never_committed(judge):
    [finding] = judge(ID, *scene()).findings

    assert finding.subject == group("app", "orders")
    assert finding.severity == "warning"
    assert finding.since == ago(3600)
    assert "orders-1" in finding.symptom
    assert "worker on 10.1.0.1" in finding.cause
    assert finding.evidence["unread_records"] == WRITES * (1800 - 30)
    assert finding.evidence["committed_partitions"] == 1


def test_names_the_member_that_owns_it_and_all_its_partitions(judge):
    team = [
        {**HELD, "member_id": "a", "client_id": "idle", "assignment": ()},
        {**HELD, "member_id": "b", "client_id": "ill", "assignment": BOTH},
    ]
    [finding] = judge(ID, *scene(team=team, committed=[("clicks", 0)])).findings

    assert finding.evidence["partitions"] == [0, 1]
    assert finding.evidence["clients"] == ["ill on 10.1.0.1"]
    assert "other topics" in finding.symptom


@pytest.mark.parametrize(
    "odd",
    [
        {"quiet": (1,)},
        {"changed": 60.0},
        {"gap": 1300.0},
        {"lag": 2000},
        {"last_stable": END - WRITES * 3600},
        {"start": END - 200},
        {"state": {"state": "CompletingRebalance"}},
        {"state": {"protocol": "stream"}},
        {"state": {"protocol_type": "connect"}},
        {"name": "connect-lake"},
        {"team": [{**HELD, "assignment": None}]},
        {"team": [{**HELD, "assignment": BOTH[:1]}]},
        {"committed": BOTH},
        {"past": False},
    ],
    ids=[
        *("nothing written", "just joined", "commits rarely", "behind on what it commits"),
        *("held by a transaction", "what was there is deleted", "rebalances", "Streams"),
        *("Connect", "a sink", "not decoded", "owned by nobody", "committed", "no past"),
    ],
)
def test_look_alikes_are_silent(judge, odd):
    assert judge(ID, *scene(**odd)).status == "ok"


def test_a_group_that_commits_nothing_may_keep_its_offsets_elsewhere(judge):
    result = judge(ID, *scene(committed=()))

    [finding] = result.findings
    assert finding.severity == "info"
    assert "its lag is not known" in finding.symptom
    assert finding.evidence["waiting_seconds"] == 600


def test_console_consumers_that_commit_nothing_are_not_told(judge):
    assert judge(ID, *scene(name="console-consumer-4711", committed=())).status == "ok"


def test_a_change_that_only_the_members_of_a_group_tell_counts(judge):
    moved = member_history(
        {"group": "app", "member_id": "m", "record": "current", "written_at": ago(50)}
    )

    assert judge(ID, *scene(), moved).status == "ok"


def test_a_few_records_are_not_worth_a_word(judge):
    assert judge(ID, *scene(), min_unread_records=10**6).status == "ok"


def test_is_unknown_without_commits_the_past_or_generations(judge):
    for section in (Commits, EndOffsetHistory, GenerationHistory):
        rest = [each for each in scene() if type(each) is not section]
        assert judge(ID, *rest, absent={section: Missing("refused")}).status == "unknown"
    partly = commits({}, errors={"broker 2": Missing("timed out")})
    rest = [each for each in scene() if not isinstance(each, Commits | MemberHistory)]
    assert judge(ID, *rest, partly).status == "unknown"
