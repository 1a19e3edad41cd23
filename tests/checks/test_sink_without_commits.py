import pytest

from kdiag.finding import connector, group
from kdiag.sections import Commits, GenerationHistory
from kdiag.snapshot import Missing
from tests.databases import connectors, settings, tasks
from tests.tables import ago, commits, generation_history, groups, members, offsets

ID = "sink-without-commits"
CONFIG = {"connector.class": "org.example.Sink", "consumer.override.group.id": "app"}
ALIVE = (("m", None, "c", "/10.1.0.1", None, 10_000),)
HELD = {"group": "app", "member_id": "m", "assignment": (("orders", 0), ("orders", 1))}


def told(
    judge, config=CONFIG, ends=(40, 0), committed=(), age=3600, task="RUNNING", state="RUNNING"
):
    return judge(
        ID,
        connectors({"connector": "lake", "type": "sink", "state": state}),
        tasks(("lake", task)),
        settings({"lake": config}),
        groups({"group": "app"}, {"group": "other"}),
        members(HELD),
        commits({("other", "orders", 0): 5, **dict(committed)}),
        offsets({("orders", number): end for number, end in enumerate(ends)}),
        generation_history(
            {"group": "app", "written_at": ago(9000), "members": ALIVE},
            {"group": "app", "written_at": ago(8000)},
            {"group": "app", "written_at": ago(age), "members": ALIVE},
            {"group": "app", "written_at": ago(age / 2), "members": ALIVE},
        ),
    )


def test_fires_where_a_sink_runs_for_long_without_an_offset(judge):
    [finding] = told(judge).findings

    assert finding.subject == connector("lake")
    assert finding.severity == "warning"
    assert finding.since == ago(3600)
    assert finding.evidence["records_count"] == 40
    assert finding.evidence["topics"] == ["orders"]
    assert finding.covers == {group("app")}


@pytest.mark.parametrize(
    "scene",
    [
        {"age": 60},
        {"ends": (0, 0)},
        {"committed": {("app", "orders", 1): 0}},
        {"state": "PAUSED", "task": "PAUSED"},
        {"task": "FAILED"},
        {"config": {**CONFIG, "consumer.override.auto.offset.reset": "latest"}},
        {"config": {**CONFIG, "flush.size": "1000"}},
        {"config": {**CONFIG, "flush.size": "10", "rotate.interval.ms": "3600000"}},
        {"config": {**CONFIG, "flush.size": "${file:/etc/s3:size}"}},
        {"config": {**CONFIG, "consumer.override.group.id": "other"}},
        {"config": {**CONFIG, "consumer.override.group.id": "elsewhere"}},
    ],
    ids=[
        *("made a moment ago", "empty topic", "has committed", "paused", "failed", "from the end"),
        *("file not full", "rotates", "not written out", "another group", "group not there"),
    ],
)
def test_look_alikes_are_silent(judge, scene):
    assert told(judge, **scene).status == "ok"


def test_a_file_that_could_have_been_full_counts(judge):
    assert told(judge, {**CONFIG, "flush.size": "40"}).findings


def test_does_not_apply_without_sinks(judge):
    assert judge(ID, *_sections("source")).status == "not_applicable"


def test_is_unknown_where_commits_or_their_past_were_not_read(judge):
    for section in (Commits, GenerationHistory):
        lacking = {section: Missing("refused")}
        assert judge(ID, *_sections("sink"), absent=lacking).status == "unknown"
    partly = commits({}, errors={"broker 2": Missing("timed out")})
    assert judge(ID, *_sections("sink"), partly).status == "unknown"


def _sections(type_):
    return (
        connectors({"connector": "lake", "type": type_}),
        tasks(("lake", "RUNNING")),
        settings({"lake": CONFIG}),
        groups({"group": "app"}),
        members(HELD),
        commits({}),
        offsets({("orders", 0): 40}),
        generation_history({"group": "app", "written_at": ago(9000), "members": ALIVE}),
    )
