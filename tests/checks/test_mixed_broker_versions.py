from dataclasses import replace

from kdiag.finding import CLUSTER
from kdiag.sections import Brokers
from kdiag.snapshot import Missing
from tests.tables import brokers, facts

ID = "mixed-broker-versions"
OLD, NEW = ((1, 4, 17), (3, 0, 12), (18, 0, 4)), ((1, 4, 18), (3, 0, 13), (18, 0, 4))


def of(*ranges):
    table = brokers(*range(1, len(ranges) + 1))
    return replace(table, rows=table.rows.assign(api_versions=list(ranges)))


def up(**seconds):
    return facts({f"broker {id_[1:]}": {"uptime": up} for id_, up in seconds.items()})


def test_fires_where_brokers_offer_other_versions(judge):
    [finding] = judge(ID, of(OLD, OLD, NEW)).findings

    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.confidence == "possible"
    assert finding.evidence["brokers_alike"] == [[1, 2], [3]]
    assert finding.evidence["differing_apis"] == ["Fetch", "Metadata"]
    assert "brokers 1, 2 up to 17; 3 up to 18" in finding.symptom


def test_is_certain_where_all_have_been_up_for_days(judge):
    [finding] = judge(ID, of(OLD, NEW), up(b1=9e5, b2=9e5)).findings

    assert finding.confidence == "certain"


def test_an_upgrade_that_is_under_way_is_no_fault(judge):
    result = judge(ID, of(OLD, NEW), up(b1=9e5, b2=300.0))

    assert result.status == "not_applicable"
    assert "an upgrade is under way" in result.reason


def test_an_api_that_only_one_broker_offers_is_a_plug_in(judge):
    assert judge(ID, of(NEW, (*NEW, (71, 0, 0)))).status == "ok"


def test_one_broker_has_nothing_to_compare(judge):
    assert judge(ID, of(NEW)).status == "not_applicable"


def test_is_unknown_without_the_brokers(judge):
    assert judge(ID, absent={Brokers: Missing("timed out")}).status == "unknown"
