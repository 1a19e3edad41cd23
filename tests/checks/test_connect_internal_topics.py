import pytest

from kdiag.finding import topic
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import topic_configs, topics

NAMES = ("connect-configs", "connect-offsets", "connect-status")
COMPACT = {"cleanup.policy": "compact"}


def scene(names=NAMES, partitions=1, **policies):
    rows = [{"topic": name, "partition_count": partitions} for name in names]
    settings = {name: {"cleanup.policy": policies.get("policy", "compact")} for name in names}
    return topics(*rows), topic_configs(settings)


def test_a_policy_that_deletes_is_critical(judge):
    found = judge("connect-internal-topics", *scene(policy="delete")).findings

    assert {finding.subject for finding in found} == {topic(name) for name in NAMES}
    assert all(finding.severity == "critical" for finding in found)
    assert "--add-config cleanup.policy=compact" in found[0].actions[0].command
    assert found[0].due == "its retention passes"


def test_settings_in_more_than_one_partition_are_critical(judge):
    [finding] = judge("connect-internal-topics", *scene(partitions=25)).findings

    assert finding.subject == topic("connect-configs")
    assert "has 25 partitions, it must have 1" in finding.symptom


@pytest.mark.parametrize(
    "names",
    [
        tuple(f"fraud-connect-cluster-{kind}" for kind in ("configs", "offsets", "status")),
        ("_connect_config", "_connect_offset", "_connect_status"),
        ("mm2-configs.east.internal", "mm2-offsets.east.internal", "mm2-status.east.internal"),
    ],
)
def test_knows_the_usual_names(judge, names):
    sections = scene(names, policy="delete")

    assert len(judge("connect-internal-topics", *sections).findings) == 3


def test_is_silent_where_they_are_as_they_must_be(judge):
    assert judge("connect-internal-topics", *scene()).status == "ok"


@pytest.mark.parametrize(
    "names", [("connect-status",), ("orders",), ("user-connect-status", "user-connect-offsets")]
)
def test_topics_that_are_no_three_are_anybodys(judge, names):
    assert judge("connect-internal-topics", *scene(names, policy="delete")).status == (
        "not_applicable"
    )


def test_is_unknown_without_settings_of_topics(judge):
    absent = {TopicConfigs: Missing("not authorised", "DescribeConfigs on all topics")}

    result = judge("connect-internal-topics", scene()[0], absent=absent)

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on all topics"
