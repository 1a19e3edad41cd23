from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import CLUSTER, broker
from kdiag.sections import Quorum
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    broker_configs,
    brokers,
    cluster,
    partition_row,
    partitions,
    quorum,
    topics,
)

SILENT = Quorum.from_rows(
    [], read_at=NOW, errors={f"broker {id_}": Missing("no answer within 5 s") for id_ in (1, 2, 3)}
)
TABLE = partitions(partition_row("orders"))
ENDPOINTS = {"controller.quorum.bootstrap.servers": "a:9093,b:9093,c:9093"}
COMBINED = ENDPOINTS | {"process.roles": "broker,controller"}


def test_fires_where_no_broker_gets_an_answer(judge):
    [finding] = judge("quorum-lost", SILENT, cluster(), brokers(), TABLE).findings

    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence) == ("critical", "certain")
    assert finding.evidence == {"asked_brokers_count": 3, "lost_voters": []}
    assert finding.because_of == frozenset()


def test_brokers_that_were_voters_are_the_cause(judge):
    [finding] = judge(
        "quorum-lost",
        SILENT,
        cluster(),
        brokers(silent=[2, 3]),
        TABLE,
        broker_configs({1: COMBINED}),
    ).findings

    assert finding.because_of == {broker(2), broker(3)}
    assert finding.confidence == "likely"


def test_a_hanging_broker_may_have_been_the_active_controller(judge):
    """Frozen, it keeps its connections; brokers wait 30 s before they turn to the next one."""
    [finding] = judge(
        "quorum-lost",
        SILENT,
        cluster(),
        brokers(silent=[3]),
        TABLE,
        broker_configs({1: COMBINED, 2: COMBINED}),
    ).findings

    assert finding.confidence == "likely"
    assert finding.because_of == frozenset()
    assert "broker 3, which does not answer" in finding.cause
    assert "A second run tells" in finding.cause


def test_static_voters_are_named_by_their_settings(judge):
    static = {"controller.quorum.voters": "1@a:9093,2@b:9093,3@c:9093"}

    [finding] = judge(
        "quorum-lost", SILENT, cluster(), brokers(silent=[2, 3]), TABLE, broker_configs({1: static})
    ).findings

    assert finding.evidence["lost_voters"] == [2, 3]


def test_it_folds_under_combined_nodes_and_stays_beside_brokers_that_did_not_vote(registry):
    ids = ("quorum-lost", "brokers-lost-together", "broker-down")
    checks = {id_: registry.get(id_) for id_ in ids}
    for settings, roots in (
        (COMBINED, ["brokers-lost-together"]),
        (ENDPOINTS | {"process.roles": "broker"}, ["brokers-lost-together", "quorum-lost"]),
    ):
        held = [
            SILENT,
            cluster(),
            brokers(silent=[2, 3]),
            TABLE,
            topics({"topic": "orders"}),
            broker_configs({1: settings}),
        ]
        snapshot = Snapshot(taken_at=NOW, sections={type(each): each for each in held})

        reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

        assert sorted(item.check for item in reported if item.is_root) == roots


def test_is_silent_where_a_controller_answers(judge):
    now = quorum({"replica_id": 1}, {"replica_id": 2})

    assert judge("quorum-lost", now, cluster(), brokers(), TABLE).status == "ok"


def test_is_unknown_where_the_question_is_denied(judge):
    absent = {Quorum: Missing("not authorised", "Describe on Cluster")}

    result = judge("quorum-lost", cluster(), brokers(), TABLE, absent=absent)

    assert (result.status, result.needs) == ("unknown", "Describe on Cluster")


def test_does_not_apply_to_zookeeper(judge):
    result = judge("quorum-lost", SILENT, cluster("zookeeper"), brokers(), TABLE)

    assert result.status == "not_applicable"


def test_isrs_are_not_taken_for_healthy_while_no_controller_keeps_them(judge):
    from tests.tables import reassignments, topic_configs

    limit = topic_configs({"orders": {"min.insync.replicas": "2"}})
    for id_ in ("under-min-isr", "at-min-isr", "under-replicated"):
        result = judge(id_, TABLE, limit, reassignments({}), SILENT)

        assert result.status == "unknown"
