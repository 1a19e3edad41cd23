import pytest

from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import facts

ID = "file-descriptors"


def files(open_, limit, sockets=(120, 80), **more):
    told = {"files-open": open_, "files-max": limit}
    for number, held in enumerate(sockets):
        told["connections", "PLAINTEXT", str(number)] = held
    return facts({"broker 1": told}, **more)


@pytest.mark.parametrize(("open_", "severity"), [(880, "warning"), (960, "critical")])
def test_fires_by_the_part_of_the_limit(judge, open_, severity):
    [finding] = judge(ID, files(open_, 1000)).findings

    assert finding.subject == broker(1)
    assert finding.severity == severity
    assert finding.symptom == f"Broker 1 has {open_} files open of 1,000 that it may."
    assert finding.evidence["connection_count"] == 200
    assert "Many partitions" in finding.cause


def test_tells_connections_from_segments(judge):
    [finding] = judge(ID, files(900, 1000, sockets=(400, 350))).findings

    assert finding.cause.startswith("750 are connections; the rest, 150, are mostly log segments.")
    assert "do not close" in finding.cause


def test_many_files_of_a_large_limit_are_healthy(judge):
    assert judge(ID, files(400_000, 1_000_000)).status == "ok"


def test_no_limit_is_no_fault(judge):
    assert judge(ID, files(900, -1)).status == "ok"


def test_is_unknown_without_jmx_and_where_a_broker_was_not_asked(judge):
    absent = {Facts: Missing("JMX was not read", "--jmx")}
    partial = files(100, 1000, errors={"broker 2": Missing("JMX did not answer within 5 s")})

    assert judge(ID, absent=absent).status == "unknown"
    assert judge(ID, partial).status == "unknown"
