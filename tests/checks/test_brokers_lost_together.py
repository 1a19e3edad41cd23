from datetime import timedelta

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import CLUSTER, broker, partition
from kdiag.sections import Brokers, Quorum
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    brokers,
    partition_row,
    partitions,
    quorum,
    reassignments,
    topic_configs,
    topics,
)

TOPICS = topics(
    {"topic": "orders", "topic_id": "a", "is_internal": False},
    {"topic": "__consumer_offsets", "topic_id": "b", "is_internal": True},
)
LIMIT_2 = topic_configs({"orders": {"min.insync.replicas": "2"}})
SILENT = Quorum.from_rows([], read_at=NOW, errors={"broker 1": Missing("no answer within 5 s")})


def judged(judge, table, who, *more, **options):
    return judge("brokers-lost-together", who, table, TOPICS, LIMIT_2, *more, **options)


def test_counts_what_is_left_of_their_partitions(judge):
    table = partitions(
        partition_row("orders", 0, replicas=(3, 4, 5), isr=(5,), leader=None),
        partition_row("orders", 1, replicas=(1, 3, 4), isr=(4,), leader=None),
        partition_row("orders", 2, replicas=(1, 2, 3), isr=(1, 2)),
        partition_row("__consumer_offsets", 0, replicas=(3, 4), isr=(), elr=(4,), leader=None),
    )
    now = quorum(*({"replica_id": id_} for id_ in (1, 2, 3, 4, 5)))
    now.rows.loc[now.rows["replica_id"] == 4, "last_fetch"] = NOW - timedelta(seconds=90)

    result = judged(judge, table, brokers(1, 2, 3, 4, 5, down=[3, 4, 5]), now)

    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence, finding.due) == ("critical", "certain", 0.0)
    assert finding.evidence == {
        "lost_brokers": [3, 4, 5],
        "held_partitions": 4,
        "leaderless_partitions": 3,
        "without_live_replica_partitions": 2,
        "live_out_of_sync_partitions": 1,
        "leaderless_internal_partitions": {"__consumer_offsets": 1},
        "refusing_partitions": 0,
        "start_first": [4, 5],
    }
    assert "broker 4 first" in finding.actions[0].text
    assert finding.since == NOW - timedelta(seconds=90)
    assert finding.covers >= {broker(3), broker(4), partition("orders", 0)}
    assert partition("orders", 1) not in finding.covers, "somebody has to decide there"


def test_everything_that_it_explains_folds_and_what_it_does_not_stays(registry):
    ids = ("brokers-lost-together", "broker-down", "under-replicated", "offline-partition")
    checks = {id_: registry.get(id_) for id_ in ids}
    table = partitions(
        *(partition_row("orders", n, replicas=(1, 3, 4), isr=(1,)) for n in range(300)),
        partition_row("orders", 300, replicas=(1, 2, 3), isr=(1,)),
        partition_row("orders", 301, replicas=(3, 4), isr=(4,), leader=None),
    )
    held = [brokers(1, 2, 3, 4, down=[3, 4]), table, TOPICS, LIMIT_2, reassignments({})]
    snapshot = Snapshot(taken_at=NOW, sections={type(each): each for each in held})

    reported = correlate(run(list(checks.values()), snapshot, {}), checks, "cluster")

    roots = [item for item in reported if item.is_root]
    assert [item.check for item in roots] == ["brokers-lost-together", "under-replicated"]
    assert roots[1].finding.subject == partition("orders", 300)


def test_one_broker_alone_is_broker_down(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    assert judged(judge, table, brokers(down=[3])).status == "ok"


def test_brokers_that_hold_nothing_are_out_of_service(judge):
    table = partitions(partition_row("orders", replicas=(1, 2)))

    assert judged(judge, table, brokers(1, 2, 3, 4, fenced=[3, 4])).status == "ok"


def test_brokers_that_only_we_cannot_reach_are_not_lost(judge):
    assert judged(judge, partitions(partition_row("orders")), brokers(silent=[2, 3])).status == "ok"


def test_silent_brokers_are_lost_where_no_controller_could_say_so(judge):
    table = partitions(*(partition_row("orders", n, replicas=(n + 1, 1, 2, 3)) for n in (0, 1)))

    [finding] = judged(judge, table, brokers(silent=[2, 3]), SILENT).findings

    assert finding.confidence == "likely"
    assert finding.evidence["leaderless_partitions"] == 1
    assert partition("orders", 1) in finding.covers


def test_names_the_rack_that_they_share(judge):
    racks = {1: "a", 2: "b", 3: "b"}

    [finding] = judged(
        judge, partitions(partition_row("orders", isr=(1,))), brokers(down=[2, 3], racks=racks)
    ).findings

    assert finding.cause.startswith("They all are in rack b.")
    assert finding.evidence["refusing_partitions"] == 1


def test_one_more_loss_is_what_it_waits_for_while_everything_is_served(judge):
    table = partitions(partition_row("orders", replicas=(1, 2, 3, 4), isr=(1, 2)))

    [finding] = judged(judge, table, brokers(1, 2, 3, 4, down=[3, 4])).findings

    assert finding.due == "one more broker is lost"


def test_is_unknown_without_the_brokers(judge):
    absent = {Brokers: Missing("timed out")}

    result = judge(
        "brokers-lost-together", partitions(partition_row("orders")), TOPICS, absent=absent
    )

    assert result.status == "unknown"
