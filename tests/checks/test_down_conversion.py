from kdiag.finding import broker, topic
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts

ID = "down-conversion"
TOTAL = ("fetch-conversions", None)
ORDERS = ("fetch-conversions", "orders")


def samples(grown, starts=(0.0, 0.0)):
    """Return two samples, ten seconds apart: broker → counter → how much it grew."""
    now = {
        target: {"start-time": starts[1], **{key: 70 + by for key, by in counters.items()}}
        for target, counters in grown.items()
    }
    then = {
        target: {"start-time": starts[0], **dict.fromkeys(counters, 70)}
        for target, counters in grown.items()
    }
    return facts(now), facts(then, at=ago(10))


def test_adds_up_a_topic_over_brokers_and_does_not_count_totals_twice(judge):
    now, then = samples({f"broker {id_}": {TOTAL: 20, ORDERS: 20} for id_ in (1, 2)})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "info"
    assert finding.evidence == {"converted_per_second": 4.0, "brokers": ["broker 1", "broker 2"]}
    assert finding.symptom == (
        "Records of topic orders are converted for old consumers, 4.0 times a second on broker 1, "
        "broker 2."
    )


def test_names_the_broker_where_no_topic_is_told(judge):
    now, then = samples({"broker 1": {TOTAL: 5}, "broker 2": {TOTAL: 0}})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.symptom.startswith("Broker 1 converts records for old consumers, 0.5 times")


def test_conversions_of_the_past_are_over(judge):
    now, then = samples({"broker 1": {TOTAL: 0, ORDERS: 0}})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_what_old_producers_send_is_another_matter(judge):
    converted = {("produce-conversions", None): 900, ("produce-conversions", "orders"): 900}
    now, then = samples({"broker 1": {TOTAL: 0, **converted}})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples({"broker 1": {TOTAL: 5}})
    anew, before = samples({"broker 1": {TOTAL: -60}}, starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now).status == "unknown"
    assert judge(ID, anew, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
