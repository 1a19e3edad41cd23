import pytest

from kdiag.finding import Subject
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts

ID = "auth-failures"


def samples(failed, passed=20, starts=(0.0, 0.0)):
    """Return two samples, ten seconds apart, with failures of each network thread in between."""
    now, then = {"start-time": starts[1]}, {"start-time": starts[0]}
    for thread, number in enumerate(failed):
        labels = ("SASL_SSL", str(thread))
        now |= {("authentications-failed", *labels): 40 + number}
        now |= {("authentications", *labels): 7_000 + passed / len(failed)}
        then |= {("authentications-failed", *labels): 40, ("authentications", *labels): 7_000}
    return facts({"broker 1": now}), facts({"broker 1": then}, at=ago(10))


def test_adds_up_the_network_threads_of_a_listener(judge):
    now, then = samples([10, 15, 5])

    [finding] = judge(ID, now, earlier=[then]).findings

    assert finding.subject == Subject.of("listener", broker=1, name="SASL_SSL")
    assert finding.severity == "warning"
    assert finding.symptom == (
        "30 authentications failed at listener SASL_SSL of broker 1 within 10 s, 60% of all."
    )
    assert finding.evidence["failed_per_second"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("failed", "passed"),
    [([1, 0, 0], 0), ([0, 0, 0], 500), ([2, 2, 1], 5_000)],
    ids=["one failure", "all pass", "few of very many"],
)
def test_is_silent_where_hardly_any_fails(judge, failed, passed):
    now, then = samples(failed, passed)

    assert judge(ID, now, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples([10, 15, 5])
    anew, before = samples([10, 15, 5], starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now).status == "unknown"
    assert judge(ID, anew, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
