import pytest

from kdiag.correlate import correlate
from kdiag.engine import run
from kdiag.finding import partition, topic
from kdiag.sections import Facts, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from tests.checks.held import LOG, scene
from tests.tables import NOW, ago, facts, offsets, producers, topic_configs, transactions

DEFAULTS = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.5",
    "min.compaction.lag.ms": "0",
}
CLEAN = facts({"broker 1": {"max-dirty-ratio": 0.3, "cleaner-dead-threads": 0.0}})
FRESH = facts({"broker 1": {"max-dirty-ratio": 1.0, "cleaner-dead-threads": 0.0}})
WRITER = {"transactional_id": "writer"}
IDLE = [offsets({LOG: 180}), transactions(WRITER), producers()]
IDLE_THEN = [offsets({LOG: 180}, ago(6)), transactions(WRITER, at=ago(6)), producers(at=ago(6))]


def orders(**more):
    changed = {key.replace("_", "."): value for key, value in more.items()}
    return topic_configs({"orders": DEFAULTS | changed})


def test_fires_where_a_transaction_stays_open(judge):
    now, then = scene()

    [finding] = judge("compaction-pinned", orders(), CLEAN, *now, earlier=then).findings

    assert finding.subject == partition("orders", 0)
    assert finding.severity == "warning"
    assert finding.evidence == {"last_stable_offset": 100, "held_records": 100}


def test_folds_under_the_transaction(registry):
    now, then = scene()
    ids = ("compaction-pinned", "open-transaction-pins-lso")
    checks = {id_: registry.get(id_) for id_ in ids}
    before = Snapshot(taken_at=ago(6), sections={type(each): each for each in then})
    held = {type(each): each for each in (orders(), CLEAN, *now)}
    results = run(list(checks.values()), Snapshot(taken_at=NOW, sections=held, earlier=before), {})

    reported = correlate(results, checks, "cluster")

    assert [item.check for item in reported if item.is_root] == ["open-transaction-pins-lso"]


def test_fires_where_a_topic_waits_until_nearly_all_is_old(judge):
    configs = orders(min_cleanable_dirty_ratio="0.99")

    [finding] = judge("compaction-pinned", configs, FRESH, *IDLE, earlier=IDLE_THEN).findings

    assert finding.subject == topic("orders")
    assert finding.evidence == {"min_cleanable_ratio": 0.99, "max_dirty_ratio": 1.0}
    assert "--add-config min.cleanable.dirty.ratio=0.5" in finding.actions[0].command


def test_fires_where_records_may_never_be_compacted(judge):
    configs = orders(min_compaction_lag_ms=str(2**63 - 1))

    [finding] = judge("compaction-pinned", configs, CLEAN, *IDLE, earlier=IDLE_THEN).findings

    assert finding.subject == topic("orders")
    assert finding.confidence == "certain"


@pytest.mark.parametrize("name", ["orders", "__consumer_offsets"])
def test_a_segment_that_has_just_rolled_is_dirty_and_no_fault(judge, name):
    """It was the active one and grew to its full size; the cleaner takes it next."""
    configs = topic_configs({name: DEFAULTS})

    assert judge("compaction-pinned", configs, FRESH, *IDLE, earlier=IDLE_THEN).status == "ok"


def test_a_high_ratio_that_nothing_waits_for_is_silent(judge):
    configs = orders(min_cleanable_dirty_ratio="0.99")

    assert judge("compaction-pinned", configs, CLEAN, *IDLE, earlier=IDLE_THEN).status == "ok"


def test_a_dead_cleaner_is_left_to_compaction_stopped(judge):
    dead = facts({"broker 1": {"max-dirty-ratio": 1.0, "cleaner-dead-threads": 1.0}})
    configs = orders(min_cleanable_dirty_ratio="0.99")

    assert judge("compaction-pinned", configs, dead, *IDLE, earlier=IDLE_THEN).status == "ok"


def test_topics_that_are_not_compacted_are_silent(judge):
    now, then = scene()
    configs = orders(cleanup_policy="delete", min_compaction_lag_ms=str(2**63 - 1))

    assert judge("compaction-pinned", configs, FRESH, *now, earlier=then).status == "ok"


def test_a_busy_transactional_workload_is_silent(judge):
    now, then = scene(stable=(100, 150), open_seconds=2, silent_seconds=0.1)

    assert judge("compaction-pinned", orders(), CLEAN, *now, earlier=then).status == "ok"


def test_silence_is_unknown_without_jmx_and_without_the_settings(judge):
    no_jmx = {Facts: Missing("JMX was not read", "--jmx")}
    hidden = {TopicConfigs: Missing("not authorised", "DescribeConfigs on Topic *")}

    without = judge("compaction-pinned", orders(), *IDLE, earlier=IDLE_THEN, absent=no_jmx)

    assert (without.status, without.needs) == ("unknown", "--jmx")
    assert judge("compaction-pinned", CLEAN, *IDLE, absent=hidden).status == "unknown"
