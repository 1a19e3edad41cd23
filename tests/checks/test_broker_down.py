from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import broker, partition
from kdiag.sections import Brokers
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    brokers,
    cluster,
    partition_row,
    partitions,
    reassignments,
    topic_configs,
)

LIMIT_2 = topic_configs({"orders": {"min.insync.replicas": "2"}})
NONE_MOVING = reassignments({})


def test_names_the_broker_what_it_holds_and_what_breaks_next(judge):
    table = partitions(*(partition_row("orders", n, isr=(1, 2)) for n in range(48)))

    result = judge("broker-down", brokers(down=[3]), table, LIMIT_2)

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "critical"
    assert finding.symptom == (
        "Broker 3 is down: connection refused; "
        "it holds replicas of 48 partitions, all out of their ISR."
    )
    assert finding.impact == ("One more failure and acks=all writes are refused on 48 partitions.")
    assert finding.evidence["held_partitions"] == 48
    assert finding.evidence["at_limit_partitions"] == 48
    assert finding.evidence["refusing_partitions"] == 0
    assert finding.confidence == "certain"


def test_one_that_takes_connections_and_does_not_answer_hangs(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))
    hanging = brokers(down=[3])
    hanging.rows.loc[hanging.rows["broker"] == 3, "unreachable_reason"] = (
        "no answer to ApiVersions within 5 s"
    )

    [hung] = judge("broker-down", hanging, table, LIMIT_2).findings
    [gone] = judge("broker-down", brokers(down=[3]), table, LIMIT_2).findings

    assert "jstack" in hung.actions[0].text
    assert "start it again" in gone.actions[0].text


def test_is_silent_where_all_brokers_serve(judge):
    result = judge("broker-down", brokers(), partitions(partition_row("orders")), LIMIT_2)

    assert result.status == "ok"
    assert result.examined == "3 brokers"


def test_counts_what_is_refused_and_what_is_offline(judge):
    table = partitions(
        partition_row("orders", 0, isr=(1,)),
        partition_row("orders", 1, replicas=(3,), isr=(3,), leader=None),
    )

    [finding] = judge("broker-down", brokers(down=[2, 3]), table, LIMIT_2).findings[1:]

    assert finding.evidence["refusing_partitions"] == 1
    assert finding.evidence["leaderless_partitions"] == 1
    assert "Nobody can read or write 1 partition now." in finding.impact
    assert "Refusing acks=all writes now: 1 partition." in finding.impact


def test_a_broker_that_only_we_cannot_reach_is_not_down(judge):
    """It is in sync and leads: a wrong advertised address, not a dead broker."""
    table = partitions(partition_row("orders"), partition_row("orders", 1, replicas=(3, 1, 2)))

    assert judge("broker-down", brokers(silent=[3]), table, LIMIT_2).status == "ok"


