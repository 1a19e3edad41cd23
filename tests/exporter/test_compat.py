"""What other exporters said of one known cluster, against what is said under their names.

tests/data/peers has the true state of that cluster, and what each exporter served of it.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from kdiag.diagnose import diagnose
from kdiag.exporter.compat import COMPAT
from kdiag.exporter.exposition import page, text
from kdiag.finding import Finding, Reported, group
from tests.exporter.scenes import seen, snapshot
from tests.tables import (
    brokers,
    cluster,
    commits,
    groups,
    log_dirs,
    members,
    offsets,
    partition_row,
    partitions,
    quorum,
    reassignments,
    replicas,
    topic_configs,
    topics,
)

PEERS = Path(__file__).parent.parent / "data" / "peers"
STATE = json.loads((PEERS / "state.json").read_text())

NOT_SERVED = {
    "kafka_exporter": set(),
    "klag_exporter": {
        "kafka_consumergroup_group_lag_retention_ratio",
        "kafka_consumergroup_group_messages_lost",
        "kafka_consumergroup_group_retention_margin",
        "kafka_consumergroup_group_state",
        "kafka_consumergroup_poll_time_ms",
    },
    "kminion": set(),
    "burrow": set(),
}
"""Of klag-exporter alone; kafka-lag-exporter has no such names, but for poll_time_ms."""

UNKNOWN_HERE = {
    "kminion_kafka_broker_log_dir_size_total_bytes",
    "kminion_kafka_topic_log_dir_size_total_bytes",
}
"""Sizes are not part of the recorded state."""

NO_COMMIT = {
    ("kafka_consumergroup_current_offset", ("ledger", "2", "shop.order.paid")),
    ("kafka_consumergroup_lag", ("ledger", "2", "shop.order.paid")),
    ("burrow_kafka_consumer_partition_lag", ("local", "ledger", "2", "shop.order.paid")),
}
"""Where nothing is committed there is no series; kafka_exporter says -1, Burrow 0."""


@pytest.fixture(scope="module")
def served():
    """Return exporter → (metric, labels) → value, as served under its name."""
    held = seen(_snapshot())
    return {
        name: _samples(text([page(compat.families(held, "local"))]))
        for name, compat in COMPAT.items()
    }


def _snapshot():
    parts = STATE["partitions"]
    by_topic = {}
    for part in parts:
        by_topic.setdefault(part["topic"], []).append(part)
    told = [one for one in STATE["commits"] if one["committed_offset"] >= 0]
    rows = [
        partition_row(
            part["topic"],
            part["partition"],
            tuple(part["replicas"]),
            isr=tuple(part["isr"]),
            leader=part["leader"],
        )
        for part in parts
    ]
    ends = offsets({(part["topic"], part["partition"]): part["end_offset"] for part in parts})
    policy = {"iot.sensor.read": "compact"}
    return snapshot(
        [
            cluster(),
            brokers(1, 2, 3),
            quorum({"replica_id": 3}, leader=3),
            topics(
                *(
                    {
                        "topic": topic,
                        "partition_count": len(each),
                        "replication_factor_max": len(each[0]["replicas"]),
                    }
                    for topic, each in by_topic.items()
                )
            ),
            partitions(*rows),
            topic_configs(
                {
                    topic: {
                        "min.insync.replicas": "1",
                        "cleanup.policy": policy.get(topic, "delete"),
                    }
                    for topic in by_topic
                }
            ),
            ends,
            groups(
                *(
                    {"group": one["group"], "type": one["type"], "state": one["state"]}
                    | ({} if one["state"] == "Stable" else {"protocol_type": ""})
                    for one in STATE["groups"]
                )
            ),
            members(*_members()),
            commits(
                {
                    (one["group"], one["topic"], one["partition"]): one["committed_offset"]
                    for one in told
                }
            ),
            log_dirs({"broker": 1}),
            replicas({}),
            reassignments({}),
        ]
    )


def _members():
    """Return the two members of billing with what kafka-lag-exporter's names say they own."""
    owned = {}
    for name, labels in _samples((PEERS / "klag_exporter.prom").read_text()):
        found = dict(labels)
        if name == "kafka_consumergroup_group_lag" and found["consumer_id"]:
            key = (found["consumer_id"], found["client_id"], found["member_host"])
            owned.setdefault(key, []).append((found["topic"], int(found["partition"])))
    return [
        {
            "group": "billing",
            "member_id": member,
            "client_id": client,
            "client_host": host,
            "assignment": tuple(held),
        }
        for (member, client, host), held in owned.items()
    ]


def _samples(exposition):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parse(exposition)
        for sample in family.samples
    }


