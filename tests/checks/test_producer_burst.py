from dataclasses import replace

from kdiag.finding import group
from tests.lag_scenes import Part, Scene

BURST = Scene([Part(lag=3_000, writes=50, reads=20, burst=90, wrote=10)] * 3)


def test_fires_where_input_jumped_and_reading_goes_on(judge):
    [finding] = judge("producer-burst", *BURST.now(), earlier=BURST.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("info", "likely")
    assert finding.evidence["baseline_records_per_second"] == 30.0
    assert "5 times its own baseline" in finding.symptom


def test_says_when_it_is_worked_off(judge):
    [finding] = judge("producer-burst", *BURST.now(), earlier=BURST.then()).findings

    assert finding.evidence["drained_after_seconds"] == 300
    assert "5 min to work this off" in finding.cause


def test_says_where_there_is_no_reserve(judge):
    scene = Scene([replace(BURST.parts[0], reads=9)] * 3)

    [finding] = judge("producer-burst", *scene.now(), earlier=scene.then()).findings

    assert finding.evidence["drained_after_seconds"] is None
    assert "no reserve" in finding.cause


def test_is_silent_for_a_consumer_that_is_slow_at_its_usual_input(judge):
    scene = Scene([Part(lag=6_000, reads=5)] * 3)

    assert judge("producer-burst", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_for_a_burst_that_the_group_keeps_up_with(judge):
    scene = Scene([Part(lag=100, writes=100, reads=100, burst=90, wrote=5)] * 3)

    assert judge("producer-burst", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_with_one_sample(judge):
    result = judge("producer-burst", *BURST.now())

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"
