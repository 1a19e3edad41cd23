"""When sinks last committed, over several passes."""

from dataclasses import replace
from datetime import timedelta

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.exporter.last_commits import LastCommits
from kdiag.snapshot import Missing
from tests.connect_tables import configs, connectors, tasks
from tests.exporter.scenes import seen as scene
from tests.exporter.scenes import snapshot
from tests.tables import NOW, ago, commit_history, commits

GROUP = "connect-s3"


def taken(offset, *more, minutes=0, errors=None, **others):
    """Return a snapshot with one sink, that has committed an offset, and other groups."""
    by_log = {("billing", "orders", 0): 5 + minutes}
    if offset is not None:
        by_log[GROUP, "orders", 0] = offset
    held = commits(by_log)
    held = replace(held, read_at=NOW + timedelta(minutes=minutes))
    known = connectors({"connector": "s3", **others}, errors=errors or {})
    return snapshot([held, known, tasks({"s3": ["RUNNING"]}), configs({"s3": {}}), *more])


def seen(*snapshots):
    last = LastCommits()
    for each in snapshots:
        last.see(each, scene(each).held(ConnectorRuns))
    return last.at


def test_offsets_that_moved_tell_when_to_within_a_pass():
    at = seen(taken(5), taken(5, minutes=1), taken(9, minutes=2), taken(9, minutes=3))

    assert at == {GROUP: (NOW + timedelta(minutes=2)).timestamp()}


def test_one_pass_tells_nothing():
    assert seen(taken(5)) == {}
    assert seen(taken(5), taken(5, minutes=1)) == {}


def test_the_log_of_commits_has_the_time_itself():
    past = commit_history(
        {
            (GROUP, "orders", 0): [(900, 4), (600, 5), (10, None)],
            ("billing", "orders", 0): [(1, 5)],
        }
    )

    assert seen(taken(5, past)) == {GROUP: ago(600).timestamp()}


def test_an_older_history_does_not_set_it_back():
    past = commit_history({(GROUP, "orders", 0): [(600, 5)]})

    at = seen(taken(5), taken(9, minutes=1), taken(9, past, minutes=2))

    assert at == {GROUP: (NOW + timedelta(minutes=1)).timestamp()}


def test_a_pass_that_could_not_read_the_group_forgets_nothing():
    at = seen(taken(5), taken(None, minutes=1), taken(9, minutes=2))
    assert at == {GROUP: (NOW + timedelta(minutes=2)).timestamp()}

    unread = {"worker w": Missing("timed out")}
    at = seen(taken(5), taken(9, minutes=1), taken(9, connector="other", errors=unread))
    assert at == {GROUP: (NOW + timedelta(minutes=1)).timestamp()}


def test_a_connector_that_is_gone_leaves_nothing_behind():
    at = seen(taken(5), taken(9, minutes=1), taken(9, minutes=2, connector="other"))

    assert at == {}


def test_without_connect_nothing_is_kept():
    assert seen(snapshot([commits({(GROUP, "orders", 0): 5})])) == {}
