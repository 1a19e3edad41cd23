import re
from dataclasses import replace

import numpy
import pytest

from kdiag.exporter.compat import COMPAT
from kdiag.exporter.exposition import page
from kdiag.exporter.metrics import native
from kdiag.finding import NotApplicable
from kdiag.pipeline_sections import (
    CONNECT_SECTIONS,
    KSQLDB_SECTIONS,
    POSTGRES_SECTIONS,
    REGISTRY_SECTIONS,
    KsqlServers,
    ReplicationSlots,
)
from kdiag.sections import Commits, LogDirs, Partitions, Reassignments, TopicConfigs
from kdiag.snapshot import Missing
from tests.connect_tables import OTHER, URL
from tests.databases import ENDPOINT, slots
from tests.exporter.scenes import REGISTRY, SECOND_REGISTRY, sections, seen, snapshot, told
from tests.ksqldb_tables import URL as KSQLDB
from tests.ksqldb_tables import ksql_servers
from tests.tables import commits, partition_row, partitions, reassignments

DENIED = Missing("not authorised", "Describe on Group *")


@pytest.fixture(scope="module")
def families():
    return list(native(seen()))


def test_names_and_labels_are_as_prometheus_wants_them(families):
    for family in families:
        assert re.fullmatch(r"kdiag_[a-z0-9_]+", family.name)
        assert not family.name.endswith(("_total", "_info", "_sum", "_count", "_bucket"))
        assert family.help.endswith(".")
        assert all(re.fullmatch(r"[a-z_]+", label) for label in family.labels)
        assert len(family.columns) == len(family.labels)
    names = [family.name for family in families]
    assert len(names) == len(set(names))


def test_partitions_are_counted_by_what_is_wrong_with_them(families):
    assert told(families, "kdiag_partitions")[()] == 3
    assert told(families, "kdiag_partitions_offline")[()] == 1
    assert told(families, "kdiag_partitions_under_replicated")[()] == 3
    assert told(families, "kdiag_partitions_under_min_isr")[()] == 2
    assert told(families, "kdiag_partitions_at_min_isr")[()] == 1
    assert told(families, "kdiag_partitions_not_preferred")[()] == 1
    assert told(families, "kdiag_partitions_reassigning")[()] == 1
    assert told(families, "kdiag_topic_partitions_under_min_isr") == {
        ("orders",): 1,
        ("audit",): 1,
    }


def test_a_full_isr_at_the_limit_is_no_lack():
    """Two copies with min.insync.replicas=2: all are there."""
    held = [each for each in sections() if not isinstance(each, Partitions)]
    whole = partitions(partition_row("orders", 0, (1, 2)))

    families = list(native(seen(snapshot([*held, whole]))))

    assert told(families, "kdiag_partitions_at_min_isr")[()] == 0


def test_replicas_that_are_being_added_are_not_missed():
    held = [each for each in sections() if not isinstance(each, Partitions | Reassignments)]
    moved = partitions(
        partition_row("orders", 0, (1, 2, 4), isr=(1, 2)),
        partition_row("orders", 1, (1, 2, 4), isr=(1,)),
    )
    moving = reassignments({("orders", 0): (4,), ("orders", 1): (4,)})

    families = list(native(seen(snapshot([*held, moved, moving]))))

    assert told(families, "kdiag_partitions_under_replicated")[()] == 1


def test_a_failed_task_is_told_although_the_connector_runs(families):
    key = (URL, "s3")

    assert told(families, "kdiag_connect_connector_state")[*key, "RUNNING"] == 1
    assert told(families, "kdiag_connect_connector_state")[*key, "FAILED"] == 0
    assert told(families, "kdiag_connect_connector_tasks")[*key, "FAILED"] == 1
    assert told(families, "kdiag_connect_connector_tasks")[*key, "RUNNING"] == 1
    assert told(families, "kdiag_connect_worker_up") == {(URL,): 1, (OTHER,): 0}


def test_a_sink_has_the_time_of_its_last_commit_once_that_is_known(families):
    name = "kdiag_connect_sink_last_commit_timestamp_seconds"
    later = list(native(seen(committed_at={"connect-s3": 1234.5, "billing": 5.0})))

    assert told(families, name) == {}
    assert told(later, name) == {(URL, "s3", "connect-s3"): 1234.5}


