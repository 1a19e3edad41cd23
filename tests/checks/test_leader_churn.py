from dataclasses import replace

import pytest

from kdiag.finding import partition
from kdiag.sections import Partitions
from kdiag.snapshot import Missing
from tests.tables import ago, brokers, cluster, facts, partition_row, partitions, topics


def samples(moves, seconds=5.0, **more):
    now = partitions(partition_row("orders", 0, leader_epoch=20 + moves, leader=2, **more))
    before = partitions(partition_row("orders", 0, leader_epoch=20))
    return now, replace(before, read_at=ago(seconds))


def judged(judge, now, before, *more, who=None, who_before=None):
    earlier = [before, who_before or brokers()]
    return judge("leader-churn", now, cluster(), who or brokers(), *more, earlier=earlier)


def test_fires_where_leaders_change_and_no_broker_restarts(judge):
    [finding] = judged(judge, *samples(4)).findings

    assert finding.subject == partition("orders", 0)
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence == {
        "leader_changes_count": 4,
        "window_seconds": 5.0,
        "leader_before": 1,
        "leader": 2,
    }


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_a_preferred_election_and_a_restart_with_the_way_back_are_no_churn(judge, moves):
    assert judged(judge, *samples(moves)).status == "ok"


def test_a_rolling_restart_between_samples_that_are_far_apart_is_none(judge):
    assert judged(judge, *samples(6, seconds=300)).status == "ok"


@pytest.mark.parametrize("when", ["who", "who_before"])
def test_a_broker_that_is_or_was_away_explains_it(judge, when):
    result = judged(judge, *samples(4), **{when: brokers(fenced=[3])})

    assert result.status == "ok"


@pytest.mark.parametrize(("up", "status"), [(60.0, "ok"), (9000.0, "problem")])
def test_the_uptime_of_brokers_tells_restarts(judge, up, status):
    told = facts({f"broker {id_}": {"uptime": up} for id_ in (1, 2, 3)})

    assert judged(judge, *samples(4), told).status == status


def test_a_topic_that_was_made_anew_has_no_moves(judge):
    now, before = samples(4)
    result = judge(
        "leader-churn",
        now,
        cluster(),
        brokers(),
        topics({"topic": "orders", "topic_id": "new"}),
        earlier=[before, brokers(), topics({"topic": "orders", "topic_id": "old"})],
    )

    assert result.status == "ok"


def test_epochs_that_advance_with_isrs_tell_nothing(judge):
    now, before = samples(4)
    old = cluster(features={"metadata.version": (1, 11, 11)})

    result = judge("leader-churn", now, old, brokers(), earlier=[before, brokers()])

    assert result.status == "not_applicable"
    assert "3.6" in result.reason


def test_one_sample_is_unknown(judge):
    now, _ = samples(4)

    result = judge("leader-churn", now, cluster(), brokers())

    assert (result.status, result.needs) == ("unknown", "--sample-seconds")


def test_is_unknown_without_partitions(judge):
    absent = {Partitions: Missing("timed out")}

    assert judge("leader-churn", cluster(), brokers(), absent=absent).status == "unknown"
