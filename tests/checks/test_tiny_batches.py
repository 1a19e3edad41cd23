from kdiag.finding import broker, topic
from kdiag.sections import Facts, RecordSamples
from kdiag.snapshot import Missing
from tests.tables import ago, facts, offsets, record_samples

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


def newest(records=1, *, rate=2000):
    now = offsets({("clicks", 0): 100_000})
    then = offsets({("clicks", 0): 100_000 - 10 * rate}, at=ago(10))
    row = {
        "topic": "clicks",
        "partition": 0,
        "offset": 9,
        "asked_for": "newest",
        "batch_records": records,
    }
    return record_samples(row), now, {"earlier": [then]}


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

    assert not judge("tiny-batches", table, **samples).findings


def test_few_requests_may_be_small(judge):
    table, samples = sampled(1000, 1000)

    assert not judge("tiny-batches", table, **samples).findings


def test_is_ok_where_both_ways_were_seen(judge):
    table, samples = sampled(1000, 1000)
    row, now, _ = newest(500)

    assert judge("tiny-batches", table, row, now, **samples).status == "ok"


def test_without_jmx_the_newest_batch_is_a_hint(judge):
    row, now, samples = newest()

    [finding] = judge("tiny-batches", row, now, absent=NO_JMX, **samples).findings

    assert finding.subject == topic("clicks")
    assert finding.confidence == "possible"
    assert "only counted over JMX" in finding.cause


def test_a_hint_that_shows_nothing_is_no_ok(judge):
    row, now, samples = newest(500)

    result = judge("tiny-batches", row, now, absent=NO_JMX, **samples)

    assert result.status == "unknown"
    assert result.needs == "--jmx"


def test_a_slow_topic_may_have_small_batches(judge):
    row, now, samples = newest(1, rate=20)

    assert not judge("tiny-batches", row, now, absent=NO_JMX, **samples).findings


def test_is_unknown_where_neither_was_read(judge):
    absent = {**NO_JMX, RecordSamples: Missing("no record was looked at", "--sample-records")}

    assert judge("tiny-batches", absent=absent).status == "unknown"