def test_a_slot_that_nobody_reads_is_told_with_what_it_keeps(families):
    read, left = (ENDPOINT, "debezium"), (ENDPOINT, "left")

    assert told(families, "kdiag_postgres_slot_active") == {read: 1, left: 0}
    assert told(families, "kdiag_postgres_slot_kept_bytes")[left] == 1 << 20
    assert told(families, "kdiag_postgres_slot_behind_bytes")[read] == 100
    assert set(told(families, "kdiag_postgres_slot_lost").values()) == {0}
    assert told(families, "kdiag_postgres_slot_safe_bytes") == {}
    assert sorted(told(families, "kdiag_postgres_up").values()) == [0, 1]


@pytest.mark.parametrize(
    "given", [{"wal_status": "lost"}, {"wal_status": "reserved", "invalidation": "wal_removed"}]
)
def test_a_slot_that_was_given_up_is_lost(given):
    held = [each for each in sections() if not isinstance(each, ReplicationSlots)]

    families = list(native(seen(snapshot([*held, slots(given)]))))

    assert told(families, "kdiag_postgres_slot_lost") == {(ENDPOINT, "debezium"): 1}


def test_registries_tell_the_global_level_and_how_many_subjects_have_which(families):
    later = list(native(seen(subjects={(REGISTRY, "NONE"): 2, (REGISTRY, "FULL"): 5})))
    name = "kdiag_schema_registry_subjects_by_compatibility"

    assert told(families, "kdiag_schema_registry_up") == {(REGISTRY,): 1, (SECOND_REGISTRY,): 0}
    assert told(families, "kdiag_schema_registry_compatibility") == {(REGISTRY, "BACKWARD"): 1}
    assert told(families, name) == {}
    assert told(later, name) == {(REGISTRY, "FULL"): 5, (REGISTRY, "NONE"): 2}


def test_a_query_is_in_one_state(families):
    states = told(families, "kdiag_ksqldb_query_state")

    assert sorted(told(families, "kdiag_ksqldb_server_up").values()) == [0, 1]
    assert states["default_", "CSAS_PAID_9", "ERROR"] == 1
    assert states["default_", "CSAS_PAID_9", "RUNNING"] == 0
    assert states["default_", "CTAS_TOTALS_7", "RUNNING"] == 1


def test_a_server_of_which_only_the_health_is_not_known_is_up():
    held = [each for each in sections() if not isinstance(each, KsqlServers)]
    unseen = {f"endpoint {KSQLDB}/healthcheck": Missing("HTTP 403")}

    families = list(native(seen(snapshot([*held, ksql_servers(errors=unseen)]))))

    assert told(families, "kdiag_ksqldb_server_up")[(KSQLDB,)] == 1
    assert len(told(families, "kdiag_ksqldb_server_up")) == 2


@pytest.mark.parametrize(
    ("sections_of", "word"),
    [
        (CONNECT_SECTIONS, "connect_"),
        (POSTGRES_SECTIONS, "postgres"),
        (REGISTRY_SECTIONS, "schema_"),
        (KSQLDB_SECTIONS, "ksqldb"),
    ],
)
def test_what_was_not_configured_is_not_told(sections_of, word):
    held = [each for each in sections() if type(each) not in sections_of]
    absent = dict.fromkeys(sections_of, NotApplicable("none was given"))
    taken = snapshot(held)

    families = list(native(seen(replace(taken, sections={**taken.sections, **absent}))))

    assert families
    assert not [family.name for family in families if word in family.name]


def test_lag_is_counted_from_where_a_reader_can_go_on(families):
    assert told(families, "kdiag_consumergroup_lag_records") == {
        ("billing", "orders", "0"): 30,
        ("nightly", "orders", "0"): 90,
    }
    assert told(families, "kdiag_consumergroup_lost_records") == {("billing",): 0, ("nightly",): 6}
    assert told(families, "kdiag_consumergroup_committed_offset")["billing", "orders", "1"] == 250


def test_a_sum_has_what_is_known(families):
    assert told(families, "kdiag_consumergroup_sum_lag_records") == {
        ("billing",): 30,
        ("nightly",): 90,
    }
    assert told(families, "kdiag_consumergroup_topic_lag_records")["billing", "orders"] == 30


def test_seconds_of_lag_are_those_of_the_ages():
    def ages(rows, offsets):
        return numpy.array([{70: 12.5, 250: 0.0, 10: 40.0}[at] for at in offsets])

    families = list(native(seen(ages=ages)))

    assert told(families, "kdiag_consumergroup_lag_seconds") == {
        ("billing", "orders", "0"): 12.5,
        ("nightly", "orders", "0"): 40.0,
    }
    assert told(families, "kdiag_consumergroup_max_lag_seconds")["billing",] == 12.5


