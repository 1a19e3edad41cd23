"""Applications of Kafka Streams on a real broker: what is told of their groups and topics."""

from collections.abc import Iterator

import pytest

from kdiag.cli.scoring import judge
from kdiag.finding import Finding
from kdiag.lab import FAULTS, LOOKALIKES, Lab
from kdiag.lab.counting import internal_topics
from kdiag.lab.fault import heal
from kdiag.sections import Groups, StreamsTopologies, TopicConfigs
from tests.live.seeing import Seen, seen_of

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

TRIED = [
    FAULTS["missing-stream-threads"],
    FAULTS["streams-source-missing"],
    LOOKALIKES["streams-at-work"],
    LOOKALIKES["streams-thread-replaced"],
]


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with Lab(1) as lab:
        yield seen_of(lab, TRIED, sample_seconds=3, sample_records=True)


@pytest.mark.parametrize("tried", TRIED, ids=lambda fault: fault.name)
def test_faults_are_named_at_their_root_and_healthy_applications_are_not(seen: Seen, tried) -> None:
    scored = judge(tried, seen.report, 0)

    assert scored.is_right, scored


def _found(seen: Seen, check: str) -> Finding:
    [found] = [one.finding for one in seen.report.findings if one.check == check]
    return found


def test_a_lost_thread_is_one_of_three(seen: Seen) -> None:
    found = _found(seen, "missing-stream-threads")

    assert (found.evidence["threads"], found.evidence["threads_before"]) == (2, 3)
    assert found.evidence["process"] == "orders-enricher"


def test_the_source_topic_that_is_missing_is_named(seen: Seen) -> None:
    found = _found(seen, "streams-group-not-ready")

    assert found.evidence["missing_source_topics"] == ["ad-skips"]


def test_groups_of_both_protocols_and_their_topologies_are_read(seen: Seen) -> None:
    groups = seen.snapshot.get(Groups).rows.set_index("group")
    rows = seen.snapshot.get(StreamsTopologies).rows
    parts = rows[rows["group"] == "visit-counts"].sort_values("subtopology")

    told = groups.loc[["page-counts", "visit-counts"], ["type", "state"]]
    assert told.to_numpy().tolist() == [["classic", "Stable"], ["streams", "Stable"]]
    repartition, changelog = internal_topics("visit-counts")
    assert list(parts["source_topics"]) == [("shop-visits",), ()]
    assert list(parts["repartition_source_topics"]) == [(), (repartition,)]
    assert list(parts["changelog_topics"]) == [(), (changelog,)]


def test_what_streams_makes_of_a_repartition_topic_is_what_the_check_leaves_out(seen: Seen) -> None:
    rows = seen.snapshot.get(TopicConfigs).rows
    rows = rows[rows["topic"] == internal_topics("visit-counts")[0]].set_index("key")["value"]

    assert (rows["retention.ms"], rows["cleanup.policy"]) == ("-1", "delete")


def test_each_fault_heals(seen: Seen) -> None:
    faults = [fault for fault in TRIED if fault.expects]
    for fault in faults:
        heal(seen.lab, fault)
    names = {name for fault in faults for name in fault.objects}

    assert not names & set(seen.lab.admin().list_topics(timeout=20).topics)
