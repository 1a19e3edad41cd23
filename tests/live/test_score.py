"""A part of `make zoo`: faults that lag and JMX tell, and look-alikes, judged as it judges."""

import pytest

from kdiag.cli.scoring import score

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

LAG = (
    "first-record-poison",
    "hot-partition",
    "partition-ceiling",
    "poison-record",
    "producer-burst",
    "throttled-client",
)
JMX = ("connection-storm", "keyless-records", "oversized-records")
HEALTHY = ("busy-transactions", "consumer-protocol-join", "not-come-to-it", "transaction-markers")


@pytest.mark.parametrize("names", [LAG, JMX, HEALTHY], ids=["lag", "jmx", "healthy"])
def test_every_fault_is_named_at_its_root_and_every_look_alike_is_silent(names):
    scored = list(score(names, lambda _: None))

    assert [one for one in scored if not one.is_right] == []
    assert len(scored) == len(names)