def test_a_silent_broker_that_is_out_of_every_isr_is_down(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    [finding] = judge("broker-down", brokers(silent=[3]), table, LIMIT_2).findings

    assert finding.confidence == "likely"


def test_a_last_in_sync_replica_without_a_leader_proves_no_life(judge):
    """The controller leaves the last member in the ISR although it is gone."""
    table = partitions(partition_row("orders", replicas=(3,), isr=(3,), leader=None))

    [finding] = judge("broker-down", brokers(down=[3]), table, LIMIT_2).findings

    assert partition("orders", 0) in finding.covers


def test_a_fenced_broker_that_answers_is_unheard_by_the_controller(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    [finding] = judge("broker-down", brokers(fenced=[3]), table, LIMIT_2).findings

    assert finding.symptom.startswith("Broker 3 is fenced: it answers, but the controller does not")
    assert finding.confidence == "likely"


def test_a_fenced_broker_that_is_silent_is_certainly_down(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    [finding] = judge("broker-down", brokers(fenced=[3], silent=[3]), table, LIMIT_2).findings

    assert finding.confidence == "certain"


def test_a_decommissioned_broker_that_is_still_registered_is_a_warning(judge):
    table = partitions(partition_row("orders"))

    [finding] = judge("broker-down", brokers(1, 2, 3, 4, fenced=[4], silent=[4]), table).findings

    assert finding.severity == "warning"
    assert "--id 4" in finding.actions[1].command


def test_without_the_limits_the_impact_says_that_it_is_not_known(judge):
    table = partitions(partition_row("orders", isr=(1, 2)))

    [finding] = judge("broker-down", brokers(down=[3]), table).findings

    assert "not known" in finding.impact
    assert "at_limit_partitions" not in finding.evidence


def test_is_unknown_without_the_brokers(judge):
    result = judge(
        "broker-down",
        partitions(partition_row("orders")),
        LIMIT_2,
        absent={Brokers: Missing("timed out", "Describe on the cluster")},
    )

    assert result.status == "unknown"
    assert result.needs == "Describe on the cluster"


def test_each_of_several_explains_its_part_and_only_its_part(judge):
    table = partitions(
        partition_row("orders", 0, isr=(1,)),
        partition_row("orders", 1, isr=(1, 3)),
        partition_row("orders", 2, replicas=(1, 3, 4), isr=(1, 4)),
        partition_row("orders", 3, replicas=(2, 4, 1), isr=(1,)),
    )

    both = judge("broker-down", brokers(1, 2, 3, 4, down=[2, 3]), table, LIMIT_2)
    covers = {finding.subject: finding.covers for finding in both.findings}

    # Broker 3 is in sync for orders-1 and only silent, so broker 2 alone is down.
    assert set(covers) == {broker(2)}
    assert covers[broker(2)] == {broker(2), partition("orders", 1)}


def test_two_down_brokers_explain_a_partition_that_misses_both(judge):
    table = partitions(
        partition_row("orders", 0, replicas=(1, 2, 3), isr=(1,)),
        partition_row("orders", 1, replicas=(1, 2, 4), isr=(1,)),
    )

    findings = judge("broker-down", brokers(1, 2, 3, 4, down=[2, 3]), table, LIMIT_2).findings

    assert findings[0].covers == {broker(2), partition("orders", 0)}
    assert findings[1].covers == {broker(3), partition("orders", 0)}


def report_on(registry, *sections):
    ids = ("broker-down", "offline-partition", "under-min-isr", "at-min-isr", "under-replicated")
    checks = {id_: registry.get(id_) for id_ in ids}
    held = {type(section): section for section in sections}
    results = run(list(checks.values()), Snapshot(taken_at=NOW, sections=held), {})
    return correlate(results, checks, "cluster")


def test_three_hundred_partitions_fold_under_one_broker_and_the_other_fault_stays(registry):
    """orders-300 misses broker 2 as well, which is up: a fault of its own."""
    table = partitions(
        *(partition_row("orders", n, isr=(1, 2)) for n in range(300)),
        partition_row("orders", 300, isr=(1,)),
        partition_row("orders", 301, replicas=(3,), isr=(3,), leader=None),
    )

    reported = report_on(registry, brokers(down=[3]), table, LIMIT_2, NONE_MOVING)

    roots = [item for item in reported if item.is_root]
    assert [item.check for item in roots] == ["broker-down", "under-min-isr"]
    assert roots[1].finding.subject == partition("orders", 300)
    folded = {
        (item.check, item.object_count)
        for item in reported
        if item.explained_by == roots[0].fingerprint
    }
    assert folded == {("offline-partition", 1), ("at-min-isr", 300), ("under-replicated", 300)}


def test_a_partition_that_also_misses_a_live_broker_stays_visible(registry):
    table = partitions(
        partition_row("orders", 0, isr=(1, 2)),
        partition_row("orders", 1, replicas=(1, 2, 3, 4), isr=(1, 4)),
    )

    reported = report_on(registry, brokers(1, 2, 3, 4, down=[3]), table, LIMIT_2, NONE_MOVING)

    roots = [(item.check, item.finding.subject) for item in reported if item.is_root]
    assert ("at-min-isr", partition("orders", 1)) in roots
    assert ("at-min-isr", partition("orders", 0)) not in roots


def test_an_offline_partition_with_a_live_replica_stays_visible(registry):
    table = partitions(partition_row("orders", isr=(3,), leader=None))

    reported = report_on(registry, brokers(down=[3]), table, LIMIT_2, NONE_MOVING)

    roots = {item.check for item in reported if item.is_root}
    assert roots == {"broker-down", "offline-partition"}


def test_a_registration_is_removed_by_hand_on_kraft_only(judge):
    table = partitions(partition_row("orders", replicas=(1, 2), isr=(1, 2)))

    [kraft] = judge("broker-down", brokers(fenced=[3]), table, LIMIT_2, cluster()).findings
    old = cluster("zookeeper", "3.9")
    [with_zookeeper] = judge("broker-down", brokers(fenced=[3]), table, LIMIT_2, old).findings

    assert "unregister" in kraft.actions[1].command
    assert len(with_zookeeper.actions) == 1
