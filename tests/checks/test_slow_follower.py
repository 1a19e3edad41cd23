from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import broker, partition
from kdiag.sections import Brokers, Partitions
from kdiag.snapshot import Missing, Snapshot
from tests.tables import (
    NOW,
    broker_configs,
    brokers,
    facts,
    partition_row,
    partitions,
    reassignments,
    topic_configs,
)

STEADY, ALIVE = reassignments({}), brokers()
SHORT = partitions(
    partition_row("orders", 0, isr=(1, 2)),
    partition_row("orders", 1, replicas=(2, 3, 1), isr=(2, 1)),
    partition_row("orders", 2),
)


def fetchers(**told):
    """Return what broker 3 says of its fetchers: it lags, and gave nothing up."""
    usual = {
        "replica-max-lag": 52_000.0,
        "replica-min-fetch-rate": 0.4,
        "replica-failed-partitions": 0.0,
        "replica-dead-threads": 0.0,
        "uptime": 1e6,
    }
    return facts({"broker 3": usual | {key.replace("_", "-"): v for key, v in told.items()}})


def test_fires_where_all_short_partitions_miss_one_live_broker(judge):
    [finding] = judge("slow-follower", SHORT, STEADY, ALIVE).findings

    assert finding.subject == broker(3)
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["missing_partitions"] == 2
    assert finding.covers == {broker(3), partition("orders", 0), partition("orders", 1)}


def test_its_fetchers_tell_how_far_it_is_behind(judge):
    [finding] = judge("slow-follower", SHORT, STEADY, ALIVE, fetchers()).findings

    assert finding.confidence == "certain"
    assert finding.evidence["max_lag_records"] == 52_000
    assert finding.evidence["min_fetches_per_second"] == 0.4
    assert "52,000 records behind" in finding.symptom


def test_is_critical_where_writes_are_refused(judge):
    table = partitions(*(partition_row("orders", n, (1, 3), isr=(1,)) for n in range(2)))
    limit = topic_configs({"orders": {"min.insync.replicas": "2"}})

    [finding] = judge("slow-follower", table, STEADY, ALIVE, limit).findings

    assert finding.severity == "critical"
    assert finding.evidence["refusing_partitions"] == 2


def test_what_it_explains_folds_under_it(registry):
    checks = {id_: registry.get(id_) for id_ in ("slow-follower", "under-replicated")}
    held = {type(each): each for each in (SHORT, STEADY, ALIVE)}
    results = run(list(checks.values()), Snapshot(taken_at=NOW, sections=held), {})

    reported = correlate(results, checks, "cluster")

    assert [item.check for item in reported if item.is_root] == ["slow-follower"]


def test_is_silent_where_the_broker_is_down(judge):
    table = partitions(*(partition_row("orders", n, isr=(1, 2)) for n in range(3)))

    assert judge("slow-follower", table, STEADY, brokers(1, 2, 3, down=[3])).status == "ok"


def test_fires_beside_another_broker_that_is_down(judge):
    table = partitions(
        *(partition_row("orders", n, (1, 2, 3, 4), isr=(1, 2)) for n in range(2)),
        partition_row("orders", 2, (1, 2, 3)),
    )

    [finding] = judge("slow-follower", table, STEADY, brokers(1, 2, 3, 4, down=[4])).findings

    assert finding.subject == broker(3)
    assert finding.covers == {broker(3)}


def test_is_silent_where_several_live_brokers_are_missed(judge):
    table = partitions(
        partition_row("orders", 0, isr=(1, 2)), partition_row("orders", 1, isr=(1, 3))
    )

    assert judge("slow-follower", table, STEADY, ALIVE).status == "ok"


def test_is_silent_for_a_single_partition(judge):
    table = partitions(partition_row("orders", 0, isr=(1, 2)), partition_row("orders", 1))

    assert judge("slow-follower", table, STEADY, ALIVE).status == "ok"


