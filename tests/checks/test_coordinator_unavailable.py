from kdiag.finding import group, partition
from kdiag.sections import TopicConfigs
from kdiag.snapshot import Missing
from tests.tables import groups, partition_row, partitions, topic_configs

LOG = "__consumer_offsets"
NAMES = [f"group-{n}" for n in range(40)]
LIMIT = topic_configs({LOG: {"min.insync.replicas": "2"}})


def logs(*isr_of_first):
    return partitions(
        partition_row(LOG, 0, isr=isr_of_first), *(partition_row(LOG, n) for n in range(1, 4))
    )


def team():
    return groups(*({"group": name} for name in NAMES))


def test_fires_below_the_limit_and_covers_its_groups_only(judge):
    [finding] = judge("coordinator-unavailable", logs(1), LIMIT, team()).findings

    assert finding.subject == partition(LOG, 0)
    assert finding.severity == "critical"
    held = finding.evidence["groups"]
    assert 0 < len(held) < len(NAMES)
    assert finding.covers == {partition(LOG, 0), *(group(name) for name in held)}


def test_names_the_groups_by_the_hash_of_kafka(judge):
    """Utils.abs("group-2".hashCode()) % 4, by hand: 293428218 + 50 - 48."""
    [finding] = judge("coordinator-unavailable", logs(), LIMIT, team()).findings

    assert "has no leader" in finding.symptom
    assert all(abs(java_hash(name)) % 4 == 0 for name in finding.evidence["groups"])


def java_hash(text):
    value = 0
    for letter in text:
        value = (31 * value + ord(letter)) % 2**32
    return value - 2**32 if value >= 2**31 else value


def test_fires_without_knowing_the_groups(judge):
    [finding] = judge("coordinator-unavailable", logs(1), LIMIT).findings

    assert "about one in 4 groups" in finding.symptom


def test_is_silent_while_one_replica_is_missing(judge):
    assert judge("coordinator-unavailable", logs(1, 2), LIMIT, team()).status == "ok"


def test_is_silent_with_one_replica_in_all(judge):
    """The limit is capped at the replication factor."""
    single = partitions(partition_row(LOG, 0, replicas=(1,)))

    assert judge("coordinator-unavailable", single, LIMIT, team()).status == "ok"


def test_does_not_apply_where_no_group_ever_committed(judge):
    other = partitions(partition_row("orders"))
    limit = topic_configs({"orders": {"min.insync.replicas": "2"}})

    assert judge("coordinator-unavailable", other, limit).status == "not_applicable"


def test_is_unknown_without_the_limit(judge):
    absent = {TopicConfigs: Missing("not authorised", f"DescribeConfigs on Topic {LOG}")}

    assert judge("coordinator-unavailable", logs(1), team(), absent=absent).status == "unknown"
