from kdiag.finding import group
from tests.lag_scenes import Part, Scene

FINE = Part(lag=20)
HOT = Scene([Part(lag=9_000, writes=100, reads=20), FINE, FINE])


def test_fires_where_only_the_partition_with_most_input_falls_behind(judge):
    [finding] = judge("hot-partition", *HOT.now(), earlier=HOT.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("warning", "certain")
    assert finding.evidence["hot_partitions"] == [0]
    assert finding.evidence["hot_records_per_second"] == 100.0
    assert finding.evidence["other_records_per_second"] == 10.0


def test_is_silent_where_the_hot_partition_is_read_in_time(judge):
    scene = Scene([Part(lag=200, writes=100, reads=100), FINE, FINE])

    assert judge("hot-partition", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_input_is_even(judge):
    scene = Scene([Part(lag=6_000, reads=5), FINE, FINE])

    assert judge("hot-partition", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_with_one_sample(judge):
    assert judge("hot-partition", *HOT.now()).status == "unknown"
