"""What brokers say of transactions and producers: rows, and what could not be read."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Reply

from kdiag.errors import TimedOut, Unsupported
from kdiag.snapshot import Missing
from kdiag.sources.admin import producers as producers_source
from kdiag.sources.admin import transactions as transactions_source
from kdiag.sources.admin.metadata import Registered
from kdiag.sources.admin.producers import read_producers
from kdiag.sources.admin.transactions import read_transactions

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOG = "__transaction_state"


class Brokers:
    """Answers by API and broker; keeps what was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []
        self.brokers = {id_: None for each in answers.values() for id_ in each}

    async def ask_all(self, api, fields_by_broker):
        self.asked.append((api, dict(fields_by_broker)))
        return {id_: self.answers[api][id_] for id_ in fields_by_broker}


def registered(**leaders):
    """Return topic → leaders of its partitions as metadata."""
    topics = tuple(
        Reply(
            name=LOG if name == "log" else name,
            partitions=[
                Reply(partition_index=n, leader_id=-1 if id_ is None else id_)
                for n, id_ in enumerate(ids)
            ],
        )
        for name, ids in leaders.items()
    )
    return Registered("c", (), None, topics, NOW)


def listing(*rows, error_code=0):
    states = [
        Reply(transactional_id=id_, transaction_state=state, producer_id=7) for id_, state in rows
    ]
    return Reply(error_code=error_code, transaction_states=states)


def description(id_, state="Ongoing", error_code=0):
    return Reply(
        error_code=error_code,
        transactional_id=id_,
        transaction_state=state,
        transaction_timeout=timedelta(seconds=60),
        transaction_start_time=int(NOW.timestamp() * 1000),
        producer_id=7,
        producer_epoch=3,
        topics=[Reply(topic="orders", partitions=[0, 2])],
    )


def transactions(wire, known):
    return asyncio.run(read_transactions(wire, known, NOW))


def test_only_open_transactions_are_described_at_the_broker_that_lists_them():
    wire = Brokers(
        ListTransactions={1: listing(("a", "Ongoing"), ("b", "CompleteCommit")), 2: listing()},
        DescribeTransactions={1: Reply(transaction_states=[description("a")])},
    )

    table = transactions(wire, registered(log=[1, 2]))

    assert wire.asked[1] == ("DescribeTransactions", {1: {"transactional_ids": ["a"]}})
    open_, done = table.rows.itertuples()
    assert (open_.state, open_.producer_epoch, open_.timeout_seconds) == ("Ongoing", 3, 60)
    assert open_.partitions == (("orders", 0), ("orders", 2))
    assert (done.state, done.coordinator, done.partitions) == ("CompleteCommit", 1, None)
    assert not table.errors


def test_one_that_is_gone_meanwhile_is_left_out():
    wire = Brokers(
        ListTransactions={1: listing(("a", "Ongoing"))},
        DescribeTransactions={1: Reply(transaction_states=[description("a", error_code=105)])},
    )

    table = transactions(wire, registered(log=[1]))

    assert len(table) == 0
    assert not table.errors


def test_a_refusal_names_the_grant():
    wire = Brokers(
        ListTransactions={1: listing(("a", "Ongoing"))},
        DescribeTransactions={1: Reply(transaction_states=[description("a", error_code=53)])},
    )

    table = transactions(wire, registered(log=[1]))

    assert table.errors["transactional id a"].grant == "Describe on TransactionalId a"
    assert table.rows["partitions"].tolist() == [None]


def test_a_silent_broker_costs_the_log_partitions_that_it_leads():
    wire = Brokers(ListTransactions={1: listing(), 2: TimedOut("timed out"), 3: TimedOut("too")})

    table = transactions(wire, registered(log=[1, 2, None]))

    assert set(table.errors) == {f"partition {LOG}-1", f"partition {LOG}-2"}


def test_a_coordinator_that_loads_is_a_gap():
    wire = Brokers(ListTransactions={1: listing(error_code=14)})

    assert f"partition {LOG}-0" in transactions(wire, registered(log=[1])).errors


def test_what_is_left_out_is_said(monkeypatch):
    monkeypatch.setattr(transactions_source, "_MOST_DESCRIBED", 1)
    wire = Brokers(
        ListTransactions={1: listing(("a", "Ongoing"), ("b", "Ongoing"))},
        DescribeTransactions={1: Reply(transaction_states=[description("a")])},
    )

    table = transactions(wire, registered(log=[1]))

    assert table.errors["open transactions of broker 1"].reason.startswith("1 beyond")
    assert len(table) == 2


def test_old_brokers_name_the_release():
    wire = Brokers(ListTransactions={1: Unsupported("broker 1 does not offer ListTransactions")})

    assert transactions(wire, registered(log=[1])) == Missing(
        "broker 1 does not offer ListTransactions", "Kafka 3.0 or newer"
    )


def leader(topic, *partitions):
    return Reply(topics=[Reply(name=topic, partitions=list(partitions))])


def part(number, *producers, error_code=0):
    return Reply(partition_index=number, error_code=error_code, active_producers=producers)


def producer(open_since=-1, timestamp=1_700_000_000_000):
    return Reply(
        producer_id=7,
        producer_epoch=3,
        last_sequence=-1,
        last_timestamp=timestamp,
        coordinator_epoch=-1,
        current_txn_start_offset=open_since,
    )


def producers(wire, known, *partitions):
    return asyncio.run(read_producers(wire, known, partitions, NOW))


def test_leaders_are_asked_once_for_the_partitions_that_are_named():
    wire = Brokers(
        DescribeProducers={
            1: leader("orders", part(0, producer(), producer(100))),
            2: leader("orders", part(1, producer(timestamp=-1), producer(timestamp=2**62))),
        }
    )

    table = producers(wire, registered(orders=[1, 2, 1]), ("orders", 0), ("orders", 1))

    [(_, asked)] = wire.asked
    assert asked[1] == {"topics": [{"name": "orders", "partition_indexes": [0]}]}
    assert table.rows["open_since_offset"].fillna(-1).tolist() == [-1, 100, -1, -1]
    assert table.rows["last_sequence"].isna().all()
    assert table.rows["last_timestamp"].isna().tolist() == [False, False, True, True]


def test_nothing_is_asked_where_nothing_is_held_back():
    wire = Brokers(DescribeProducers={})

    table = producers(wire, registered(orders=[1]))

    assert wire.asked == [("DescribeProducers", {})]
    assert len(table) == 0
    assert not table.errors


def test_refused_leaderless_and_left_out_partitions_are_said(monkeypatch):
    monkeypatch.setattr(producers_source, "_MOST_PARTITIONS", 2)
    wire = Brokers(DescribeProducers={1: leader("orders", part(0, error_code=29))})

    known = registered(orders=[1, None, 1])
    table = producers(wire, known, ("orders", 0), ("orders", 1), ("orders", 2))

    assert table.errors["producers of orders-0"].grant == "Read on Topic orders"
    assert table.errors["producers of orders-1"].reason == "it has no leader"
    assert table.errors["producers of other partitions"].reason.startswith("1 beyond")


def test_brokers_without_the_request_name_the_release():
    wire = Brokers(DescribeProducers={1: Unsupported("broker 1 does not offer it")})

    found = producers(wire, registered(orders=[1]), ("orders", 0))

    assert found == Missing("broker 1 does not offer it", "Kafka 2.8 or newer")
