from kdiag.finding import CLUSTER
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import GIB, facts

ID = "uneven-hardware"


def machine(processors=8, memory=32 * GIB, heap=6 * GIB):
    return {"processors": processors, "memory-total": memory, "heap-max": heap}


def test_names_what_differs_and_the_smallest(judge):
    table = facts(
        {
            "broker 1": machine(),
            "broker 2": machine(),
            "broker 10": machine(processors=4, memory=16 * GIB),
        }
    )

    [finding] = judge(ID, table).findings

    assert finding.subject == CLUSTER
    assert finding.severity == "info"
    assert finding.symptom == (
        "Brokers differ in processors: 4 on broker 10, 8 on brokers 1, 2; "
        "memory: 16 GiB on broker 10, 32 GiB on brokers 1, 2."
    )
    assert finding.evidence["smallest_memory_broker"] == "broker 10"
    assert finding.evidence["smallest_processors_count"] == 4


def test_a_heap_that_differs_is_told(judge):
    table = facts({"broker 1": machine(), "broker 2": machine(heap=GIB)})

    [finding] = judge(ID, table).findings

    assert finding.symptom == "Brokers differ in heap: 1 GiB on broker 2, 6 GiB on broker 1."


def test_controllers_and_workers_may_be_smaller(judge):
    small = machine(processors=2, memory=4 * GIB, heap=GIB)
    table = facts(
        {
            "broker 1": machine(),
            "broker 2": machine(),
            "controller 100": small,
            "worker 10.0.0.9:8083": small,
        }
    )

    assert judge(ID, table).status == "ok"


def test_a_percent_of_memory_is_no_difference(judge):
    table = facts({"broker 1": machine(), "broker 2": machine(memory=int(31.7 * GIB))})

    assert judge(ID, table).status == "ok"


def test_a_heap_without_a_maximum_is_not_compared(judge):
    table = facts({"broker 1": machine(), "broker 2": machine(heap=-1)})

    assert judge(ID, table).status == "ok"


def test_one_broker_has_nothing_to_differ_from(judge):
    assert judge(ID, facts({"broker 1": machine()})).status == "not_applicable"


def test_is_unknown_without_jmx_and_where_a_broker_was_not_asked(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}
    told = {"broker 1": machine(), "broker 2": machine()}
    partial = facts(told, errors={"broker 3": Missing("JMX did not answer within 5 s")})

    assert judge(ID, absent=absent).status == "unknown"
    assert judge(ID, partial).status == "unknown"