def test_a_broker_that_has_just_started_is_catching_up(judge):
    assert judge("slow-follower", SHORT, STEADY, ALIVE, fetchers(uptime=90.0)).status == "ok"


def test_without_jmx_a_broker_that_only_joins_isrs_is_catching_up(judge):
    before = partitions(*(partition_row("orders", n, isr=(1, 2)) for n in (0, 2)))
    now = partitions(
        *(partition_row("orders", n, isr=(1, 2)) for n in (0, 1)), partition_row("orders", 2)
    )

    assert judge("slow-follower", now, STEADY, ALIVE, earlier=[before]).status == "ok"


def test_failed_partitions_and_offline_directories_are_left_to_their_checks(judge):
    offline = partitions(
        *(partition_row("orders", n, isr=(1, 2), offline_replicas=(3,)) for n in range(2))
    )

    failed = judge("slow-follower", SHORT, STEADY, ALIVE, fetchers(replica_failed_partitions=2.0))

    assert failed.status == "ok"
    assert judge("slow-follower", offline, STEADY, ALIVE).status == "ok"


def test_replicas_that_a_reassignment_adds_are_not_missing(judge):
    table = partitions(*(partition_row("orders", n, (1, 2, 3, 4), isr=(1, 2, 3)) for n in range(2)))
    moving = reassignments({("orders", n): (4,) for n in range(2)})

    assert judge("slow-follower", table, moving, brokers(1, 2, 3, 4)).status == "ok"


def test_is_unknown_without_partitions_or_brokers(judge):
    for section in (Partitions, Brokers):
        sections = [each for each in (SHORT, STEADY, ALIVE) if type(each) is not section]
        result = judge("slow-follower", *sections, absent={section: Missing("timed out")})

        assert result.status == "unknown"


def throttled(replicas, rate=1024):
    """Return a rate of broker 3, and the replicas of a topic that it holds."""
    key = "follower.replication.throttled."
    return (
        broker_configs({3: {f"{key}rate": str(rate)}, 1: {f"{key}rate": str((1 << 63) - 1)}}),
        topic_configs({"orders": {f"{key}replicas": replicas}}),
    )


def test_a_throttle_that_holds_it_is_the_cause_and_goes_by_one_command(judge):
    for replicas in ("*", "0:3,1:3"):
        told = throttled(replicas)

        [finding] = judge("slow-follower", SHORT, STEADY, ALIVE, *told).findings

        assert finding.cause == "A throttle of 1 KiB a second holds its copies of orders back."
        assert finding.evidence["throttled_topics"] == ["orders"]
        assert finding.actions[0].command.endswith("follower.replication.throttled.rate")


def test_with_a_throttle_a_young_broker_is_not_just_catching_up(judge):
    young = fetchers(uptime=30.0)

    assert judge("slow-follower", SHORT, STEADY, ALIVE, young).status == "ok"
    assert judge("slow-follower", SHORT, STEADY, ALIVE, young, *throttled("*")).findings


def test_a_throttle_of_other_replicas_or_without_a_rate_is_no_cause(judge):
    for told in (throttled("0:2"), throttled("*", rate=(1 << 63) - 1), throttled("")):
        [finding] = judge("slow-follower", SHORT, STEADY, ALIVE, *told).findings

        assert "disk, network, or" in finding.cause


def test_each_broker_that_a_throttle_holds_is_told(judge):
    table = partitions(
        partition_row("orders", 0, isr=(1, 2)), partition_row("orders", 1, isr=(1, 3))
    )
    key = "follower.replication.throttled."
    rates = broker_configs({2: {f"{key}rate": "1024"}, 3: {f"{key}rate": "1024"}})
    held = topic_configs({"orders": {f"{key}replicas": "*"}})

    findings = judge("slow-follower", table, STEADY, ALIVE, rates, held).findings

    assert [finding.subject for finding in findings] == [broker(2), broker(3)]
    assert judge("slow-follower", table, STEADY, ALIVE).status == "ok"