def recorded(file):
    """Return what an exporter served of the topics and groups of the recorded state."""
    ours = {part["topic"] for part in STATE["partitions"]}
    groups_ = {one["group"] for one in STATE["groups"]}
    found = {}
    for (name, labels), value in _samples((PEERS / f"{file}.prom").read_text()).items():
        given = dict(labels)
        topic = given.get("topic", given.get("topic_name"))
        group = given.get("consumergroup") or given.get("group") or given.get("consumer_group")
        if (topic is None or topic in ours) and (group is None or group in groups_):
            found[name, labels] = value
    return found


@pytest.mark.parametrize(
    ("exporter", "file"),
    [
        ("kafka-exporter", "kafka_exporter"),
        ("kafka-lag-exporter", "klag_exporter"),
        ("kminion", "kminion"),
        ("burrow", "burrow"),
    ],
)
def test_every_name_is_served_with_the_same_labels(served, exporter, file):
    theirs, ours = _labels(recorded(file)), _labels(served[exporter])

    missing = set(theirs) - set(ours) - NOT_SERVED[file] - UNKNOWN_HERE - _OWN
    assert missing - _JUDGED == set()
    for name in set(theirs) & set(ours):
        extra = {"compaction_detected", "data_loss_detected"}  # of klag-exporter alone
        assert ours[name] == theirs[name] - extra, name


_OWN = {"kafka_exporter_build_info"}
_JUDGED = {"burrow_kafka_consumer_status", "burrow_kafka_topic_partition_status"}
"""Need a diagnosis, which a scene has not: see test_burrow_has_a_status_from_the_diagnosis."""


def _labels(samples):
    return {name: {key for key, _ in labels} for name, labels in samples}


@pytest.mark.parametrize(
    ("exporter", "file", "values"),
    [
        ("kafka-exporter", "kafka_exporter", "lag offset replica leader preferred partitions"),
        (
            "kafka-lag-exporter",
            "klag_exporter",
            "group_lag group_offset max_lag sum_lag latest earliest",
        ),
        ("kminion", "kminion", "lag offset_sum water_mark members assigned"),
        ("burrow", "burrow", "lag offset"),
    ],
)
def test_values_are_the_same_where_the_other_is_right(served, exporter, file, values):
    compared = 0
    for (name, labels), value in recorded(file).items():
        key = (name, tuple(each for each in labels if not each[0].endswith("_detected")))
        if not any(word in name for word in values.split()) or name in NOT_SERVED[file]:
            continue
        if name.endswith("_seconds") or name in _JUDGED:
            continue
        if (name, tuple(text_ for _, text_ in labels)) in NO_COMMIT:
            assert value in (-1, 0)
            assert key not in served[exporter]
        elif (
            name == "kafka_consumergroup_current_offset_sum"
            and dict(labels)["consumergroup"] == "ledger"
        ):
            assert served[exporter][key] == value + 1  # it adds the -1
        else:
            assert served[exporter][key] == value, key
            compared += 1
    assert compared >= 20


def test_lag_is_the_truth(served):
    ends = {(one["topic"], one["partition"]): one["end_offset"] for one in STATE["partitions"]}
    names = {
        "kafka-exporter": ("kafka_consumergroup_lag", "consumergroup", "topic", "partition"),
        "kafka-lag-exporter": ("kafka_consumergroup_group_lag", "group", "topic", "partition"),
        "kminion": (
            "kminion_kafka_consumer_group_topic_partition_lag",
            "group_id",
            "topic_name",
            "partition_id",
        ),
        "burrow": (
            "burrow_kafka_consumer_partition_lag",
            "consumer_group",
            "topic",
            "partition",
        ),
    }
    true = {
        (one["group"], one["topic"], str(one["partition"])): ends[one["topic"], one["partition"]]
        - one["committed_offset"]
        for one in STATE["commits"]
        if one["committed_offset"] >= 0
    }
    for exporter, (metric, *labels) in names.items():
        told = {
            tuple(dict(given)[label] for label in labels): value
            for (name, given), value in served[exporter].items()
            if name == metric
        }
        assert told == true


def test_burrow_has_a_status_from_the_diagnosis():
    held = seen()
    behind = Finding("critical", group("nightly", "orders"), "It is behind.", "It loses records.")
    report = replace(
        diagnose(held.snapshot, [], {}), findings=(Reported("group-dead", behind, "f00d"),)
    )
    said = _samples(text([page(COMPAT["burrow"].families(seen(report=report), "local"))]))

    status = {
        dict(labels)["consumer_group"]: value
        for (name, labels), value in said.items()
        if name == "burrow_kafka_consumer_status"
    }
    assert status == {"billing": 1, "nightly": 3}


def test_nothing_is_negative_or_zero_where_more_is_committed_than_there_is():
    held = seen()
    for name, compat in COMPAT.items():
        said = _samples(text([page(compat.families(held, "local"))]))
        lags = [
            value
            for (metric, labels), value in said.items()
            if "lag" in metric and ("partition", "1") in labels
        ]
        assert lags == [], name
