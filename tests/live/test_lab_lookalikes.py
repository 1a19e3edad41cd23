"""Each look-alike is healthy, as seen by an administration client."""

from collections.abc import Iterator

import pytest

from kdiag.lab import LOOKALIKES, Lab, inject
from kdiag.lab.clients import broker_ids, committed_offsets, group_state, offsets
from kdiag.lab.groups import wait_members, wait_state
from tests.live.truth import Movement, assignments, movements

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

READING = {
    "simple-consumer": ("cdc-reader", "table-changes"),
    "nightly-job": ("night-batch", "receipts"),
    "back-pressure": ("es-indexer", "products"),
    "hot-standby": ("ticker", "ticks"),
    "cooperative-join": ("wishlist", "wishes"),
    "consumer-protocol-join": ("basket", "baskets"),
    "converted-group": ("ratings", "reviews"),
    "rolling-deploy": ("web-hooks", "hooks"),
    "static-bounce": ("ledger-writer", "postings"),
    "steady-delay": ("delayed-retry", "retries"),
    "rare-commits": ("ml-features", "impressions"),
}
RESTING = (
    "idle-group",
    "finished-job",
    "fresh-group",
    "quiet-newcomers",
    "offsets-elsewhere",
    "compacted-gap",
    "partial-assignment",
    "connect-workers",
    "unread-topic",
    "admin-reset",
    "retention-at-end",
    "quiet-topic",
    "two-topics",
)


def healthy(names: tuple[str, ...]) -> Iterator[Lab]:
    with Lab(3, properties={"min.insync.replicas": "2"}) as lab:
        inject(lab, [LOOKALIKES[name] for name in names])
        yield lab


class TestWhatReads:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls) -> Iterator[Lab]:
        yield from healthy(tuple(READING))

    @pytest.fixture(scope="class")
    @classmethod
    def seen(cls, lab: Lab) -> dict[str, Movement]:
        return movements(lab, READING.values(), 28)

    @pytest.mark.parametrize("group", [group for group, _ in READING.values()])
    def test_it_reads_as_much_as_is_written(self, seen: dict[str, Movement], group: str) -> None:
        found = seen[group]
        assert sum(found.consumed.values()) > 0.5 * sum(found.produced.values()) > 0

    @pytest.mark.parametrize(
        ("group", "members"),
        [
            ("ticker", 4),
            ("wishlist", 2),
            ("basket", 2),
            ("ratings", 1),
            ("web-hooks", 3),
            ("ledger-writer", 2),
        ],
    )
    def test_its_group_is_stable(self, lab: Lab, group: str, members: int) -> None:
        wait_members(lab, group, members)

    def test_the_delay_is_steady(self, lab: Lab, seen: dict[str, Movement]) -> None:
        assert 20 * 25 < seen["delayed-retry"].lag < 20 * 60

    def test_the_simple_consumer_has_no_members(self, lab: Lab) -> None:
        assert group_state(lab.admin(), "cdc-reader") == "EMPTY"


class TestWhatRests:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls) -> Iterator[Lab]:
        yield from healthy(RESTING)

    @pytest.mark.parametrize(
        ("group", "topic", "state"),
        [
            ("alerts", "incidents", "STABLE"),
            ("nightly-import", "uploads", "EMPTY"),
            ("replayer", "journal", "STABLE"),
            ("cleanup-job", "temp-files", "EMPTY"),
            ("year-end", "closings", "STABLE"),
        ],
    )
    def test_it_has_read_everything(self, lab: Lab, group: str, topic: str, state: str) -> None:
        wait_state(lab, group, state)
        ends = sum(offsets(lab.admin(), topic, "latest").values())
        assert lab.committed(group, topic) == ends > 0

    @pytest.mark.parametrize(
        ("group", "topic"),
        [("push-gateway", "device-tokens"), ("flink-sessions", "wire-transfers")],
    )
    def test_it_has_committed_nothing(self, lab: Lab, group: str, topic: str) -> None:
        wait_members(lab, group, 1)
        assert committed_offsets(lab.bootstrap, group, topic) == {}

    def test_the_fresh_group_drains(self, lab: Lab) -> None:
        [found] = movements(lab, [("search-index", "catalogue")], 3).values()
        assert found.lag > 1_000
        assert sum(found.consumed.values()) > sum(found.produced.values())

    def test_a_partition_is_left_out_by_design(self, lab: Lab) -> None:
        assert set(committed_offsets(lab.bootstrap, "eu-only", "regional-events")) == {0, 1}

    def test_the_committed_offset_lies_in_a_gap(self, lab: Lab) -> None:
        assert committed_offsets(lab.bootstrap, "profile-cache", "profiles") == {0: 100}
        assert offsets(lab.admin(), "profiles", "latest")[0] > 200

    def test_retention_passed_over_what_was_read(self, lab: Lab) -> None:
        assert sum(offsets(lab.admin(), "temp-files", "earliest").values()) == 300

    def test_both_topics_are_read_by_both_members(self, lab: Lab) -> None:
        owned = assignments(lab, "timeline")
        assert [{topic for topic, _ in each} for each in owned.values()] == [
            {"likes", "follows"},
            {"likes", "follows"},
        ]


def test_all_brokers_are_back_after_a_rolling_restart(lab3: Lab) -> None:
    inject(lab3, [LOOKALIKES["rolling-restart"]])
    assert broker_ids(lab3.bootstrap) == {1, 2, 3}
