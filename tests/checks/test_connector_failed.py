import pytest

from kdiag.finding import Finding, NotApplicable, connector, group, slot
from kdiag.fold import Said, fold
from kdiag.pipeline_sections import CONNECT_SECTIONS, Connectors
from kdiag.snapshot import Missing
from tests.connect_tables import OTHER, URL, configs, connectors, tasks

TRACE = "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded in error handler"
ROOT = "org.apache.kafka.connect.errors.DataException: Converting byte[] failed"


def scene(states, settings=None, **more):
    return (
        connectors({"connector": "s3", "task_count": len(states), **more}),
        tasks({"s3": states}, TRACE, ROOT),
        configs({"s3": settings or {"connector.class": "io.confluent.S3"}}),
    )


def test_a_task_that_failed_is_found_although_the_connector_runs(judge):
    [finding] = judge("connector-failed", *scene(["FAILED"])).findings

    assert finding.subject == connector("s3")
    assert finding.severity == "critical"
    assert finding.symptom == (
        "1 of 1 task of connector s3 is FAILED, while the connector is RUNNING."
    )
    assert finding.evidence["trace"] == TRACE
    assert finding.cause == f"{TRACE} Caused by: {ROOT}"
    assert finding.covers == {group("connect-s3")}
    assert finding.actions[0].command == f"curl -s {URL}/connectors/s3/status"
    assert finding.actions[1].effect == "disruptive"


def test_two_clusters_that_have_a_connector_of_one_name_are_told_apart(judge):
    rows = [{"connector": "s3", "state": "FAILED", "connect_cluster": at} for at in (URL, OTHER)]

    result = judge(
        "connector-failed",
        connectors(*rows, {"connector": "jdbc", "state": "FAILED"}),
        tasks({}),
        configs({}),
    )

    subjects = [finding.subject for finding in result.findings]
    assert subjects == [
        connector("s3", connect_cluster=URL),
        connector("s3", connect_cluster=OTHER),
        connector("jdbc"),
    ]
    assert str(subjects[0]) == f"connector s3 of {URL}"


def test_the_lag_of_a_group_without_members_folds_under_it(judge, registry):
    [found] = judge("connector-failed", *scene(["FAILED"])).findings
    dead = Finding("critical", group("connect-s3", "orders"), "It is dead.", "Nothing reads.")

    root = Said(registry.get("connector-failed"), found)
    symptom = Said(registry.get("group-dead"), dead)

    assert fold([symptom, root]).roots == {symptom: root}


def test_tasks_that_run_do_the_work_of_all_and_the_group_is_not_explained(judge):
    [finding] = judge("connector-failed", *scene(["RUNNING", "FAILED", "FAILED"])).findings

    assert finding.symptom.startswith("2 of 3 tasks of connector s3 are FAILED")
    assert finding.evidence["failed_tasks"] == (1, 2)
    assert finding.covers == frozenset()


def test_a_group_of_its_own_is_covered(judge):
    own = {"consumer.override.group.id": "billing"}

    [finding] = judge("connector-failed", *scene(["FAILED"], own)).findings

    assert finding.covers == {group("billing")}


def test_a_source_has_no_group(judge):
    [finding] = judge("connector-failed", *scene(["FAILED"], type="source")).findings

    assert finding.covers == {connector("s3")}  # what stands with it, as its slot
    assert "Nothing is read from its source" in finding.impact


def test_a_connector_that_failed_itself_is_found(judge):
    failed = scene([], state="FAILED", trace=TRACE)

    [finding] = judge("connector-failed", *failed).findings

    assert finding.symptom == "Connector s3 is FAILED."
    assert finding.cause == TRACE


def test_a_connector_without_a_task_is_a_warning(judge):
    [finding] = judge("connector-failed", *scene([])).findings

    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.symptom == "Connector s3 is RUNNING and has no task."


@pytest.mark.parametrize(
    ("states", "more"),
    [
        (["RUNNING", "RUNNING"], {}),
        (["PAUSED"], {"state": "PAUSED"}),
        ([], {"state": "STOPPED"}),
        (["RESTARTING"], {}),
        (["UNASSIGNED"], {"state": "UNASSIGNED"}),
    ],
)
def test_is_silent_where_it_runs_or_was_stopped_on_purpose(judge, states, more):
    assert judge("connector-failed", *scene(states, **more)).status == "ok"


def test_a_mirror_with_nothing_to_mirror_has_no_task(judge):
    mirror = {"connector.class": "org.apache.kafka.connect.mirror.MirrorCheckpointConnector"}

    assert judge("connector-failed", *scene([], mirror)).status == "ok"


def test_one_dead_worker_that_might_know_more_makes_it_unknown(judge):
    dead = {f"worker {URL}": Missing("Kafka Connect cannot be reached")}
    none = (connectors(errors=dead), tasks({}, errors=dead), configs({}, errors=dead))

    result = judge("connector-failed", *none)

    assert result.status == "unknown"
    assert "cannot be reached" in result.reason


def test_does_not_apply_without_connect(judge):
    absent = dict.fromkeys(CONNECT_SECTIONS, NotApplicable("no Kafka Connect was given"))

    assert judge("connector-failed", absent=absent).status == "not_applicable"


def test_is_unknown_where_connectors_were_not_read(judge):
    _, *others = scene(["RUNNING"])

    result = judge("connector-failed", *others, absent={Connectors: Missing("refused", "a token")})

    assert (result.status, result.needs) == ("unknown", "a token")


def test_the_slot_of_a_source_that_failed_folds_under_it_and_the_chain_is_told(judge, registry):
    debezium = "io.debezium.connector.postgresql.PostgresConnector"
    [found] = judge(
        "connector-failed",
        *scene(["FAILED"], {"connector.class": debezium, "topic.prefix": "shop"}, type="source"),
    ).findings
    text = "Nobody reads it.", "The disk fills."
    grows = Finding("critical", slot("debezium"), *text, because_of=frozenset([connector("s3")]))
    another = Finding("critical", slot("debezium"), *text)  # of a database that s3 does not read

    root = Said(registry.get("connector-failed"), found)
    child = Said(registry.get("replication-slot-growth"), grows)
    apart = Said(registry.get("replication-slot-growth"), another)

    assert found.cause.endswith(
        "Chain: slot not read → source s3 FAILED (stands) → topics not read → sinks not read."
    )
    assert fold([child, apart, root]).roots == {child: root}
