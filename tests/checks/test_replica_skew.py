from kdiag.finding import broker
from kdiag.sections import Replicas
from kdiag.snapshot import Missing
from tests.tables import GIB, brokers, log_dirs, reassignments, replicas


def held(*gib, topic="orders"):
    """Brokers 1, 2 and so on, with a replica of so many GiB each; none where it is 0."""
    sizes = {(id_, topic, id_): int(each * GIB) for id_, each in enumerate(gib, 1) if each}
    return replicas(sizes)


def disks(*gib):
    rows = [
        {"broker": id_, "total_bytes": each * GIB, "usable_bytes": each * GIB // 2}
        for id_, each in enumerate(gib, 1)
    ]
    return log_dirs(*rows)


def test_fires_where_a_broker_holds_far_more_than_its_share(judge):
    [finding] = judge("replica-skew", held(60, 20, 10), brokers(1, 2, 3)).findings

    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert "2.0 times its share" in finding.symptom
    assert finding.evidence["fair_bytes"] == 30 * GIB
    assert "--broker-list 1,2,3" in finding.actions[1].command


def test_a_broker_that_was_added_and_is_empty_counts(judge):
    result = judge("replica-skew", held(30, 30, 0), brokers(1, 2, 3))

    assert [finding.subject for finding in result.findings] == [broker(1), broker(2)]


def test_is_silent_where_all_hold_about_the_same(judge):
    assert judge("replica-skew", held(30, 35, 25), brokers(1, 2, 3)).status == "ok"


def test_a_broker_with_larger_disks_may_hold_more(judge):
    sizes = (held(60, 20, 20), brokers(1, 2, 3))

    assert judge("replica-skew", *sizes, disks(300, 100, 100)).status == "ok"
    assert judge("replica-skew", *sizes, disks(100, 100, 100)).status == "problem"


def test_a_little_data_is_no_skew(judge):
    assert judge("replica-skew", held(0.1, 0.01, 0), brokers(1, 2, 3)).status == "ok"


def test_what_is_being_moved_is_waited_for(judge):
    result = judge(
        "replica-skew", held(60, 20, 10), brokers(1, 2, 3), reassignments({("orders", 1): [3]})
    )

    assert result.status == "not_applicable"


def test_a_copy_on_its_way_between_disks_does_not_count(judge):
    sizes = held(30, 30, 30)
    moving = held(60)
    moving.rows["is_future"] = True
    sizes.rows.loc[3] = moving.rows.loc[0]

    assert judge("replica-skew", sizes, brokers(1, 2, 3)).status == "ok"


def test_one_broker_has_all(judge):
    assert judge("replica-skew", held(60), brokers(1)).status == "not_applicable"


def test_is_unknown_where_a_broker_did_not_answer(judge):
    part = held(60, 20)
    seen = Replicas(rows=part.rows, errors={"broker 3": Missing("timed out after 5 s")})

    assert judge("replica-skew", seen, brokers(1, 2, 3)).status == "unknown"
