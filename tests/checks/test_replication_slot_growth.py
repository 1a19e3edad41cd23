import pytest

from kdiag.finding import slot
from kdiag.pipeline_sections import ReplicationSlots
from kdiag.snapshot import Missing
from tests.databases import DEBEZIUM, connectors, servers, settings, slots
from tests.tables import ago

ID = "replication-slot-growth"
GIB = 1 << 30


def twice(judge, now, before, *others, **tunables):
    """Judge a slot as it is, and as it was ten seconds before."""
    earlier = [slots(before, at=ago(10))]
    return judge(ID, slots(now), *others, earlier=earlier, **tunables)


def test_fires_on_a_slot_that_nobody_reads(judge):
    result = twice(
        judge,
        {"is_active": False, "kept_bytes": GIB + 10_000_000},
        {"is_active": False, "kept_bytes": GIB},
    )

    [finding] = result.findings
    assert finding.subject == slot("debezium")
    assert finding.severity == "critical"
    assert finding.evidence["kept_bytes_per_second"] == 1_000_000
    assert "PostgreSQL does not tell" in finding.impact


def test_names_the_connector_that_should_read_it(judge):
    config = {"connector.class": DEBEZIUM, "database.dbname": "shop"}

    result = judge(
        ID,
        slots({"is_active": False, "kept_bytes": GIB}),
        connectors({"connector": "shop-source", "state": "STOPPED"}),
        settings({"shop-source": config}),
    )

    assert "shop-source reads it, and is STOPPED" in result.findings[0].cause
    assert "no heartbeats" in result.findings[0].cause


def test_says_when_the_slot_is_given_up(judge):
    now = {"is_active": False, "kept_bytes": GIB + 1000, "safe_bytes": 60_000}

    [finding] = twice(judge, now, {"is_active": False, "kept_bytes": GIB}).findings

    assert finding.due == 600
    assert "given up in 10 min" in finding.impact


def test_says_when_the_volume_is_full_where_its_size_is_told(judge):
    now = {"is_active": False, "kept_bytes": GIB + 1000}
    told = {"wal_volume_bytes": 3 * GIB + 60_000}

    [finding] = twice(
        judge,
        now,
        {"is_active": False, "kept_bytes": GIB},
        servers(wal_bytes=3 * GIB),
        **told,
    ).findings

    assert "full in 10 min" in finding.impact


def test_fires_on_a_reader_that_falls_behind(judge):
    now = {"kept_bytes": 3 * GIB, "behind_bytes": 2 * GIB}

    [finding] = twice(judge, now, {"behind_bytes": 2 * GIB - 1000}).findings

    assert (finding.severity, finding.confidence) == ("critical", "certain")


def test_of_one_sample_it_is_only_possible_that_a_reader_falls_behind(judge):
    [finding] = judge(ID, slots({"behind_bytes": 2 * GIB})).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")


@pytest.mark.parametrize(
    "row",
    [
        {"wal_status": "lost", "is_active": False, "kept_bytes": None},
        {"wal_status": "unreserved", "is_active": False},
        {"wal_status": "reserved", "invalidation": "wal_removed"},
    ],
)
def test_fires_on_a_slot_that_is_given_up(judge, row):
    assert judge(ID, slots(row)).findings[0].severity == "critical"


def test_fires_on_a_small_slot_that_was_left_behind_long_ago(judge):
    """PostgreSQL 17 tells since when."""
    [finding] = judge(ID, slots({"is_active": False, "inactive_since": ago(7200)})).findings

    assert "for 2 h" in finding.symptom
    assert finding.since == ago(7200)


LOOK_ALIKES = {
    "read": ({}, {}),
    "drains": (
        {"behind_bytes": 2 * GIB, "kept_bytes": 3 * GIB},
        {"behind_bytes": 3 * GIB, "kept_bytes": 3 * GIB},
    ),
    "reader restarts": ({"is_active": False, "kept_bytes": 5000}, {}),
    "reader was there a moment ago": ({"is_active": False, "kept_bytes": GIB}, {}),
    "standby": (
        {"type": "physical", "plugin": None, "database": None, "behind_bytes": None},
        {"type": "physical", "plugin": None, "database": None, "behind_bytes": None},
    ),
    "standby that never came": (
        {"type": "physical", "is_active": False, "kept_bytes": None, "behind_bytes": None},
        {"type": "physical", "is_active": False, "kept_bytes": None, "behind_bytes": None},
    ),
    "snapshot": ({"is_temporary": True, "is_active": False, "kept_bytes": GIB}, {}),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_is_silent(judge, name):
    now, before = LOOK_ALIKES[name]

    assert twice(judge, now, before).status == "ok"


def test_does_not_apply_without_a_slot(judge):
    assert judge(ID, slots()).status == "not_applicable"


def test_is_unknown_where_the_database_does_not_answer(judge):
    result = judge(ID, absent={ReplicationSlots: Missing("postgresql://db:5432/shop is down")})

    assert result.status == "unknown"
    assert "is down" in result.reason
