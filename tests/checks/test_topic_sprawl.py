import pytest

from kdiag.finding import CLUSTER
from kdiag.sections import Commits, PastEnds
from kdiag.snapshot import Missing
from tests.tables import (
    commits,
    kept,
    members,
    offsets,
    past_ends,
    share_offsets,
    topic_configs,
    topics,
)

WEEK = 7 * 86400
WORDS = [f"{first}{second}" for first in "abcdefgh" for second in "klmnop"]


def scene(names, *, written=(), partitions=1, **more):
    """Topics of one partition each; none got a record within a week, but those written."""
    logs = {(name, 0): 10 for name in names}
    return (
        topics(*({"topic": name, "partition_count": partitions, **more} for name in names)),
        offsets(logs),
        past_ends({log: 5 if log[0] in written else None for log in logs}, WEEK),
        commits({}),
        share_offsets({}),
        members(),
    )


def test_fires_where_many_topics_are_neither_written_nor_read(judge):
    [finding] = judge("topic-sprawl", *scene(WORDS, written=WORDS[30:])).findings

    assert finding.subject == CLUSTER
    assert (finding.severity, finding.confidence) == ("info", "possible")
    assert finding.evidence["idle_topics_count"] == 30
    assert finding.evidence["replica_count"] == 90


def test_a_few_are_normal(judge):
    assert judge("topic-sprawl", *scene(WORDS, written=WORDS[10:])).status == "ok"


def test_so_is_a_small_part(judge):
    names = [f"{word}{end}" for word in WORDS for end in ("x", "y", "z")]

    assert judge("topic-sprawl", *scene(names, written=names[25:])).status == "ok"


def test_a_topic_that_is_written_and_not_read_is_an_archive(judge):
    assert judge("topic-sprawl", *scene(WORDS, written=WORDS)).status == "ok"


@pytest.mark.parametrize("how", ["committed", "shared", "subscribed", "compacted"])
def test_topics_that_somebody_may_read_are_used(judge, how):
    known = list(scene(WORDS))
    if how == "committed":
        known[3] = commits({("app", name, 0): 1 for name in WORDS})
    elif how == "shared":
        known[4] = share_offsets({("app", name, 0): (1, 1) for name in WORDS})
    elif how == "subscribed":
        known[5] = members({"group": "app", "member_id": "m", "subscription": tuple(WORDS)})
    else:
        known.append(topic_configs({name: kept(cleanup_policy="compact") for name in WORDS}))

    assert judge("topic-sprawl", *known).status == "ok"


def test_topics_of_kafka_and_of_streams_are_not_counted(judge):
    names = [f"__{word}" for word in WORDS] + [f"app-{word}-changelog" for word in WORDS]

    assert judge("topic-sprawl", *scene(names)).status == "ok"


def test_is_unknown_where_commits_were_read_in_part(judge):
    """That nobody reads a topic follows only from all commits."""
    known = list(scene(WORDS))
    known[3] = Commits.of(errors={"partition __consumer_offsets-3": Missing("it has no leader")})

    assert judge("topic-sprawl", *known).status == "unknown"


def test_is_unknown_without_the_past(judge):
    names, ends, _, *rest = scene(WORDS)
    absent = {PastEnds: Missing("not authorised")}

    assert judge("topic-sprawl", names, ends, *rest, absent=absent).status == "unknown"
