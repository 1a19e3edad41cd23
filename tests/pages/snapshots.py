"""A snapshot with groups in most states that pages tell apart."""

from kdiag.snapshot import Snapshot
from tests.tables import (
    NOW,
    ago,
    brokers,
    cluster,
    commit_history,
    commits,
    end_offset_history,
    generation_history,
    groups,
    member_history,
    members,
    offsets,
    past_member,
    topic_configs,
    topics,
)

SLOW, EVEN = "slow", "even"
MEMBER = {"group": SLOW, "member_id": "app-1", "subscription": ("orders",)}
OWNED = (("orders", 0), ("orders", 1))


def snapshot(*sections, earlier=None, **fields):
    """Return a snapshot of the sections alone."""
    held = {type(section): section for section in sections}
    return Snapshot(taken_at=NOW, sections=held, earlier=earlier, **fields)


def without(given, *kinds):
    """Return the snapshot without sections of these kinds."""
    kept = {kind: each for kind, each in given.sections.items() if kind not in kinds}
    return Snapshot(taken_at=NOW, sections=kept, earlier=given.earlier)


def replaced(given, **sections):
    """Return the snapshot with sections, by the name of their class, replaced."""
    kinds = {kind.__name__: kind for kind in given.sections}
    held = {**given.sections, **{kinds[name]: each for name, each in sections.items()}}
    return Snapshot(taken_at=NOW, sections=held, earlier=given.earlier)


def sample(seconds=0, slow=1000, even=1000, end=1900):
    """Return what moves, some seconds ago: slow reads 2 partitions, even keeps up."""
    at = ago(seconds)
    return (
        commits(
            {(SLOW, "orders", 0): slow, (SLOW, "orders", 1): slow, (EVEN, "clicks", 0): even},
            at=at,
        ),
        offsets({("orders", 0): end, ("orders", 1): end, ("clicks", 0): even}, at=at),
        groups({"group": SLOW}, {"group": EVEN}),
        members({**MEMBER, "assignment": OWNED}),
    )


def lagging(*more):
    """Return two samples, end offsets of the past, and settings, without history."""
    past = end_offset_history(
        {
            (topic, partition, age): max(100, 1900 - 10 * age)
            for topic, partition in OWNED
            for age in (30, 60, 120, 300)
        }
    )
    log = {"topic": "__consumer_offsets", "partition_count": 1}
    settled = (cluster(), topics({"topic": "orders"}, {"topic": "clicks"}, log), brokers(1))
    configs = topic_configs({"orders": {"retention.ms": "3600000", "cleanup.policy": "delete"}})
    before = snapshot(*sample(5, slow=990, end=1850))
    return snapshot(*sample(), *settled, past, configs, *more, earlier=before)


def remembered():
    """Return a history in which slow came to three generations and committed every 10 s."""
    first = past_member("app-1", client_id="app", client_host="/10.1.0.1")
    second = past_member("app-2", client_id="app", client_host="/10.1.0.2")
    made = (
        {"generation": 1, "members": (first,), "at": 500},
        {"generation": 2, "members": (first, second), "at": 400},
        {"generation": 3, "members": (first,), "at": 300},
    )
    generations = [
        {
            "group": SLOW,
            "generation": each["generation"],
            "members": each["members"],
            "state_since": ago(each["at"] + 2),
            "written_at": ago(each["at"]),
        }
        for each in made
    ]
    committed = [(10 * n, 1000 - 10 * n) for n in range(50, -1, -1)]
    return (
        generation_history(*generations),
        commit_history({(SLOW, "orders", number): committed for number in (0, 1)}),
        member_history(),
    )
