import pytest

from kdiag.finding import broker
from kdiag.sections import BrokerLoggers
from kdiag.snapshot import Missing
from tests.checks.secured import acls, loggers, settings

ID = "audit-log-off"


@pytest.mark.parametrize("level", ["WARN", "ERROR", "FATAL", "OFF"])
def test_fires_for_a_broker_that_hides_denials(judge, level):
    result = judge(ID, loggers({1: "INFO", 2: level, 3: "INFO"}), settings(), acls())

    [finding] = result.findings
    assert (finding.severity, finding.subject) == ("info", broker(2))
    assert finding.evidence["level"] == level


@pytest.mark.parametrize("level", ["INFO", "DEBUG", "TRACE"])
def test_is_silent_where_denials_are_logged(judge, level):
    assert judge(ID, loggers(dict.fromkeys((1, 2, 3), level)), settings(), acls()).status == "ok"


def test_the_authorizer_of_zookeeper_clusters_logs_the_same_way(judge):
    zookeepers = settings(authorizer_class_name="kafka.security.authorizer.AclAuthorizer")

    assert len(judge(ID, loggers({1: "OFF"}), zookeepers, acls()).findings) == 1


def test_does_not_apply_to_the_authorizer_of_somebody_else_or_without_one(judge):
    ranger = settings(authorizer_class_name="org.apache.ranger.RangerKafkaAuthorizer")

    assert judge(ID, loggers({1: "OFF"}), ranger, acls()).status == "not_applicable"
    none = judge(ID, loggers({1: "OFF"}), settings(), acls(is_enforced=False))
    assert none.status == "not_applicable"


def test_is_unknown_without_the_loggers(judge):
    absent = {BrokerLoggers: Missing("not authorised", "DescribeConfigs on Cluster")}

    assert judge(ID, settings(), acls(), absent=absent).status == "unknown"
