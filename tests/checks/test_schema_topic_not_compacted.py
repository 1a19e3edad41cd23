import pytest

from kdiag.finding import topic
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import topic_configs, topics

ID = "schema-topic-not-compacted"


def scene(name, policy, retention_ms="604800000"):
    settings = {"cleanup.policy": policy, "retention.ms": retention_ms, "retention.bytes": "-1"}
    return topics({"topic": name}), topic_configs({name: settings})


@pytest.mark.parametrize("policy", ["delete", "compact,delete"])
def test_a_policy_that_deletes_is_critical(judge, policy):
    [finding] = judge(ID, *scene("_schemas", policy)).findings

    assert finding.subject == topic("_schemas")
    assert finding.severity == "critical"
    assert "--add-config cleanup.policy=compact" in finding.actions[0].command


def test_a_compacted_one_is_fine(judge):
    assert judge(ID, *scene("_schemas", "compact")).status == "ok"


def test_the_journal_of_apicurio_is_made_with_delete_and_no_limit(judge):
    assert judge(ID, *scene("kafkasql-journal", "delete", "-1")).status == "ok"


def test_a_journal_with_a_limit_is_critical(judge):
    [finding] = judge(ID, *scene("kafkasql-journal", "delete")).findings

    assert "retention.ms=-1" in finding.actions[0].command


def test_does_not_apply_without_such_a_topic(judge):
    assert judge(ID, *scene("orders", "delete")).status == "not_applicable"


def test_is_unknown_without_settings(judge):
    made, _ = scene("_schemas", "delete")

    assert judge(ID, made, absent={TopicConfigs: Missing("refused")}).status == "unknown"
