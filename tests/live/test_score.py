"""A part of `make zoo`: faults that lag and JMX tell, and look-alikes, judged as it judges."""

import pytest

from kdiag.cli.scoring import score

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

LAG = ("hot-partition", "partition-ceiling", "poison-record", "producer-burst", "throttled-client")
SLOWLY = ("first-record-poison", "not-come-to-it")
JMX = ("connection-storm", "keyless-records", "oversized-records")
HEALTHY = ("busy-transactions", "consumer-protocol-join", "transaction-markers")


@pytest.mark.parametrize(
    "names", [LAG, SLOWLY, JMX, HEALTHY], ids=["lag", "slowly", "jmx", "healthy"]
)
def test_every_fault_is_named_at_its_root_and_every_look_alike_is_silent(names):
    scored = list(score(names, lambda _: None))

    assert [one for one in scored if not one.is_right] == []
    assert len(scored) == len(names)
