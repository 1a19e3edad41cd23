from kdiag.finding import broker
from kdiag.snapshot import Missing
from tests.tables import partition_row, partitions

TURNS = ((1, 2, 3), (2, 3, 1), (3, 1, 2))


def table(*assignments, topic="orders"):
    return partitions(
        *(
            partition_row(topic, partition=number, replicas=replicas, leader=replicas[0])
            for number, replicas in enumerate(assignments)
        )
    )


def test_fires_for_a_broker_that_stands_first_nearly_everywhere(judge):
    result = judge("leader-skew", table(*[(1, 2, 3)] * 50, *TURNS * 5))

    [finding] = result.findings
    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert finding.evidence["preferred_partitions"] == 55
    assert finding.evidence["fair_partitions"] == 22
    assert finding.evidence["top_topics"] == [{"topic": "orders", "partitions": 55}]


def test_is_silent_where_leaders_are_dealt_out_in_turn(judge):
    assert judge("leader-skew", table(*TURNS * 40)).status == "ok"


def test_a_new_broker_without_replicas_makes_nobody_lead_too_much(judge):
    assert judge("leader-skew", table(*((1, 2), (2, 1)) * 60)).status == "ok"


def test_a_broker_leads_all_that_has_no_other_replica(judge):
    assert judge("leader-skew", table(*[(1,)] * 90, *[(2,)] * 10)).status == "ok"


def test_some_partitions_more_are_no_skew(judge):
    assert judge("leader-skew", table(*[(1, 2, 3)] * 20)).status == "ok"


def test_who_leads_now_does_not_matter(judge):
    moved = table(*[(1, 2, 3)] * 60)
    moved.rows["leader"] = 2

    [finding] = judge("leader-skew", moved).findings

    assert finding.subject == broker(1)


def test_one_broker_has_nobody_to_share_with(judge):
    assert judge("leader-skew", table(*[(1,)] * 90)).status == "not_applicable"


def test_the_limits_can_be_tuned(judge):
    seen = table(*[(1, 2, 3)] * 20, *TURNS * 10)

    tuned = judge("leader-skew", seen, fair_times_ratio=1.2, excess_partitions=5)

    assert [finding.subject for finding in tuned.findings] == [broker(1)]


def test_is_unknown_where_topics_may_be_hidden(judge):
    rows = [partition_row("orders", partition=number) for number in range(3)]
    hidden = {"hidden topics": Missing("topics that exist are not shown: 1", "Describe on Topic *")}

    assert judge("leader-skew", partitions(*rows, errors=hidden)).status == "unknown"
