import pytest

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import CLUSTER, group, partition
from kdiag.sections import Commits, Facts, LeaderEpochs
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, ago, commits, facts, offsets, partition_row, partitions, topics

DAY = 86400.0
NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}
KEY, LOG = ("app", "orders", 0), ("orders", 0)


def counted(now, before, up=3600.0):
    """Return two samples of an active controller and of one that started later."""
    told = {"start-time": 0.0, "unclean-elections": float(now), "uptime": up}
    then = told | {"unclean-elections": float(before), "uptime": up - 10}
    standby = {"start-time": 0.0, "unclean-elections": 0.0, "uptime": 60.0}
    return (
        facts({"controller 100": told, "controller 101": standby}),
        facts({"controller 100": then, "controller 101": standby | {"uptime": 50.0}}, at=ago(10)),
    )


def cut(committed=1900, epoch=3, replicas=(1, 2, 3)):
    """Return a group that committed in an earlier leader epoch than the log is in now."""
    told = commits({KEY: committed})
    told.rows["leader_epoch"] = epoch
    now = [
        told,
        offsets({LOG: 900}),
        partitions(partition_row("orders", replicas=replicas, leader_epoch=5)),
        topics({"topic": "orders", "topic_id": "new"}),
    ]
    return now, [commits({KEY: committed}, at=ago(10)), offsets({LOG: 890}, at=ago(10))]


def test_fires_where_the_counter_grew_between_the_samples(judge):
    now, then = counted(5, 3)

    [finding] = judge("unclean-election-happened", now, earlier=[then]).findings

    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence) == ("critical", "certain")
    assert finding.evidence == {"elections": 2}
    assert "just now" in finding.symptom


def test_controllers_that_count_the_same_election_make_one_finding(judge):
    told = {"start-time": 0.0, "uptime": 99.0}
    now, then = (
        {f"controller {n}": told | {"unclean-elections": count} for n in (100, 101)}
        for count in (1.0, 0.0)
    )

    [finding] = judge("unclean-election-happened", facts(now), earlier=[facts(then)]).findings

    assert finding.evidence == {"elections": 1}


@pytest.mark.parametrize(("days", "severity"), [(1, "warning"), (30, "info")])
def test_an_old_count_is_historic(judge, days, severity):
    now, then = counted(3, 3, up=days * DAY)

    [finding] = judge("unclean-election-happened", now, earlier=[then]).findings

    assert (finding.severity, finding.confidence) == (severity, "likely")
    assert "historic" in finding.cause
    assert finding.since == ago(days * DAY)


def test_one_sample_tells_that_there_was_one(judge):
    [finding] = judge("unclean-election-happened", counted(3, 3)[0]).findings

    assert finding.severity == "warning"


def test_fires_without_jmx_on_a_log_that_was_cut(judge):
    now, then = cut()

    [finding] = judge("unclean-election-happened", *now, earlier=then, absent=NO_JMX).findings

    assert finding.subject == partition("orders", 0)
    assert (finding.severity, finding.confidence) == ("critical", "likely")
    assert finding.evidence["lost_records"] == 1000
    assert group("app", "orders") in finding.covers


def test_the_counter_makes_a_log_that_was_cut_certain(judge):
    (now, then), (told, before) = cut(), counted(3, 3, up=30 * DAY)

    [finding] = judge("unclean-election-happened", *now, told, earlier=[*then, before]).findings

    assert finding.subject == partition("orders", 0)
    assert finding.confidence == "certain"


def grown(committed=1900, epoch_end=1500, asked=3):
    """Return a log that was cut at epoch_end, and has grown beyond the committed offset since."""
    now, then = cut(committed)
    row = {"topic": "orders", "partition": 0, "asked_epoch": asked, "epoch": asked}
    ended = LeaderEpochs.from_rows([{**row, "end_offset": epoch_end}], read_at=NOW)
    return [*now, offsets({LOG: 5000}), ended], [*then, offsets({LOG: 4900}, at=ago(10))]


def test_fires_on_a_log_that_was_cut_and_has_grown_since(judge):
    now, then = grown()

    [finding] = judge("unclean-election-happened", *now, earlier=then, absent=NO_JMX).findings

    assert finding.subject == partition("orders", 0)
    assert finding.evidence == {"lost_records": 400, "cut_at_offset": 1500, "end_offset": None}
    assert "other records are there now" in finding.symptom


@pytest.mark.parametrize("epoch_end", [1900, 2500, None])
def test_an_epoch_that_ended_behind_what_was_read_lost_nothing(judge, epoch_end):
    """A leader that was in sync took over; or the log begins after that epoch."""
    now, then = grown(epoch_end=epoch_end)
    told, before = counted(0, 0)

    result = judge("unclean-election-happened", *now, told, earlier=[*then, before])

    assert result.status == "ok"


def test_a_group_that_committed_in_another_epoch_is_not_judged_by_it(judge):
    now, then = grown(asked=2)
    told, before = counted(0, 0)

    result = judge("unclean-election-happened", *now, told, earlier=[*then, before])

    assert result.status == "ok"


def test_commit_beyond_end_folds_under_it(registry):
    now, then = cut()
    checks = {id_: registry.get(id_) for id_ in ("unclean-election-happened", "commit-beyond-end")}
    before = Snapshot(taken_at=ago(10), sections={type(each): each for each in then})
    held = {type(each): each for each in now} | NO_JMX
    snapshot = Snapshot(taken_at=NOW, sections=held, earlier=before)

    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

    assert [item.check for item in reported if item.is_root] == ["unclean-election-happened"]


def test_is_silent_where_no_election_was_unclean(judge):
    now, then = counted(0, 0)
    logs, logs_then = cut(committed=900)

    result = judge("unclean-election-happened", now, *logs, earlier=[then, *logs_then])

    assert result.status == "ok"


def test_a_log_of_one_replica_had_no_election(judge):
    """Its disk lost what it had not flushed; commit-beyond-end says so."""
    (now, then), (told, before) = cut(replicas=(1,)), counted(0, 0)

    result = judge("unclean-election-happened", *now, told, earlier=[*then, before])

    assert result.status == "ok"


def test_silence_is_unknown_without_jmx_and_without_commits(judge):
    now, then = cut(committed=900)
    told, before = counted(0, 0)
    hidden = {Commits: Missing("not authorised", "Describe on Group app")}

    without_jmx = judge("unclean-election-happened", *now, earlier=then, absent=NO_JMX)
    without_commits = judge(
        "unclean-election-happened", *now[1:], told, earlier=[*then, before], absent=hidden
    )

    assert (without_jmx.status, without_jmx.needs) == ("unknown", "--jmx")
    assert without_commits.status == "unknown"
