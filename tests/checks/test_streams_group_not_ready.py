from kdiag.finding import group
from kdiag.sections import StreamsTopologies
from kdiag.snapshot import Missing
from tests.tables import (
    ago,
    generation_history,
    groups,
    member_history,
    streams_topologies,
    topics,
)


def streams(state="NotReady"):
    return groups({"group": "app", "type": "streams", "protocol_type": "streams", "state": state})


def scene(*, sources=("in",), changelogs=(), existing=("in",), now="NotReady", before="NotReady"):
    row = {"group": "app", "source_topics": sources, "changelog_topics": changelogs}
    sections = [
        streams(now),
        streams_topologies(row),
        topics(*({"topic": name} for name in existing)),
    ]
    return sections, [streams(before)]


def test_fires_and_names_the_source_topic_that_is_missing(judge):
    now, then = scene(sources=("in", "users"))

    [finding] = judge("streams-group-not-ready", *now, earlier=then).findings

    assert finding.subject == group("app")
    assert finding.severity == "warning"
    assert finding.confidence == "certain"
    assert finding.evidence["missing_source_topics"] == ["users"]


def test_fires_and_names_the_internal_topic_that_is_missing(judge):
    now, then = scene(changelogs=("app-store-changelog",))

    [finding] = judge("streams-group-not-ready", *now, earlier=then).findings

    assert finding.evidence["missing_internal_topics"] == ["app-store-changelog"]
    assert "Create" in finding.cause


def test_fires_where_the_partitions_are_wrong(judge):
    now, then = scene()

    [finding] = judge("streams-group-not-ready", *now, earlier=then).findings

    assert finding.confidence == "likely"
    assert "different numbers of partitions" in finding.cause


def test_is_silent_while_an_application_starts(judge):
    now, then = scene(now="Stable", changelogs=("app-store-changelog",))
    assert judge("streams-group-not-ready", *now, earlier=then).status == "ok"

    now, then = scene(before="Empty", changelogs=("app-store-changelog",))
    assert judge("streams-group-not-ready", *now, earlier=then).status == "ok"


def test_is_silent_for_a_stopped_application_whose_topic_was_deleted(judge):
    now, then = scene(sources=("gone",), now="Empty", before="Empty")

    assert judge("streams-group-not-ready", *now, earlier=then).status == "ok"


def left(seconds):
    """Return the past of the only member of the group, which left so long ago."""
    member = {"group": "app", "kind": "streams", "member_id": "m", "client_id": "app"}
    return [
        generation_history(),
        member_history(
            {**member, "written_at": ago(seconds + 60)},
            {**member, "written_at": ago(seconds), "is_tombstone": True},
        ),
    ]


def test_fires_where_the_threads_ended_since_a_source_topic_is_missing(judge):
    now, then = scene(sources=("in", "users"), now="Empty", before="Empty")

    [finding] = judge("streams-group-not-ready", *now, *left(90), earlier=then).findings

    assert finding.symptom.startswith("Streams group app lost its last member 1 min 30 s ago")
    assert finding.evidence["missing_source_topics"] == ["users"]
    assert finding.confidence == "likely"
    assert finding.since == ago(90)


def test_is_silent_for_an_application_that_was_stopped(judge):
    """With its topics there, or so long ago that one of them may have been deleted since."""
    there, then = scene(now="Empty", before="Empty")
    gone, _ = scene(sources=("gone",), now="Empty", before="Empty")

    assert judge("streams-group-not-ready", *there, *left(90), earlier=then).status == "ok"
    assert judge("streams-group-not-ready", *gone, *left(86_400), earlier=then).status == "ok"


def test_is_unknown_without_topologies(judge):
    now, then = scene()
    absent = {StreamsTopologies: Missing("not authorised", "Describe on Group app")}

    result = judge("streams-group-not-ready", now[0], now[2], earlier=then, absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Group app"


def test_one_sample_is_enough_where_every_group_is_ready(judge):
    now, _ = scene(now="Stable")

    assert judge("streams-group-not-ready", *now).status == "ok"


def test_is_unknown_where_only_a_second_sample_could_tell(judge):
    now, _ = scene()

    result = judge("streams-group-not-ready", *now)

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"
