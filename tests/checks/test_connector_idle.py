from dataclasses import replace

import pytest

from kdiag.finding import Finding, connector, group
from kdiag.fold import Said, fold
from kdiag.pipeline_sections import ReplicationSlots
from kdiag.snapshot import Missing
from tests.databases import DEBEZIUM, ENDPOINT, connectors, servers, settings, slots, tasks
from tests.lag_scenes import Part, Scene
from tests.tables import ago, facts

ID = "connector-idle"
CONFIG = {
    "connector.class": DEBEZIUM,
    "database.hostname": "db.example",
    "database.dbname": "shop",
    "topic.prefix": "shop",
}
SINK = {"connector.class": "org.example.Sink", "consumer.override.group.id": "app"}
UNREAD = {"is_active": False}
QUIET = Scene([Part(writes=0, reads=0)], topic="shop.orders")
STUCK = Scene([Part(lag=9_000, stands=900)] * 3, topic="shop.orders")
DOWN = {f"endpoint {ENDPOINT}": Missing("db.example:5432 refuses connections")}


def pipeline(state="RUNNING", task="RUNNING", config=CONFIG, sink="RUNNING", sink_task="RUNNING"):
    """A source of changes and the sink behind it."""
    return [
        connectors(
            {"connector": "shop-source", "state": state},
            {"connector": "lake", "type": "sink", "state": sink},
        ),
        tasks(("shop-source", task), ("lake", sink_task)),
        settings({"shop-source": config, "lake": SINK}),
    ]


def told(judge, now, before, state="RUNNING", config=CONFIG, scene=QUIET, id_=ID):
    """Judge a source and its slot, as it is and as it was ten seconds before."""
    return judge(
        id_,
        slots(now),
        *pipeline(state, config=config),
        *scene.now(),
        earlier=[slots(before, at=ago(10)), *scene.then()],
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
        *pipeline(task="FAILED"),
        *QUIET.now(),
        earlier=[slots(UNREAD, at=ago(10)), *QUIET.then()],
    )

    assert result.status == "ok"


def test_a_source_of_another_slot_is_not_meant(judge):
    other = {**CONFIG, "slot.name": "debezium_2"}

    assert told(judge, UNREAD, UNREAD, config=other).status == "ok"


def test_without_sinks_and_slots_there_is_nothing_to_judge(judge):
    result = judge(
        ID,
        slots(),
        connectors({"connector": "files"}),
        tasks(("files", "RUNNING")),
        settings({"files": {"connector.class": "org.example.Files"}}),
        *QUIET.now(),
        earlier=QUIET.then(),
    )

    assert result.status == "not_applicable"


def test_is_unknown_where_the_database_does_not_answer(judge):
    result = judge(
        ID,
        *pipeline(),
        *QUIET.now(),
        earlier=QUIET.then(),
        absent={ReplicationSlots: Missing("postgresql://db:5432/shop is down")},
    )

    assert result.status == "unknown"


def test_one_that_holds_much_is_critical_and_explains_its_slot(judge, registry):
    much = {**UNREAD, "kept_bytes": 1 << 30}
    [found] = told(judge, much, much).findings
    [grows] = told(judge, much, much, id_="replication-slot-growth").findings

    root, child = (
        Said(registry.get(id_), one)
        for id_, one in ((ID, found), ("replication-slot-growth", grows))
    )

    assert found.severity == "critical"
    assert fold([root, child]).roots == {child: root}


def test_a_source_that_holds_little_is_as_severe_as_its_critical_slot(judge, registry):
    few = {**UNREAD, "kept_bytes": 2 << 20}
    [found] = told(judge, few, few).findings
    result = judge(
        "replication-slot-growth", slots(few), *pipeline(), *QUIET.now(), unread_bytes=1 << 20
    )
    said = [
        Said(registry.get(ID), found),
        *(Said(registry.get(result.check), one) for one in result.findings),
    ]

    folds = fold(said)

    assert [item.finding.severity for item in said] == ["warning", "critical"]
    assert folds.roots == {said[1]: said[0]}
    assert folds.severities == {said[0]: "critical"}


def test_a_slot_stays_in_sight_where_the_source_is_but_a_note_or_the_slot_is_lost(judge, registry):
    much = {**UNREAD, "kept_bytes": 1 << 30}
    for odd in ({**much, "is_visited": True}, {**much, "wal_status": "lost"}):
        said = [
            Said(registry.get(id_), one)
            for id_ in (ID, "replication-slot-growth")
            for one in told(judge, odd, odd, id_=id_).findings
        ]

        assert len(said) == 2
        assert fold(said).roots == {}


