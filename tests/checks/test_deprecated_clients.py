from datetime import UTC, datetime

from kdiag.finding import CLUSTER
from kdiag.sections import Facts, FactsCoverage
from kdiag.snapshot import Missing
from tests.tables import NOW, ago, facts

ID = "deprecated-clients"
SARAMA = ("deprecated-requests", "Produce", "2", "sarama", "1.20.0")
UNNAMED = ("deprecated-requests", "Fetch", "3", "unknown", "unknown")
QUIET = FactsCoverage.from_rows(
    [
        {"target": "broker 1", "fact": "deprecated-requests", "status": "quiet", "reason": None},
        {"target": "broker 1", "fact": "start-time", "status": "read", "reason": None},
        {"target": "broker 1", "fact": "uptime", "status": "read", "reason": None},
    ],
    read_at=NOW,
)


def sample(sent, at=NOW):
    return facts({"broker 1": {"start-time": 1_700_000_000.0, **sent}}, at=at)


def test_names_software_requests_and_that_it_is_active(judge):
    now = sample({SARAMA: 1_250, (*SARAMA[:2], "1", *SARAMA[3:]): 3, UNNAMED: 9})
    then = sample({SARAMA: 1_200, (*SARAMA[:2], "1", *SARAMA[3:]): 3, UNNAMED: 9}, at=ago(10))

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == CLUSTER
    assert finding.severity == "warning"
    assert finding.symptom == (
        "Since the brokers started, 1,262 requests came that the next major release of Kafka "
        "refuses, from sarama 1.20.0 (Produce v1, Produce v2), clients that do not tell their name "
        "(Fetch v3). Between the two samples such came from sarama 1.20.0."
    )
    assert finding.evidence["active_software"] == ["sarama 1.20.0"]
    assert finding.since == datetime.fromtimestamp(1_700_000_000, UTC)


def test_what_was_upgraded_since_the_start_is_information(judge):
    now, then = sample({SARAMA: 1_250}), sample({SARAMA: 1_250}, at=ago(10))

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.severity == "info"
    assert finding.symptom.endswith("None came between the two samples.")


def test_one_sample_does_not_tell_who_is_active(judge):
    [finding] = judge(ID, sample({SARAMA: 1_250})).findings

    assert finding.severity == "info"
    assert "active_software" not in finding.evidence


def test_is_silent_where_no_such_request_ever_came(judge):
    """The MBean is only there once one came."""
    assert judge(ID, sample({}), QUIET).status == "ok"


def test_is_unknown_without_jmx_and_on_brokers_that_do_not_count_it(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, absent=absent).status == "unknown"
    assert judge(ID, sample({})).status == "unknown"