def test_a_caught_up_group_is_zero_seconds_behind_whatever_is_known():
    held = [each for each in sections() if not isinstance(each, Commits)]
    level = commits({("billing", "orders", 0): 100})

    families = list(native(seen(snapshot([*held, level]))))

    assert told(families, "kdiag_consumergroup_lag_seconds") == {("billing", "orders", "0"): 0}


def test_a_group_is_in_one_state_and_has_its_members(families):
    state = told(families, "kdiag_consumergroup_state")
    assert {key for key, value in state.items() if value} == {
        ("billing", "Stable"),
        ("nightly", "Empty"),
    }
    assert told(families, "kdiag_consumergroup_members") == {("billing",): 2, ("nightly",): 0}


def test_a_broker_that_is_down_is_not_registered(families):
    assert told(families, "kdiag_brokers")[()] == 2
    assert told(families, "kdiag_broker_registered") == {("1",): 1, ("2",): 1, ("3",): 0}
    assert told(families, "kdiag_broker_leaders") == {("1",): 2, ("2",): 0, ("3",): 0}
    assert told(families, "kdiag_broker_replicas") == {("1",): 2, ("2",): 2, ("3",): 3}


def test_sizes_are_in_bytes(families):
    assert told(families, "kdiag_broker_logs_bytes") == {("1", "/data"): 1300, ("2", "/data"): 900}
    assert told(families, "kdiag_topic_logs_bytes") == {("orders",): 2200}
    usable = told(families, "kdiag_broker_log_dir_usable_bytes")
    assert usable["1", "/data"] == 50 * 2**30


@pytest.mark.parametrize(
    ("section", "prefix"),
    [
        (Commits, "kdiag_consumergroup_lag_records"),
        (LogDirs, "kdiag_broker_log_dir"),
        (TopicConfigs, "kdiag_partitions_under_min_isr"),
        (Reassignments, "kdiag_partitions_reassigning"),
        (Partitions, "kdiag_partitions"),
    ],
)
def test_what_could_not_be_read_is_no_series(section, prefix):
    held = [each for each in sections() if not isinstance(each, section)]

    families = list(native(seen(snapshot(held, {section: DENIED}))))

    assert not [family.name for family in families if family.name.startswith(prefix)]


def test_granularity_leaves_finer_series_out():
    levels = {family.level for family in native(seen(granularity="topic")) if len(family.values)}
    assert levels == {"cluster", "group", "topic"}
    levels = {family.level for family in native(seen(granularity="group")) if len(family.values)}
    assert levels == {"cluster", "group"}


def test_patterns_show_some_groups_and_topics():
    shown = seen(groups=re.compile("^b"), exclude_topics=re.compile("^audit$"))
    families = list(native(shown))

    assert set(told(families, "kdiag_consumergroup_members")) == {("billing",)}
    assert set(told(families, "kdiag_consumergroup_lag_records")) == {("billing", "orders", "0")}
    assert set(told(families, "kdiag_topic_partitions")) == {("orders",)}


def test_groups_have_the_limit_of_the_first_pattern_that_fits():
    slos = ((re.compile("^night"), 3600.0), (re.compile(""), 60.0))

    told_ = told(list(native(seen(lag_slos=slos))), "kdiag_consumergroup_lag_slo_seconds")
    assert told_ == {("billing",): 60, ("nightly",): 3600}
    assert told(list(native(seen())), "kdiag_consumergroup_lag_slo_seconds") == {}


def test_the_largest_lags_are_shown_where_only_some_are():
    families = list(native(seen(top=1)))

    assert told(families, "kdiag_consumergroup_lag_records") == {("nightly", "orders", "0"): 90}
    assert len(told(families, "kdiag_consumergroup_sum_lag_records")) == 2


@pytest.mark.parametrize("section", [type(each) for each in sections()])
def test_whatever_is_missing_the_rest_is_served(section):
    held = [each for each in sections() if not isinstance(each, section)]

    families = {
        name: page(make(seen(snapshot(held, {section: DENIED}))))
        for name, make in {"native": native, **_COMPAT}.items()
    }

    assert families["native"]
    for name, make in {"native": native, **_COMPAT}.items():
        assert page(make(seen(snapshot([])))) == {}, name


_COMPAT = {
    name: lambda held, compat=compat: compat.families(held, "prod")
    for name, compat in COMPAT.items()
}
