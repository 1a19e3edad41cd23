"""Each fault makes what it says, and heals it, as seen by an administration client."""

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka.admin._config import ConfigResource

from kdiag.lab import FAULTS, Lab, inject
from kdiag.lab.clients import broker_ids, committed_offsets, group_state, offsets, topic_metadata
from kdiag.lab.fault import heal
from kdiag.lab.faults.disk_nearly_full import _used_ratio
from kdiag.lab.groups import described, wait_members, wait_state
from kdiag.lab.waiting import wait_until
from tests.live.truth import Movement, assignments, movements

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

Labs = Callable[..., Lab]


def broken(names: tuple[str, ...]) -> Iterator[Lab]:
    """Make faults in a lab of their own; heal them afterwards, and nothing is left."""
    with Lab(3, properties={"min.insync.replicas": "2"}) as lab:
        faults = [FAULTS[name] for name in names]
        inject(lab, faults)
        yield lab
        for fault in faults:
            heal(lab, fault)
        assert not lab.load("*")
        topics = {name for fault in faults for name in fault.objects}
        assert not topics & set(lab.admin().list_topics(timeout=10).topics)


class TestClusterFaults:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls, lab3: Lab) -> Iterator[Lab]:
        names = ("disk-nearly-full", "rf1-topic", "min-isr-equals-rf", "oversized-topic")
        faults = [FAULTS[name] for name in (*names, "unclean-election-enabled", "broker-killed")]
        try:
            inject(lab3, faults)
            yield lab3
        finally:
            for fault in reversed(faults):
                heal(lab3, fault)
        assert broker_ids(lab3.bootstrap) == {1, 2, 3}
        assert _used_ratio(lab3) < 0.5
        assert topic_metadata(lab3.admin(), "sessions") is None
        assert config(lab3, "ledger", "min.insync.replicas") == "2"
        assert config(lab3, "inventory", "unclean.leader.election.enable") == "false"

    def test_the_killed_broker_is_not_registered(self, lab: Lab) -> None:
        assert not lab.brokers[3].is_running
        assert broker_ids(lab.bootstrap) == {1, 2}

    def test_topics_are_what_their_faults_say(self, lab: Lab) -> None:
        sessions = topic_metadata(lab.admin(), "sessions")
        assert {len(p.replicas) for p in sessions.partitions.values()} == {1}
        assert config(lab, "inventory", "unclean.leader.election.enable") == "true"
        assert config(lab, "documents", "max.message.bytes") == "10485760"
        assert config(lab, "ledger", "min.insync.replicas") == "3"

    def test_the_disk_is_nearly_full(self, lab: Lab) -> None:
        assert 0.83 < _used_ratio(lab) < 0.9


def config(lab: Lab, topic: str, key: str) -> str:
    resource = ConfigResource("topic", topic)
    entry = lab.admin().describe_configs([resource])[resource].result(10)[key]
    return str(entry.value)


LAG = {
    "slow-consumer": ("recommendations", "clicks"),
    "partition-ceiling": ("pricing", "price-updates"),
    "producer-burst": ("mailing", "mails"),
    "hot-partition": ("player-stats", "game-events"),
    "slow-member": ("geocoding", "addresses"),
    "consumer-blocked": ("settlement", "payments"),
    "consumer-paused": ("dunning", "dunning-letters"),
    "consumer-seeking-back": ("duty-reports", "duty-events"),
    "poison-record": ("crm-sync", "customers"),
    "group-dead": ("fulfilment", "orders"),
    "throttled-client": ("bulk-export", "blobs"),
}


