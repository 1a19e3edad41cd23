"""What follows from a lag verdict folds under it, and the verdict under what causes it."""

import pytest

from kdiag.diagnose import diagnose
from kdiag.registry import load_checks
from kdiag.sections import ClientQuotas
from kdiag.snapshot import Snapshot
from tests.lag_scenes import END, Part, Scene
from tests.tables import (
    NOW,
    ago,
    broker_configs,
    generation_history,
    partition_row,
    partitions,
    replicas,
    topic_configs,
)

SLOW = Scene([Part(lag=6_000, reads=5)] * 3)
DEAD = Scene([Part(lag=30_000, stands=3_000)] * 3, team=(), state={"state": "Empty"}, reach=4000)
SHORT = {"retention.ms": "3600000", "retention.bytes": "-1", "cleanup.policy": "delete"}
KEPT = topic_configs({"orders": SHORT})
EMPTIED = generation_history({"group": "app", "written_at": ago(3000), "state_since": ago(3000)})
LOG = "__consumer_offsets"


def folds(scene, *ids):
    """Return check → the check that explains its finding, of those that found something."""
    sections = {type(each): each for each in scene.now()}
    earlier = Snapshot(taken_at=ago(5), sections={type(each): each for each in scene.then()})
    snapshot = Snapshot(taken_at=NOW, sections=sections, earlier=earlier)
    known = load_checks()
    found = diagnose(snapshot, [known.get(id_) for id_ in ids], {}).findings
    by_print = {one.fingerprint: one.check for one in found}
    return {one.check: by_print.get(one.explained_by) for one in found}


def test_a_coming_loss_folds_under_why_the_group_is_behind():
    found = folds(SLOW + KEPT, "slow-consumer", "lag-overtakes-retention")

    assert found == {"slow-consumer": None, "lag-overtakes-retention": "slow-consumer"}


def test_a_coming_expiry_folds_under_the_dead_group():
    scene = DEAD + EMPTIED + broker_configs({1: {"offsets.retention.minutes": "60"}})

    found = folds(scene, "group-dead", "offsets-about-to-expire")

    assert found == {"group-dead": None, "offsets-about-to-expire": "group-dead"}


def test_a_slow_consumer_folds_under_its_quota():
    quota = {"client_id": "client-a", "key": "consumer_byte_rate", "value": 5_000.0}
    logs = partitions(*(partition_row("orders", p, replicas=(p + 1,)) for p in range(3)))
    scene = SLOW + logs + replicas({(p + 1, "orders", p): 1024 * END for p in range(3)})
    scene += ClientQuotas.from_rows([quota], read_at=NOW)

    found = folds(scene, "slow-consumer", "throttled-client")

    assert found == {"throttled-client": None, "slow-consumer": "throttled-client"}


@pytest.mark.parametrize("scene", [SLOW, Scene([Part(lag=9_000, stands=900)] * 3)])
def test_groups_fold_under_their_coordinator(scene):
    scene += partitions(partition_row(LOG, 0, isr=(1,)))
    scene += topic_configs({LOG: {"min.insync.replicas": "2"}})

    found = folds(scene, "coordinator-unavailable", "slow-consumer", "stuck-consumer")

    assert found.pop("coordinator-unavailable") is None
    assert set(found.values()) == {"coordinator-unavailable"}
