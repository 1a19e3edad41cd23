import pytest

from kdiag.engine import run
from kdiag.finding import CLUSTER, Subject, group, topic
from kdiag.sections import Facts, LogDirs, Partitions, TopicConfigs
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, partition_row, partitions, topic_configs


@pytest.fixture
def judge_beside(registry):
    """Return judge_beside(id, sections): another check and missing-permission, both judged."""

    def both(id_, *sections, absent=None):
        checks = [registry.get(id_), registry.get("missing-permission")]
        held = {type(section): section for section in sections} | (absent or {})
        return run(checks, Snapshot(taken_at=NOW, sections=held), {})

    return both


def test_fires_for_a_grant_on_the_cluster_and_names_what_it_blinds(judge_beside):
    denied = {LogDirs: Missing("CLUSTER_AUTHORIZATION_FAILED", "Describe on Cluster")}

    blind, result = judge_beside("log-dir-offline", partitions(), absent=denied)

    assert blind.status == "unknown"
    [finding] = result.findings
    assert finding.subject == CLUSTER
    assert finding.severity == "info"
    assert finding.evidence["sections"] == ["LogDirs"]
    assert finding.evidence["blinded_checks"] == ["log-dir-offline"]
    assert finding.actions[0].command == (
        "kafka-acls.sh --bootstrap-server {bootstrap} --add --allow-principal User:PRINCIPAL "
        "--operation Describe --cluster"
    )


def test_fires_for_a_single_topic_that_was_refused(judge_beside):
    refused = Missing("TOPIC_AUTHORIZATION_FAILED", "DescribeConfigs on Topic secret")
    configs = topic_configs(
        {"orders": {"min.insync.replicas": "2"}}, errors={"topic secret": refused}
    )

    _, result = judge_beside("under-min-isr", partitions(partition_row("orders")), configs)

    [finding] = result.findings
    assert finding.subject == topic("secret")
    assert finding.actions[0].command.endswith("--operation DescribeConfigs --topic secret")


def test_is_one_finding_for_a_resource_and_all_operations_on_it(judge_beside):
    absent = {
        Partitions: Missing("not authorised", "Describe on the topics"),
        TopicConfigs: Missing("not authorised", "DescribeConfigs on the topics"),
    }

    _, result = judge_beside("under-min-isr", absent=absent)

    [finding] = result.findings
    assert finding.subject == topic("*")
    assert finding.evidence["operations"] == ["Describe", "DescribeConfigs"]
    assert "--operation Describe --operation DescribeConfigs --topic '*'" in (
        finding.actions[0].command
    )


@pytest.mark.parametrize(
    ("grant", "subject"),
    [
        ("Describe on Group billing", group("billing")),
        ("Describe on the groups", group("*")),
        (
            "Describe on TransactionalId pay-1",
            Subject.of("transactional_id", transactional_id="pay-1"),
        ),
    ],
)
def test_grants_on_other_resources_have_their_own_subject(judge_beside, grant, subject):
    _, result = judge_beside("under-min-isr", absent={Partitions: Missing("denied", grant)})

    assert [finding.subject for finding in result.findings] == [subject]


def test_a_dead_broker_is_no_matter_of_permission(judge_beside):
    table = partitions(partition_row("orders"), errors={"broker 3": Missing("connection refused")})

    _, result = judge_beside("under-min-isr", table, topic_configs({"orders": {}}))

    assert result.status == "ok"


@pytest.mark.parametrize("remedy", ["--jmx", "Kafka 3.3 or newer", None])
def test_flags_and_versions_are_no_matter_of_permission(judge_beside, remedy):
    _, result = judge_beside(
        "oversized-messages", topic_configs({}), absent={Facts: Missing("not given", remedy)}
    )

    assert result.status == "ok"


def test_is_silent_where_everything_was_read(judge_beside):
    limits = topic_configs({"orders": {"min.insync.replicas": "2"}})

    _, result = judge_beside("under-min-isr", partitions(partition_row("orders")), limits)

    assert result.status == "ok"