class TestLagFaults:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls) -> Iterator[Lab]:
        yield from broken(tuple(LAG))

    @pytest.fixture(scope="class")
    @classmethod
    def seen(cls, lab: Lab) -> dict[str, Movement]:
        return movements(lab, LAG.values())

    @pytest.mark.parametrize("group", ["recommendations", "pricing", "mailing"])
    def test_more_is_written_than_read(self, seen: dict[str, Movement], group: str) -> None:
        found = seen[group]
        assert 0 < sum(found.consumed.values()) < sum(found.produced.values()) * 0.7

    def test_the_ceiling_is_reached_by_a_member_for_each_partition(self, lab: Lab) -> None:
        assert [len(owned) for owned in assignments(lab, "pricing").values()] == [1, 1, 1]

    def test_the_burst_is_ten_times_the_input_before_it(self, seen: dict[str, Movement]) -> None:
        assert sum(seen["mailing"].produced.values()) > 6 * 100  # 20 a second before

    def test_one_partition_gets_most_records_and_lags(self, seen: dict[str, Movement]) -> None:
        found = seen["player-stats"]
        hot = max(found.produced, key=lambda number: found.produced[number])
        assert found.produced[hot] > sum(found.produced.values()) / 2
        assert found.lag * 0.8 < found.ends[hot] - found.committed[hot]

    def test_one_member_lags_with_all_that_it_owns(
        self, lab: Lab, seen: dict[str, Movement]
    ) -> None:
        found, owned = seen["geocoding"], assignments(lab, "geocoding")
        slow = {number for _, number in owned["geocoding-old-host"]}
        lag = {number: end - found.committed[number] for number, end in found.ends.items()}
        assert min(lag[number] for number in slow) > max(lag[n] for n in lag if n not in slow)

    @pytest.mark.parametrize("group", ["settlement", "dunning", "duty-reports", "fulfilment"])
    def test_nothing_is_committed_while_more_is_written(
        self, seen: dict[str, Movement], group: str
    ) -> None:
        assert set(seen[group].consumed.values()) == {0}
        assert sum(seen[group].produced.values()) > 60

    @pytest.mark.parametrize("group", ["settlement", "dunning", "duty-reports"])
    def test_a_stuck_group_is_stable(self, lab: Lab, group: str) -> None:
        wait_members(lab, group, 1)

    def test_the_dead_group_is_empty(self, lab: Lab) -> None:
        wait_state(lab, "fulfilment", "EMPTY")

    def test_one_partition_stands_at_its_poison_and_others_move(
        self, seen: dict[str, Movement]
    ) -> None:
        found = seen["crm-sync"]
        assert found.committed[1] == 20
        assert {number: moved > 0 for number, moved in found.consumed.items()} == {
            0: True,
            1: False,
            2: True,
        }

    def test_the_throttled_client_reads_a_part(self, seen: dict[str, Movement]) -> None:
        found = seen["bulk-export"]
        assert sum(found.consumed.values()) < sum(found.produced.values()) / 2


OFFSETS = (
    "lag-overtakes-retention",
    "records-lost-unread",
    "offset-jump",
    "commit-beyond-end",
    "abandoned-topic",
    "orphan-group",
    "shared-group-id",
    "unowned-partition",
    "idle-members",
    "uneven-assignment",
    "missing-stream-threads",
    "mixed-protocol-group",
)


class TestOffsetsAndAssignments:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls) -> Iterator[Lab]:
        yield from broken(OFFSETS)

    def test_records_were_deleted_above_the_committed_offset(self, lab: Lab) -> None:
        assert committed_offsets(lab.bootstrap, "data-lake", "visits") == {0: 100}
        assert offsets(lab.admin(), "visits", "earliest") == {0: 300}

    def test_a_consumer_skipped_what_was_deleted_and_more(self, lab: Lab) -> None:
        assert offsets(lab.admin(), "points", "earliest") == {0: 1_000}
        assert committed_offsets(lab.bootstrap, "loyalty", "points")[0] > 2_000

    def test_a_group_committed_beyond_the_end(self, lab: Lab) -> None:
        ends = offsets(lab.admin(), "contracts", "latest")
        committed = committed_offsets(lab.bootstrap, "archive-writer", "contracts")
        assert all(committed[number] > end + 500 for number, end in ends.items())

    def test_old_records_wait_for_a_slow_reader(self, lab: Lab) -> None:
        [found] = movements(lab, [("fraud-scoring", "card-transactions")], 5).values()
        assert found.lag > 10_000
        assert 0 < sum(found.consumed.values()) < sum(found.produced.values()) / 2

    def test_a_topic_was_left_behind(self, lab: Lab) -> None:
        [owned] = assignments(lab, "notifications").values()
        assert {topic for topic, _ in owned} == {"emails"}
        assert sum(committed_offsets(lab.bootstrap, "notifications", "faxes").values()) > 0

    def test_an_orphan_is_empty_with_lag(self, lab: Lab) -> None:
        assert group_state(lab.admin(), "etl-v1") == "EMPTY"
        assert lab.committed("etl-v1", "exports") == 100

    def test_two_applications_share_a_group(self, lab: Lab) -> None:
        found = assignments(lab, "backoffice")
        by_app = {
            app: {
                topic for id_, owned in found.items() if id_.startswith(app) for topic, _ in owned
            }
            for app in ("refund-service", "label-printer")
        }
        assert by_app == {"refund-service": {"refunds"}, "label-printer": {"labels"}}

    def test_one_partition_has_no_owner_and_is_written(self, lab: Lab) -> None:
        owned = set().union(*assignments(lab, "shipping").values())
        assert owned == {("parcels", 0), ("parcels", 1)}
        [found] = movements(lab, [("shipping", "parcels")], 3).values()
        assert [moved > 0 for _, moved in sorted(found.produced.items())] == [False, False, True]

    def test_two_of_five_members_own_nothing(self, lab: Lab) -> None:
        counts = [len(owned) for owned in assignments(lab, "avatar-resizer").values()]
        assert sorted(counts) == [0, 0, 1, 1, 1]

    def test_one_member_owns_most(self, lab: Lab) -> None:
        assert sorted(map(len, assignments(lab, "telemetry").values())) == [1, 1, 5]

    def test_a_thread_is_missing(self, lab: Lab) -> None:
        assert len(assignments(lab, "orders-enricher")) == 2

    def test_both_protocols_are_in_one_group(self, lab: Lab) -> None:
        wait_members(lab, "feed-builder", 2)
        assert described(lab, "feed-builder").type.name == "CONSUMER"


