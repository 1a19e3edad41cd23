from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import broker, partition
from kdiag.snapshot import Snapshot
from tests.tables import NOW, brokers, partition_row, partitions, topics


def leaderless(number, **more):
    return partition_row("orders", number, isr=(), leader=None, **more)


def test_names_the_broker_that_most_partitions_wait_for(judge):
    table = partitions(leaderless(0, elr=(2, 3)), leaderless(1, elr=(3,)), leaderless(2, elr=(3,)))

    [finding] = judge("offline-replica-elr", table, brokers(down=[2, 3])).findings

    assert finding.subject == broker(3)
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence == {"waiting_partitions": 3, "known_by": "elr"}
    assert finding.actions[0].text.startswith("Start broker 3 first")


def test_the_last_known_leader_is_a_weaker_sign(judge):
    table = partitions(leaderless(0, elr=(), last_known_elr=(3,)))

    [finding] = judge("offline-replica-elr", table, brokers(down=[3])).findings

    assert finding.confidence == "likely"
    assert "may lack" in finding.symptom


def test_folds_under_the_broker_that_holds_all_of_it_and_else_stays_visible(registry):
    checks = {id_: registry.get(id_) for id_ in ("offline-replica-elr", "broker-down")}
    only_there = leaderless(0, replicas=(3,), elr=(3,))
    for rows, roots in (
        ([only_there], ["broker-down"]),
        ([only_there, leaderless(1, elr=(3,))], ["broker-down", "offline-replica-elr"]),
    ):
        held = [brokers(down=[3]), partitions(*rows), topics({"topic": "orders"})]
        snapshot = Snapshot(taken_at=NOW, sections={type(each): each for each in held})

        reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

        assert [item.check for item in reported if item.is_root] == roots


def test_is_silent_while_an_eligible_broker_is_up(judge):
    """The controller is about to elect it."""
    table = partitions(leaderless(0, elr=(2, 3)))

    assert judge("offline-replica-elr", table, brokers(down=[3])).status == "ok"


def test_a_last_in_sync_replica_is_named_by_offline_partition(judge):
    table = partitions(partition_row("orders", isr=(3,), leader=None))

    assert judge("offline-replica-elr", table, brokers(down=[3])).status == "ok"


def test_is_unknown_where_brokers_do_not_tell(judge):
    result = judge("offline-replica-elr", partitions(leaderless(0)), brokers(down=[3]))

    assert result.status == "unknown"
    assert str(partition("orders", 0)) in result.reason
    assert result.needs == "Kafka 3.8 or newer"
