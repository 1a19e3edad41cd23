"""A cluster with a past, as an audit sees it: names are what an attacker would choose."""

from kdiag.audit.audit import audit
from kdiag.diagnose import diagnose
from kdiag.registry import load_checks
from kdiag.sections import PastEnds
from kdiag.snapshot import Missing, Snapshot
from kdiag.waivers.ledger import NONE
from tests.exporter.scenes import connect, databases, queries
from tests.tables import (
    GIB,
    NOW,
    ago,
    broker_configs,
    brokers,
    cluster,
    commit_history,
    commits,
    end_offset_history,
    generation_history,
    groups,
    history_reach,
    log_dirs,
    members,
    offsets,
    partition_row,
    partitions,
    past_member,
    quorum,
    replicas,
    topic_configs,
    topics,
)

EVIL = "<script>alert(1)</script>|`$x$`&\x07"
HOUR, DAY = 3600, 86400
CONFIGS = {
    "retention.ms": str(7 * DAY * 1000),
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "min.insync.replicas": "2",
}
CHECKS = load_checks().checks


def _past():
    rows = [
        {"topic": topic, "partition": number, "age_seconds": float(age), "end_offset": end}
        for topic, number in (("orders", 0), ("orders", 1), (EVIL, 0))
        for age, end in ((HOUR, 960_000), (DAY, 400_000), (7 * DAY, 0))
    ]
    return PastEnds.from_rows(rows, read_at=NOW)


def sections():
    """Return three brokers on two racks; one group is behind by hours, and its volume fills."""
    logs = (("orders", 0), ("orders", 1), (EVIL, 0))
    hours = range(12, 0, -1)
    return [
        *connect(),
        *databases(),
        *queries(),
        cluster(),
        brokers(1, 2, 3, racks={1: "r1", 2: "r1", 3: "r2"}),
        quorum({"replica_id": 1}, {"replica_id": 2}, {"replica_id": 3}),
        topics({"topic": "orders", "partition_count": 2}, {"topic": EVIL, "partition_count": 1}),
        partitions(
            partition_row("orders", 0, (1, 2, 3)),
            partition_row("orders", 1, (2, 3, 1), isr=(2, 3)),
            partition_row(EVIL, 0, (3,)),
        ),
        topic_configs({"orders": CONFIGS, EVIL: CONFIGS}),
        offsets(dict.fromkeys(logs, 1_000_000)),
        end_offset_history(
            {
                (topic, number, age): 1_000_000 - 11 * age
                for topic, number in logs
                for age in (30, 60, 300, HOUR, 2 * HOUR)
            }
        ),
        _past(),
        groups({"group": EVIL}, {"group": "even"}),
        members(
            {"group": EVIL, "member_id": "m1", "assignment": (("orders", 0), ("orders", 1))},
            {"group": "even", "member_id": "m2", "assignment": ((EVIL, 0),)},
        ),
        commits(
            {(EVIL, "orders", 0): 930_000, (EVIL, "orders", 1): 930_000, ("even", EVIL, 0): 10**6}
        ),
        commit_history(
            {
                (EVIL, "orders", number): [(h * HOUR, 930_000 - h * 9_000) for h in hours]
                for number in (0, 1)
            }
        ),
        generation_history(
            *(
                {
                    "group": EVIL,
                    "generation": 20 - hour,
                    "protocol": "range",
                    "members": (past_member(f"m{hour}"),),
                    "written_at": ago(hour * HOUR - 3),
                    "state_since": ago(hour * HOUR),
                }
                for hour in hours
            )
        ),
        history_reach(13 * HOUR),
        log_dirs(
            {"broker": 1, "usable_bytes": 5 * GIB},
            {"broker": 2, "usable_bytes": 60 * GIB},
            {"broker": 3, "usable_bytes": 60 * GIB},
        ),
        replicas(
            {
                **{(id_, "orders", number): 20 * GIB for id_ in (1, 2, 3) for number in (0, 1)},
                (3, EVIL, 0): GIB,
            }
        ),
        broker_configs(
            {
                id_: {
                    "listeners": "CLIENTS://:9092,SAFE://:9093",
                    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,SAFE:SASL_SSL",
                    "authorizer.class.name": "",
                    "log.retention.hours": "168" if id_ < 3 else "24",
                    "num.io.threads": "8",
                }
                for id_ in (1, 2, 3)
            }
        ),
    ]


def _before():
    """Return a sample of five seconds before."""
    at = ago(5)
    logs = (("orders", 0), ("orders", 1), (EVIL, 0))
    moved = (
        commits({(EVIL, "orders", 0): 929_990, (EVIL, "orders", 1): 929_990}, at=at),
        offsets(dict.fromkeys(logs, 999_945), at=at),
        groups({"group": EVIL}, {"group": "even"}, at=at),
    )
    return Snapshot(taken_at=at, sections={type(each): each for each in moved})


def snapshot(*without):
    held = {type(each): each for each in sections()}
    held |= {kind: Missing("it was refused", "Describe on Cluster") for kind in without}
    return Snapshot(
        taken_at=NOW,
        sections=held,
        bootstrap="a:9092",
        duration_seconds=1.5,
        requests={"Metadata": 1, "ListOffsets": 9},
        errors={"broker 9": "timed out after 5 s"},
        earlier=_before(),
    )


def made(*without, earlier=(), waivers=NONE):
    """Return the audit of the scene."""
    taken = snapshot(*without)
    return audit(taken, diagnose(taken, CHECKS, {}, waivers=waivers), CHECKS, earlier)