MEMBERS = (
    "rebalance-storm",
    "poll-eviction-storm",
    "session-loss-storm",
    "crash-looping-member",
    "no-static-membership",
    "rebalance-stuck",
    "duplicate-static-id",
    "static-zombie",
    "member-not-revoking",
    "join-herd",
    "eager-assignor",
)


class TestMembershipFaults:
    @pytest.fixture(scope="class")
    @classmethod
    def lab(cls) -> Iterator[Lab]:
        yield from broken(MEMBERS)

    @pytest.mark.parametrize(
        "group",
        [
            "autoscaled-workers",
            "video-encoder",
            "risk-engine",
            "pdf-renderer",
            "audit-trail",
            "seat-allocator",
        ],
    )
    def test_members_are_replaced_again_and_again(self, lab: Lab, group: str) -> None:
        ids: set[str] = set()

        def has_changed() -> bool:
            found = described(lab, group)
            ids.update(member.member_id for member in (found.members if found else ()))
            return len(ids) >= 6

        wait_until(has_changed, f"six members of {group} were seen", 60, 0.3)

    def test_a_rebalance_waits_for_a_blocked_member(self, lab: Lab) -> None:
        assert group_state(lab.admin(), "reservation-app") == "PREPARING_REBALANCING"

    def test_a_blocked_member_of_the_new_protocol_keeps_everything(self, lab: Lab) -> None:
        owned = assignments(lab, "chat-history")
        assert {client: len(partitions) for client, partitions in owned.items()} == {
            "chat-history-old": 3,
            "chat-history-new": 0,
        }

    def test_a_dead_static_member_keeps_its_partition(self, lab: Lab) -> None:
        [found] = movements(lab, [("warehouse", "stock-moves")]).values()
        assert len(assignments(lab, "warehouse")) == 3
        assert sorted(moved > 0 for moved in found.consumed.values()) == [False, True, True]

    def test_many_members_joined(self, lab: Lab) -> None:
        assert len(assignments(lab, "crawler")) == 24
        assert len(assignments(lab, "ad-bidding")) == 12


def test_groups_can_be_given_to_one_coordinator(fresh_lab: Labs) -> None:
    fault = FAULTS["coordinator-hotspot"]
    lab = fresh_lab(3, **fault.lab)
    inject(lab, [fault])
    groups = lab.admin().list_consumer_groups().result(10).valid
    assert {described(lab, group.group_id).coordinator.id for group in groups} == {2}
    assert len(groups) > 12


def test_a_coordinator_below_min_isr_takes_no_commits_and_others_do(fresh_lab: Labs) -> None:
    fault = FAULTS["coordinator-unavailable"]
    options = {**fault.lab, "properties": {**fault.lab["properties"], "min.insync.replicas": "2"}}
    lab = fresh_lab(3, **options)
    inject(lab, [fault])
    seen = movements(lab, [("claims-intake", "claims"), ("claims-report", "claims")])
    assert sum(seen["claims-intake"].consumed.values()) <= 0
    assert sum(seen["claims-report"].consumed.values()) > 0
