from kdiag.engine import run
from kdiag.finding import broker
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, brokers, partition_row, partitions

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


def test_an_address_that_leads_into_another_cluster_is_certain(judge):
    elsewhere = brokers(silent=[3])
    elsewhere.rows.loc[elsewhere.rows["broker"] == 3, "is_elsewhere"] = True

    [finding] = judge("advertised-listener-unreachable", elsewhere, SPREAD).findings

    assert finding.confidence == "certain"
    assert "another cluster" in finding.cause


def test_two_brokers_with_one_address_are_told_although_it_answers(judge):
    same = brokers()
    same.rows.loc[same.rows["broker"] == 3, "host"] = "10.0.0.2"

    found = judge("advertised-listener-unreachable", same, SPREAD).findings

    assert [finding.subject for finding in found] == [broker(2), broker(3)]
    assert (
        found[0].symptom == "Broker 2 advertises 10.0.0.2:9092, the address of 1 other broker too."
    )
    assert found[0].evidence == {"brokers": [2, 3]}


def test_a_broker_that_closes_connections_may_have_as_many_as_it_takes(judge):
    closing = brokers(silent=[3])
    closing.rows.loc[closing.rows["broker"] == 3, "unreachable_reason"] = (
        "the broker closed the connection; this port may want TLS"
    )

    [finding] = judge("advertised-listener-unreachable", closing, SPREAD).findings

    assert "max.connections.per.ip" in finding.cause
    assert "sport = :9092" in finding.actions[1].command


def test_connections_that_every_broker_closes_are_no_matter_of_limits(judge):
    closing = brokers(silent=[1, 2, 3])
    closing.rows["unreachable_reason"] = "the broker closed the connection"

    found = judge("advertised-listener-unreachable", closing, SPREAD).findings

    assert len(found) == 3
    assert all("max.connections" not in finding.cause for finding in found)


def test_an_ipv6_address_stands_in_brackets(registry):
    """A pseudonym of it has no colon, and no brackets; so `judge` is not for it."""
    far = brokers(silent=[3])
    far.rows.loc[far.rows["broker"] == 3, "host"] = "2001:db8::5"

    snapshot = Snapshot(taken_at=NOW, sections={Brokers: far, Partitions: SPREAD})
    [result] = run([registry.get("advertised-listener-unreachable")], snapshot, {})

    [finding] = result.findings
    assert "at [2001:db8::5]:9092" in finding.symptom
    assert "[2001:db8::5]:9092" in finding.actions[0].command
