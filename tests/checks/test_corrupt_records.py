import pytest

from kdiag.finding import broker, topic
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts

ID = "corrupt-records"
KINDS = ("crc", "magic", "sequence")


def samples(grown, starts=(0.0, 0.0)):
    """Return two samples, ten seconds apart: (kind, topic) → refused in between, on broker 1."""
    counters = {(kind, None): 0 for kind in KINDS} | grown
    keys = {(f"records-invalid-{kind}", name): by for (kind, name), by in counters.items()}
    now = {"start-time": starts[1]} | {key: 3 + by for key, by in keys.items()}
    then = {"start-time": starts[0]} | dict.fromkeys(keys, 3)
    return facts({"broker 1": now}), facts({"broker 1": then}, at=ago(10))


def test_a_checksum_that_does_not_fit_is_critical(judge):
    now, then = samples({("crc", None): 2, ("magic", None): 1})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert finding.severity == "critical"
    assert finding.symptom == (
        "Batches sent to broker 1 arrived damaged within 10 s: 2 do not fit their checksum, "
        "1 have a wrong magic number."
    )
    assert finding.evidence == {
        "invalid_crc_count": 2,
        "invalid_magic_count": 1,
        "brokers": ["broker 1"],
    }


@pytest.mark.parametrize("kind", ["magic", "sequence"])
def test_a_client_that_builds_batches_wrongly_is_a_warning(judge, kind):
    now, then = samples({(kind, None): 5})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.severity == "warning"
    assert finding.cause.startswith("A client")


def test_names_the_topic_where_it_is_told_and_does_not_count_twice(judge):
    now, then = samples({("crc", None): 2, ("crc", "orders"): 2})

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == topic("orders")
    assert finding.evidence["invalid_crc_count"] == 2


def test_what_was_refused_before_is_over(judge):
    now, then = samples({})

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples({})
    anew, before = samples({}, starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now).status == "unknown"
    assert judge(ID, anew, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
