import pytest

from kdiag.finding import connector, group
from kdiag.pipeline_sections import Connectors
from kdiag.snapshot import Missing
from tests.databases import connectors, settings, tasks
from tests.lag_scenes import Part, Scene

ID = "sink-never-flushes"
CONFIG = {"connector.class": "io.confluent.connect.s3.S3SinkConnector", "flush.size": "1000"}
AS_APP = {"consumer.override.group.id": "app"}
HELD = Scene([Part(lag=40, writes=0, reads=0, stands=9000), Part(writes=0, reads=0)])


def told(judge, config=CONFIG, scene=HELD, id_=ID, task="RUNNING", **more):
    sections = (
        connectors({"connector": "s3", "type": "sink", **more}),
        tasks(("s3", task)),
        settings({"s3": {**config, **AS_APP}}),
    )
    return judge(id_, *scene.now(), *sections, earlier=scene.then())


def written(lag, seconds, **more):
    """A partition that got its unread records so many seconds ago, and is written to since."""
    return Part(lag=lag, writes=lag / seconds, reads=0, stands=seconds, **more)


def test_fires_where_records_wait_for_a_full_file(judge):
    [finding] = told(judge, scene=Scene([written(40, 7200)])).findings

    assert finding.subject == connector("s3")
    assert finding.severity == "warning"
    assert finding.evidence["held_records"] == 40
    assert finding.evidence["partitions"] == [("orders", 0)]
    assert finding.covers == {group("app")}


@pytest.mark.parametrize(
    "config",
    [
        {**CONFIG, "rotate.interval.ms": "600000"},
        {**CONFIG, "rotate.schedule.interval.ms": "600000"},
        {**CONFIG, "rotate.schedule.interval.ms": "${file:/etc/s3:rotation}"},
        {"connector.class": CONFIG["connector.class"]},
    ],
    ids=["by record", "by the clock", "not written out", "no flush.size"],
)
def test_does_not_apply_to_a_sink_that_may_close_its_files(judge, config):
    assert told(judge, config, Scene([written(40, 7200)])).status == "not_applicable"


@pytest.mark.parametrize(
    "scene",
    [Scene([written(40, 600)]), Scene([written(4000, 7200)]), Scene([Part(writes=0, reads=0)])],
    ids=["not for long", "more than a file", "nothing waits"],
)
def test_is_silent(judge, scene):
    assert told(judge, scene=scene).status == "ok"


@pytest.mark.parametrize("more", [{"state": "PAUSED"}, {"task": "FAILED"}])
def test_a_sink_that_does_not_run_is_another_matter(judge, more):
    assert told(judge, scene=Scene([written(40, 7200)]), **more).status == "not_applicable"


def test_is_unknown_where_no_worker_answers(judge):
    absent = {Connectors: Missing("Kafka Connect cannot be reached")}

    result = judge(ID, *HELD.now(), settings({}), tasks(), absent=absent, earlier=HELD.then())

    assert result.status == "unknown"


HOURLY = {**CONFIG, "rotate.schedule.interval.ms": "3600000"}
STANDS = Scene([written(450, 900)])


def test_between_two_files_a_sink_is_not_stuck(judge):
    assert told(judge, {}, STANDS, "stuck-consumer").findings
    assert told(judge, HOURLY, STANDS, "stuck-consumer").status == "ok"
    assert told(judge, CONFIG, STANDS, "stuck-consumer").status == "ok"


def test_a_sink_whose_file_is_overdue_is_stuck(judge):
    often = {**CONFIG, "rotate.schedule.interval.ms": "60000"}
    full = Scene([written(4500, 900)])

    assert told(judge, often, STANDS, "stuck-consumer").findings
    assert told(judge, CONFIG, full, "stuck-consumer").findings
