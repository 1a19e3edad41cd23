from dataclasses import replace

from kdiag.finding import group
from tests.lag_scenes import END, Part, Scene
from tests.tables import ago, record_samples

FROZEN = Part(lag=9_000, stands=900, repeats=True)
FINE = Part(lag=20)
POISON = Scene([FINE, FROZEN, FINE])


def test_fires_where_one_partition_stands_and_its_member_moves_on(judge):
    [finding] = judge("poison-record", *POISON.now(), earlier=POISON.then()).findings

    assert finding.subject == group("app", "orders")
    assert (finding.severity, finding.confidence) == ("critical", "likely")
    assert finding.evidence["stuck_offsets"] == {"1": END - 9_000}
    assert finding.since == ago(900)


def test_says_how_to_look_at_the_record_and_how_to_skip_it(judge):
    [finding] = judge("poison-record", *POISON.now(), earlier=POISON.then()).findings
    look, skip = finding.actions

    assert "--partition 1 --offset 991000" in look.command
    assert "--topic orders:1 --to-offset 991001 --execute" in skip.command
    assert skip.effect == "disruptive"


def test_tells_what_was_sampled_of_the_record_and_skips_to_behind_it(judge):
    """Compaction removed the two records that the group was to read."""
    at = {"topic": "orders", "partition": 1, "offset": END - 8_998}
    scene = POISON + record_samples(
        {**at, "value_bytes": None},
        {**at, "asked_for": "newest", "offset": END - 1},
        {**at, "partition": 0},
    )

    [finding] = judge("poison-record", *scene.now(), earlier=scene.then()).findings

    assert finding.cause.endswith(
        "The record at 991002: no value (a tombstone), lz4 in a batch of 4,000 bytes."
    )
    assert "--to-offset 991003" in finding.actions[1].command


def test_tells_the_schema_of_a_sampled_record(judge):
    scene = POISON + record_samples(
        {"topic": "orders", "partition": 1, "offset": END - 9_000, "schema_id": 7}
    )

    [finding] = judge("poison-record", *scene.now(), earlier=scene.then()).findings

    assert "a value of 120 bytes, schema id 7, lz4" in finding.cause


def test_is_only_possible_without_history(judge):
    scene = replace(POISON, reach=0)

    [finding] = judge("poison-record", *scene.now(), earlier=scene.then()).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")


def test_is_silent_for_a_member_that_takes_partitions_with_a_backlog_in_turn(judge):
    scene = Scene([Part(lag=50_000, reads=500), Part(lag=50_000, reads=500, stands=200)])

    assert judge("poison-record", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_the_offset_is_the_last_stable_one(judge):
    scene = Scene([FINE, replace(FROZEN, last_stable=END - 9_000), FINE])

    assert judge("poison-record", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_silent_where_the_whole_member_stands(judge):
    scene = Scene([FROZEN, FROZEN, replace(FINE, owner="b")])

    assert judge("poison-record", *scene.now(), earlier=scene.then()).status == "ok"


def test_is_unknown_with_one_sample(judge):
    assert judge("poison-record", *POISON.now()).status == "unknown"
