"""Each look-alike is healthy, as seen by an administration client."""

from collections.abc import Iterator

import pytest

from kdiag.lab import LOOKALIKES, Lab, inject
from kdiag.lab.clients import broker_ids, end_records
from kdiag.lab.fault import heal
from kdiag.lab.groups import wait_state

pytestmark = pytest.mark.live


TRIED = [LOOKALIKES[name] for name in ("finished-job", "fresh-group", "idle-group")]


@pytest.fixture(scope="module", autouse=True)
def _all_lookalikes(lab3: Lab) -> Iterator[None]:
    alone = LOOKALIKES["rolling-restart"]
    inject(lab3, [alone])
    inject(lab3, TRIED)
    yield
    for fault in (alone, *TRIED):
        heal(lab3, fault)


def _lag(lab: Lab, group: str, topic: str) -> int:
    return end_records(lab.admin(), topic) - lab.committed(group, topic)


def test_all_brokers_are_back(lab3: Lab) -> None:
    assert broker_ids(lab3.bootstrap) == {1, 2, 3}


def test_the_idle_group_has_a_member_and_no_lag(lab3: Lab) -> None:
    wait_state(lab3, "alerts", "STABLE")
    assert _lag(lab3, "alerts", "incidents") == 0


def test_the_finished_job_has_no_member_and_no_lag(lab3: Lab) -> None:
    wait_state(lab3, "nightly-import", "EMPTY")
    assert _lag(lab3, "nightly-import", "uploads") == 0


def test_the_fresh_group_has_much_lag(lab3: Lab) -> None:
    assert _lag(lab3, "search-index", "catalogue") > 10_000
