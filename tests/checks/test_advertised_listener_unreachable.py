from kdiag.finding import broker
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing
from tests.tables import brokers, partition_row, partitions

SPREAD = partitions(
    partition_row("orders", 0, replicas=(1, 2, 3)), partition_row("orders", 1, replicas=(3, 1, 2))
)


def test_names_the_address_that_does_not_answer_although_the_broker_leads(judge):
    result = judge("advertised-listener-unreachable", brokers(silent=[3]), SPREAD)

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "critical"
    assert "10.0.0.3:9092 (connection refused)" in finding.symptom
    assert finding.evidence["led_partitions"] == 1
    assert finding.evidence["in_sync_partitions"] == 2
    assert finding.confidence == "likely"
    assert "broker.session.timeout.ms" in finding.cause


def test_is_silent_where_every_broker_answers(judge):
    assert judge("advertised-listener-unreachable", brokers(), SPREAD).status == "ok"


def test_a_broker_that_is_down_is_not_reported_twice(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    assert judge("advertised-listener-unreachable", brokers(down=[3]), table).status == "ok"


def test_a_fenced_broker_is_not_alive(judge):
    result = judge("advertised-listener-unreachable", brokers(fenced=[3], silent=[3]), SPREAD)

    assert result.status == "ok"


def test_all_addresses_wrong_is_said_for_each_broker(judge):
    """The bootstrap address answered, but every advertised one is the name of a container."""
    result = judge("advertised-listener-unreachable", brokers(silent=[1, 2, 3]), SPREAD)

    assert [finding.subject for finding in result.findings] == [broker(1), broker(2), broker(3)]


def test_a_registered_broker_without_replicas_counts_as_alive(judge):
    table = partitions(partition_row("orders", replicas=(1, 2)))

    [finding] = judge("advertised-listener-unreachable", brokers(silent=[3]), table).findings

    assert finding.evidence["led_partitions"] == 0


def test_an_in_sync_broker_that_is_not_listed_lacks_this_listener(judge):
    [finding] = judge("advertised-listener-unreachable", brokers(down=[3]), SPREAD).findings

    assert finding.symptom.startswith("The cluster lists no address of broker 3 on this listener")
    assert finding.confidence == "possible"
    assert finding.actions[0].command is None


def test_is_unknown_without_the_partitions(judge):
    result = judge(
        "advertised-listener-unreachable",
        brokers(silent=[3]),
        absent={Partitions: Missing("not authorised", "Describe on the topics")},
    )

    assert result.status == "unknown"
    assert result.needs == "Describe on the topics"


def test_is_unknown_without_the_brokers(judge):
    absent = {Brokers: Missing("timed out")}

    assert judge("advertised-listener-unreachable", SPREAD, absent=absent).status == "unknown"