def test_the_chain_is_told_from_the_database_to_the_sink(judge):
    [finding] = told(judge, UNREAD, UNREAD).findings

    assert finding.cause.endswith(
        "Chain: slot debezium holds 1000 B, read by nobody → source shop-source RUNNING (stands) → "
        "topics with 1 partition, 0 records in 5 s → sink lake RUNNING, 0 records behind."
    )


def test_the_chain_tells_how_late_the_last_change_was(judge):
    result = judge(
        ID,
        slots(UNREAD),
        *pipeline(),
        facts({"worker 10.1.0.9:8083": {("source-behind", "shop"): 1.5}}),
        *QUIET.now(),
        earlier=[slots(UNREAD, at=ago(10)), *QUIET.then()],
    )

    assert "RUNNING, its last change 1.5 s late (stands)" in result.findings[0].cause


def without_database(judge, scene=QUIET, errors=DOWN, config=CONFIG, **more):
    return judge(
        ID,
        servers(errors),
        slots(errors=errors),
        *pipeline(config=config, **more),
        *scene.now(),
        earlier=[slots(errors=errors, at=ago(10)), *scene.then()],
    )


def test_a_source_whose_database_does_not_answer_is_named_with_it(judge):
    [finding] = without_database(judge).findings

    assert finding.subject == connector("shop-source")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.evidence["stands_at"] == "database"
    assert finding.cause.startswith("db.example:5432 refuses connections, asked from here.")
    assert f"{ENDPOINT} does not answer (stands) → source" in finding.cause


def test_it_is_only_possible_while_records_come(judge):
    [finding] = without_database(judge, replace(QUIET, parts=[Part()])).findings

    assert finding.confidence == "possible"


@pytest.mark.parametrize(
    ("errors", "config"),
    [
        ({f"endpoint {ENDPOINT}": Missing("refuses us", "a password")}, CONFIG),
        (DOWN, {**CONFIG, "database.hostname": "other.example"}),
        (DOWN, {**CONFIG, "database.port": "5433"}),
    ],
    ids=["refuses us", "of another host", "of another port"],
)
def test_what_is_not_known_of_the_database_is_unknown(judge, errors, config):
    assert without_database(judge, errors=errors, config=config).status == "unknown"


def test_a_paused_source_waits_for_no_database(judge):
    assert without_database(judge, state="PAUSED").status == "unknown"


def sink(judge, scene=STUCK, **more):
    return judge(
        ID,
        slots({}),
        *pipeline(**more),
        *scene.now(),
        earlier=[slots({}, at=ago(10)), *scene.then()],
    )


def test_a_sink_that_hangs_is_the_root_of_its_lag(judge, registry):
    [found] = sink(judge).findings
    [lag] = judge("stuck-consumer", *STUCK.now(), earlier=STUCK.then()).findings

    root, child = Said(registry.get(ID), found), Said(registry.get("stuck-consumer"), lag)

    assert found.subject == connector("lake")
    assert (found.severity, found.evidence["stands_at"]) == ("critical", "sink")
    assert found.covers == {group("app")}
    assert "sink lake RUNNING, 27,000 records behind (stands)" in found.cause
    assert list(fold([root, child]).roots.values()) == [root]


def test_a_sink_whose_group_is_ill_is_told_as_that(judge, registry):
    [found] = sink(judge).findings
    storm = Finding("critical", group("app"), "It rebalances.", "Nobody reads.")

    root = Said(registry.get("rebalance-storm"), replace(storm, covers=frozenset([group("app")])))
    child = Said(registry.get(ID), found)

    assert fold([root, child]).roots == {child: root}


@pytest.mark.parametrize(
    ("scene", "more"),
    [
        (QUIET, {}),
        (replace(STUCK, parts=[Part(lag=90)]), {}),
        (replace(STUCK, parts=[Part(lag=9_000, stands=200)] * 3, gap=600), {}),
        (STUCK, {"sink": "PAUSED"}),
        (STUCK, {"sink_task": "FAILED"}),
    ],
    ids=["nothing to do", "moves", "commits rarely", "paused", "failed"],
)
def test_a_sink_that_is_well_or_not_running_is_left_alone(judge, scene, more):
    assert sink(judge, scene, **more).status == "ok"


def test_a_source_and_its_sink_both_stand_the_first_is_marked(judge):
    stuck = told(judge, UNREAD, UNREAD, scene=STUCK).findings

    assert {one.evidence["stands_at"] for one in stuck} == {"source", "sink"}
    assert all("source shop-source RUNNING (stands)" in one.cause for one in stuck)
