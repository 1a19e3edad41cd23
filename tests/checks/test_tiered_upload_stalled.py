from kdiag.finding import NotApplicable, topic
from kdiag.sections import TieredOffsets
from kdiag.snapshot import Missing
from tests.tables import GIB, ago, kept, replicas, tiered_offsets, topic_configs

LOG = ("orders", 0)
TIERED = {"remote_storage_enable": "true", "segment_bytes": GIB}


def scene(tiered=(100, 100), ends=(1000, 1100), held=11 * GIB, start=0, **settings):
    """One tiered partition in two samples; a record has 10 MiB."""
    now = tiered_offsets({LOG: (start, tiered[1], ends[1])})
    then = tiered_offsets({LOG: (start, tiered[0], ends[0])}, at=ago(5))
    return (
        (
            now,
            topic_configs({"orders": kept(**{**TIERED, **settings})}),
            replicas({(1, *LOG): held}),
        ),
        {"earlier": [then]},
    )


def test_fires_where_segments_wait_and_the_last_tiered_offset_stands(judge):
    sections, samples = scene()

    [finding] = judge("tiered-upload-stalled", *sections, **samples).findings

    assert finding.subject == topic("orders")
    assert finding.severity == "warning"
    assert finding.evidence["waiting_records"] == 999
    assert finding.evidence["tiered_offset"] == 100
    assert "up to 9 segments" in finding.symptom


def test_fires_where_nothing_was_ever_copied(judge):
    sections, samples = scene(tiered=(None, None))

    [finding] = judge("tiered-upload-stalled", *sections, **samples).findings

    assert finding.evidence["tiered_offset"] is None


def test_the_open_segment_and_one_on_its_way_are_waited_for(judge):
    sections, samples = scene(tiered=(900, 900))

    assert judge("tiered-upload-stalled", *sections, **samples).status == "ok"


def test_a_topic_that_was_tiered_today_catches_up(judge):
    sections, samples = scene(tiered=(100, 200))

    assert judge("tiered-upload-stalled", *sections, **samples).status == "ok"


def test_a_copy_that_is_late_on_purpose_is_no_fault(judge):
    sections, samples = scene(remote_copy_lag_ms=3_600_000)

    assert judge("tiered-upload-stalled", *sections, **samples).status == "ok"


def test_does_not_apply_where_no_topic_is_tiered(judge):
    absent = {TieredOffsets: NotApplicable("no topic is tiered")}

    assert judge("tiered-upload-stalled", absent=absent).status == "not_applicable"


def test_is_unknown_with_one_sample(judge):
    sections, _ = scene()

    result = judge("tiered-upload-stalled", *sections)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_is_unknown_where_a_leader_does_not_tell(judge):
    sections, samples = scene(tiered=(900, 900))
    old = Missing("its leader does not tell what is in remote storage", "Kafka 3.9 or newer")
    now = TieredOffsets(rows=sections[0].rows, errors={"topic clicks": old})

    result = judge("tiered-upload-stalled", now, *sections[1:], **samples)

    assert result.status == "unknown"
    assert result.needs == "Kafka 3.9 or newer"
