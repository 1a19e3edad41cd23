"""Each fault makes what it says, and heals it, as seen by an administration client."""

import time
from collections.abc import Iterator

import pytest
from confluent_kafka.admin._config import ConfigResource

from kdiag.lab import FAULTS, Lab, inject
from kdiag.lab.clients import (
    broker_ids,
    end_records,
    topic_metadata,
)
from kdiag.lab.fault import Fault, heal, is_injected
from kdiag.lab.faults.disk_nearly_full import _used_ratio
from kdiag.lab.groups import wait_state
from kdiag.lab.waiting import wait_until

pytestmark = pytest.mark.live


TRIED = [
    FAULTS[name]
    for name in (
        "broker-killed",
        "consumer-blocked",
        "disk-nearly-full",
        "group-dead",
        "min-isr-equals-rf",
        "oversized-topic",
        "rf1-topic",
        "slow-consumer",
        "unclean-election-enabled",
    )
]


@pytest.fixture(scope="module", autouse=True)
def _all_faults(lab3: Lab) -> Iterator[None]:
    """Inject them together, as the demo does, and heal them afterwards."""
    try:
        inject(lab3, TRIED)
        yield
    finally:
        for fault in sorted(TRIED, key=lambda fault: not fault.is_last):
            if is_injected(lab3, fault):
                heal(lab3, fault)
    assert _healed(lab3)


def _healed(lab: Lab) -> bool:
    assert broker_ids(lab.bootstrap) == {1, 2, 3}
    assert _used_ratio(lab) < 0.5
    for topic in ("payments", "clicks", "orders", "sessions", "access-log"):
        assert topic_metadata(lab.admin(), topic) is None
    assert _config(lab, "ledger", "min.insync.replicas") == "2"
    assert _config(lab, "inventory", "unclean.leader.election.enable") == "false"
    return not lab.load("*")


def _config(lab: Lab, topic: str, key: str) -> str:
    resource = ConfigResource("topic", topic)
    entry = lab.admin().describe_configs([resource])[resource].result(10)[key]
    return str(entry.value)


def _progress(lab: Lab, group: str, topic: str) -> tuple[int, int]:
    """Return how far the committed and the end offsets move in five seconds."""
    committed, end = lab.committed(group, topic), end_records(lab.admin(), topic)
    time.sleep(5)
    return (
        lab.committed(group, topic) - committed,
        end_records(lab.admin(), topic) - end,
    )


def test_the_killed_broker_is_not_registered(lab3: Lab) -> None:
    assert not lab3.brokers[3].is_running
    assert broker_ids(lab3.bootstrap) == {1, 2}


def test_the_blocked_consumer_commits_nothing_while_its_group_is_stable(lab3: Lab) -> None:
    committed, written = _progress(lab3, "settlement", "payments")
    assert committed == 0
    assert written > 50
    wait_state(lab3, "settlement", "STABLE")


def test_the_slow_consumer_commits_less_than_is_written(lab3: Lab) -> None:
    before = lab3.committed("recommendations", "clicks")
    wait_until(  # the coordinator may have been the killed broker
        lambda: lab3.committed("recommendations", "clicks") > before, "it commits"
    )
    committed, written = _progress(lab3, "recommendations", "clicks")
    assert 0 < committed < written / 2


def test_the_dead_group_is_empty_while_its_topic_grows(lab3: Lab) -> None:
    committed, written = _progress(lab3, "fulfilment", "orders")
    assert committed == 0
    assert written > 50
    wait_state(lab3, "fulfilment", "EMPTY")


def test_topics_are_what_their_faults_say(lab3: Lab) -> None:
    sessions = topic_metadata(lab3.admin(), "sessions")
    assert {len(p.replicas) for p in sessions.partitions.values()} == {1}
    assert _config(lab3, "inventory", "unclean.leader.election.enable") == "true"
    assert _config(lab3, "documents", "max.message.bytes") == "10485760"
    assert _config(lab3, "ledger", "min.insync.replicas") == "3"


def test_the_disk_is_nearly_full(lab3: Lab) -> None:
    assert 0.83 < _used_ratio(lab3) < 0.9


@pytest.mark.parametrize("fault", TRIED, ids=lambda f: f.name)
def test_each_module_states_its_name_and_what_must_be_said(fault: Fault) -> None:
    assert fault.expects or fault.forbids
    assert fault.heal is not None
