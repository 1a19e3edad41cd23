from kdiag.finding import broker
from kdiag.sections import Brokers
from kdiag.snapshot import Missing
from tests.tables import brokers


def test_names_the_broker_without_a_rack(judge):
    result = judge("rack-missing", brokers(racks={1: "a", 2: "b"}))

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "info"
    assert finding.evidence == {"brokers_with_rack": 2, "broker_count": 3, "racks": ["a", "b"]}


def test_is_silent_where_every_broker_has_a_rack(judge):
    assert judge("rack-missing", brokers(racks={1: "a", 2: "a", 3: "a"})).status == "ok"


def test_does_not_apply_where_nobody_uses_racks(judge):
    result = judge("rack-missing", brokers())

    assert result.status == "not_applicable"
    assert not result.findings


def test_a_broker_that_is_not_listed_may_have_a_rack(judge):
    assert judge("rack-missing", brokers(down=[3], racks={1: "a", 2: "b"})).status == "ok"


def test_is_unknown_without_the_brokers(judge):
    absent = {Brokers: Missing("timed out", "Describe on the cluster")}

    result = judge("rack-missing", absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on the cluster"
