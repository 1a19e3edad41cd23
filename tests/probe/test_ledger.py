from kdiag.probe.latencies import BOUNDS_SECONDS, Latencies, percentile
from kdiag.probe.ledger import Ledger

DEADLINE = 10
NOW = 100.0


def ledger(records=3, partition=0, broker=1):
    """Return accounts of a broker to which some records were sent."""
    made = Ledger(DEADLINE, keeps_all=True)
    for _ in range(records):
        made.sent(partition, broker)
    return made


def through(made, *sequences, partition=0):
    for sequence in sequences:
        made.acknowledged(partition, sequence, 0.01, NOW)
        made.received(partition, sequence, 0.02)


def test_what_is_acknowledged_and_read_is_received_in_whichever_order_that_is_heard():
    made = ledger(2)
    made.acknowledged(0, 0, 0.01, NOW)
    made.received(0, 0, 0.02)
    made.received(0, 1, 0.02)
    assert made.tally(1).received == 1

    made.acknowledged(0, 1, 0.03, NOW)

    assert made.tally(1).received == made.tally(1).acknowledged == 2
    assert made.is_settled(NOW)
    assert made.tally(1).is_writable is True


def test_the_first_record_of_a_partition_counts_but_not_how_long_it_took():
    made = ledger(2)
    through(made, 0, 1)

    assert made.tally(1).acknowledged == 2
    assert made.tally(1).produce.values == [0.01]
    assert made.tally(1).roundtrip.values == [0.02]


def test_a_record_that_was_passed_over_is_lost_once_its_time_is_over():
    made = ledger(3)
    through(made, 0, 2)
    made.acknowledged(0, 1, 0.01, NOW)

    made.settle(NOW + DEADLINE)
    assert made.tally(1).lost == 0
    made.settle(NOW + DEADLINE + 1)

    assert made.tally(1).lost == 1
    assert made.unread(NOW + DEADLINE + 1) == {}
    assert made.is_settled(NOW + DEADLINE + 1)


def test_a_record_that_reading_has_not_come_to_is_not_lost_but_unread():
    made = ledger(2)
    through(made, 0)
    made.acknowledged(0, 1, 0.01, NOW)

    assert made.unread(NOW + DEADLINE) == {}
    made.settle(NOW + DEADLINE + 1)

    assert made.tally(1).lost == 0
    assert made.unread(NOW + DEADLINE + 1) == {1: 1}
    made.received(0, 1, 30)
    assert made.unread(NOW + DEADLINE + 1) == {}
    assert made.tally(1).received == 2


def test_a_record_that_fails_is_on_no_other_account_even_if_it_is_in_the_log():
    made = ledger(2)
    made.failed(0, 0, "_MSG_TIMED_OUT")
    made.received(0, 0, 20)
    made.failed(0, 1, "NOT_ENOUGH_REPLICAS")

    tally = made.tally(1)
    assert tally.failed == {"_MSG_TIMED_OUT": 1, "NOT_ENOUGH_REPLICAS": 1}
    assert (tally.acknowledged, tally.received, tally.lost, tally.duplicated) == (0, 0, 0, 0)
    assert tally.is_writable is False


def test_a_record_that_comes_twice_is_duplicated_and_not_received_twice():
    made = ledger(1)
    through(made, 0)
    made.received(0, 0, 0.5)

    assert made.tally(1).duplicated == 1
    assert made.tally(1).received == 1


def test_a_record_that_comes_after_a_later_one_is_out_of_order():
    made = ledger(3)
    through(made, 0, 2, 1)

    assert made.tally(1).out_of_order == 1
    assert made.tally(1).received == 3
    assert made.tally(1).lost == 0


def test_a_record_stays_on_the_account_of_the_broker_that_led_when_it_was_sent():
    made = Ledger(DEADLINE)
    assert [made.sent(0, 1), made.sent(0, 2), made.sent(1, 2)] == [0, 1, 0]
    through(made, 0, 1)
    through(made, 0, partition=1)

    assert {id_: tally.received for id_, tally in made.tallies.items()} == {1: 1, 2: 2}


def test_what_nobody_answered_fails_when_it_is_given_up():
    made = ledger(2)
    through(made, 0)
    assert made.open() == {1: 1}

    made.give_up("NO_ANSWER")

    assert made.tally(1).failed == {"NO_ANSWER": 1}
    assert made.open() == {}
    assert made.is_settled(NOW)


def test_accounts_of_brokers_that_are_gone_are_closed():
    made = Ledger(DEADLINE)
    made.sent(0, 1)
    made.sent(1, 2)

    made.forget({1})

    assert list(made.tallies) == [1]


def test_what_waits_to_be_read_does_not_grow_for_ever():
    made = ledger(10_050)
    for sequence in range(10_050):
        made.acknowledged(0, sequence, 0.01, NOW)

    made.settle(NOW + DEADLINE + 1)

    assert made.unread(NOW + DEADLINE + 1) == {1: 10_000}
    assert made.tally(1).lost == 0


def test_percentiles_are_values_that_were_there():
    values = [float(number) for number in range(1, 101)]

    assert [percentile(values, p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 50) is None


def test_a_bucket_holds_what_is_at_most_its_bound():
    held = Latencies()
    for seconds in (0.0005, 0.001, 0.0011, 10, 10.1, 60):
        held.add(seconds)

    by_bound = dict(zip((*BOUNDS_SECONDS, "above"), held.counts, strict=True))
    assert (by_bound[0.001], by_bound[0.0025], by_bound[10.0], by_bound["above"]) == (2, 1, 1, 2)
    assert sum(held.counts) == 6
    assert held.values == []
