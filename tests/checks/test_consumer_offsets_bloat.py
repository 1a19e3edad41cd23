from kdiag.finding import broker, partition
from kdiag.sections import Replicas
from kdiag.snapshot import Missing
from tests.tables import GIB, kept, offsets, replicas, topic_configs

TOPIC = "__consumer_offsets"
MIB = 1024**2


def held(*mebibytes):
    return replicas(
        {
            (id_, TOPIC, number): each * MIB
            for number, each in enumerate(mebibytes)
            for id_ in (1, 2, 3)
        }
    )


def test_fires_where_one_partition_is_far_beyond_its_peers(judge):
    [finding] = judge("consumer-offsets-bloat", held(20, 700, 30)).findings

    assert finding.subject == partition(TOPIC, 1)
    assert finding.severity == "warning"
    assert finding.evidence["usual_bytes"] == 30 * MIB
    assert finding.evidence["brokers"] == [1, 2, 3]


def test_fires_where_all_are_large(judge):
    """A cleaner that is dead everywhere leaves no peers to compare with."""
    result = judge("consumer-offsets-bloat", held(2000, 2000, 2000))

    assert len(result.findings) == 3


def test_two_segments_of_a_busy_group_are_normal(judge):
    """What is still written to is never compacted."""
    assert judge("consumer-offsets-bloat", held(1, 200, 1)).status == "ok"


def test_many_groups_make_all_partitions_large_alike(judge):
    assert judge("consumer-offsets-bloat", held(600, 700, 600)).status == "ok"


def test_goes_by_the_segment_that_is_set(judge):
    small = topic_configs({TOPIC: kept(segment_bytes=MIB, cleanup_policy="compact")})

    assert judge("consumer-offsets-bloat", held(0, 6, 0), small).status == "problem"
    assert judge("consumer-offsets-bloat", held(0, 6, 0)).status == "ok"


def test_names_the_transaction_that_holds_it(judge):
    ends = offsets({(TOPIC, 1): 900}, stable={(TOPIC, 1): 100})

    [finding] = judge("consumer-offsets-bloat", held(1, 700, 1), ends).findings

    assert "800 records are behind an open transaction" in finding.cause
    assert not finding.because_of


def test_a_dead_cleaner_explains_it_where_it_is_large(judge):
    sizes = replicas(
        {
            (1, TOPIC, 0): GIB,
            (2, TOPIC, 0): 10 * MIB,
            **{(id_, TOPIC, n): MIB for id_ in (1, 2) for n in (1, 2)},
        }
    )

    [finding] = judge("consumer-offsets-bloat", sizes).findings

    assert finding.because_of == {broker(1)}


def test_does_not_apply_without_committed_offsets(judge):
    sizes = replicas({(1, "orders", 0): GIB})

    assert judge("consumer-offsets-bloat", sizes).status == "not_applicable"


def test_is_unknown_without_the_sizes(judge):
    absent = {Replicas: Missing("not authorised", "Describe on Cluster")}

    result = judge("consumer-offsets-bloat", absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
