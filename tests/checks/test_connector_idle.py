import pytest

from kdiag.finding import connector
from kdiag.pipeline_sections import ReplicationSlots
from kdiag.snapshot import Missing
from tests.databases import DEBEZIUM, connectors, settings, slots, tasks
from tests.tables import ago

ID = "connector-idle"
CONFIG = {"connector.class": DEBEZIUM, "database.dbname": "shop"}
UNREAD = {"is_active": False}


def told(judge, now, before, state="RUNNING", config=CONFIG):
    """Judge a source and its slot, as it is and as it was ten seconds before."""
    return judge(
        ID,
        slots(now),
        connectors({"connector": "shop-source", "state": state}),
        settings({"shop-source": config}),
        earlier=[slots(before, at=ago(10))],
    )


def test_fires_where_a_running_source_does_not_read_its_slot(judge):
    [finding] = told(judge, UNREAD, UNREAD).findings

    assert finding.subject == connector("shop-source")
    assert finding.severity == "warning"
    assert finding.evidence["stands_at"] == "source"


def test_is_only_a_note_while_it_may_take_its_first_snapshot(judge):
    [finding] = told(judge, {**UNREAD, "is_visited": True}, UNREAD).findings

    assert (finding.severity, finding.confidence) == ("info", "possible")


@pytest.mark.parametrize(
    ("now", "before", "state"),
    [
        ({}, {}, "RUNNING"),
        (UNREAD, {}, "RUNNING"),
        ({}, UNREAD, "RUNNING"),
        (UNREAD, UNREAD, "STOPPED"),
        (UNREAD, UNREAD, "PAUSED"),
        (UNREAD, UNREAD, "FAILED"),
    ],
    ids=["idle", "restarts", "came back", "stopped", "paused", "failed"],
)
def test_is_silent(judge, now, before, state):
    assert told(judge, now, before, state).status == "ok"


def test_one_whose_task_has_failed_is_another_fault(judge):
    result = judge(
        ID,
        slots(UNREAD),
        connectors({"connector": "shop-source"}),
        tasks(("shop-source", "FAILED")),
        settings({"shop-source": CONFIG}),
        earlier=[slots(UNREAD, at=ago(10))],
    )

    assert result.status == "ok"


def test_a_source_of_another_slot_is_not_meant(judge):
    other = {**CONFIG, "slot.name": "debezium_2"}

    assert told(judge, UNREAD, UNREAD, config=other).status == "not_applicable"


def test_is_unknown_where_the_database_does_not_answer(judge):
    result = judge(
        ID,
        connectors({"connector": "shop-source"}),
        settings({"shop-source": CONFIG}),
        absent={ReplicationSlots: Missing("postgresql://db:5432/shop is down")},
    )

    assert result.status == "unknown"
