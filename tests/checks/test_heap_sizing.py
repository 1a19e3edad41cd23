import pytest

from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import GIB, facts

ID = "heap-sizing"


def heap(most=6 * GIB, initial=6 * GIB, memory=24 * GIB, target="broker 1"):
    return facts({target: {"heap-max": most, "heap-initial": initial, "memory-total": memory}})


def test_a_heap_of_most_of_the_memory_is_told(judge):
    [finding] = judge(ID, heap(most=20 * GIB, initial=20 * GIB)).findings

    assert finding.subject == broker(1)
    assert finding.severity == "info"
    assert finding.symptom == "The heap of broker 1 may take 20 GiB of 24 GiB of memory."
    assert len(finding.actions) == 1


def test_a_heap_that_grows_is_told_too(judge):
    [finding] = judge(ID, heap(most=16 * GIB, initial=GIB)).findings

    assert finding.symptom == (
        "The heap of broker 1 may take 16 GiB of 24 GiB of memory and starts with 1 GiB and grows "
        "to 16 GiB."
    )
    assert len(finding.actions) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"most": -1, "initial": 6 * GIB},
        {"most": 6 * GIB, "initial": -1},
        {"most": 12 * GIB, "initial": 12 * GIB},
        {"memory": -1},
    ],
)
def test_what_the_jvm_does_not_know_is_not_compared(judge, given):
    assert judge(ID, heap(**given)).status == "ok"


def test_a_collector_with_a_spare_space_reports_less_than_xmx(judge):
    """Serial with -Xms1g -Xmx1g starts with 1 GiB and reports 989 MiB at most."""
    assert judge(ID, heap(most=989 * 1024**2, initial=GIB)).status == "ok"
    assert judge(ID, heap(most=int(1.02 * GIB), initial=GIB)).status == "ok"


def test_controllers_and_workers_need_no_page_cache(judge):
    assert judge(ID, heap(most=20 * GIB, target="controller 100")).status == "ok"


def test_is_unknown_without_jmx_or_without_a_fact(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, absent=absent).status == "unknown"
    assert judge(ID, facts({"broker 1": {"heap-max": GIB}})).status == "unknown"
