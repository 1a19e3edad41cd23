from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts

NO_JMX = {Facts: Missing("JMX was not read", "--jmx")}


def sampled(messages, requests, seconds=10):
    """Counters of broker 1 in two samples."""

    def told(times):
        return {
            "broker 1": {
                "messages-in": 1000 + times * messages,
                ("request-total-count", "Produce"): 1000 + times * requests,
                "request-handlers-idle": 50 + times * seconds * 0.4,
                "uptime": 5000 + times * seconds,
                "start-time": 1.0,
            }
        }

    return facts(told(1)), {"earlier": [facts(told(0), at=ago(seconds))]}


def test_fires_where_each_request_brings_one_record(judge):
    table, samples = sampled(20_000, 20_000)

    [finding] = judge("tiny-batches", table, **samples).findings

    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert finding.evidence["records_per_request"] == 1.0
    assert finding.evidence["requests_per_second"] == 2000
    assert "idle 40%" in finding.impact


def test_batches_of_ten_and_more_are_fine(judge):
    table, samples = sampled(200_000, 20_000)

    assert judge("tiny-batches", table, **samples).status == "ok"


def test_few_requests_may_be_small(judge):
    table, samples = sampled(1000, 1000)

    assert judge("tiny-batches", table, **samples).status == "ok"


def test_is_unknown_without_jmx(judge):
    assert judge("tiny-batches", absent=NO_JMX).status == "unknown"
