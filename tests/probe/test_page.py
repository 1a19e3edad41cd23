import pytest

from kdiag.cli.probe import exit_code
from kdiag.probe.latencies import Latencies
from kdiag.probe.ledger import Ledger
from kdiag.probe.page import main_error, times
from kdiag.probe.verdict import verdict
from tests.probe.runs import accounts, page, placed

LATE = "_MSG_TIMED_OUT"


def states(made):
    return {row.broker: row.state for row in made.rows}


def reason(made, broker):
    return next(row.reason for row in made.rows if row.broker == broker)


def test_all_brokers_are_available_where_everything_came_back():
    made = page()

    assert states(made) == dict.fromkeys((1, 2, 3), "available")
    assert [row.availability_ratio for row in made.rows] == [1, 1, 1]
    assert verdict(made) == ("available", "60 records went through all 3 brokers and came back.")
    assert exit_code(made) == 0


def test_a_broker_that_takes_nothing_is_named_with_its_error():
    made = page(accounts(errors={2: ("NOT_ENOUGH_REPLICAS", 20)}))

    assert states(made)[2] == "unavailable"
    assert verdict(made).sentence == (
        "Broker 2 cannot be written to: 20 of 20 records failed with NOT_ENOUGH_REPLICAS."
    )
    assert exit_code(made) == 10


def test_a_broker_that_takes_some_is_not_always_available():
    made = page(accounts(errors={2: ("NOT_ENOUGH_REPLICAS", 5)}))

    assert states(made) == {1: "available", 2: "partly", 3: "available"}
    assert made.rows[1].availability_ratio == 0.75
    assert verdict(made).sentence.startswith("Broker 2 was not always available: 5 of 20 records")
    assert exit_code(made) == 10


def test_a_broker_that_the_cluster_lists_as_away_is_unavailable_though_others_took_its_records():
    made = page(accounts(), placed(gone=(3,), leaders=(1, 2, 1)))

    assert states(made) == {1: "available", 2: "available", 3: "unavailable"}
    assert verdict(made).sentence == "Broker 3 cannot be written to: it is fenced."
    assert [(one.partition, one.home, one.leader) for one in made.moved] == [(2, 3, 1)]
    assert exit_code(made) == 10


@pytest.mark.parametrize("away", ["gone", "silent"])
def test_records_that_waited_for_a_broker_that_is_away_are_not_held_against_the_leader(away):
    ledger = accounts(errors={1: (LATE, 4), 2: (LATE, 4), 3: (LATE, 20)})

    made = page(ledger, placed(**{away: (3,)}))

    assert states(made) == {1: "held-up", 2: "held-up", 3: "unavailable"}
    assert "wait for an in-sync replica on broker 3" in reason(made, 1)
    assert verdict(made).sentence.startswith("Broker 3 cannot be written to: it ")
    assert "Records through brokers 1 and 2 came too late" in verdict(made).sentence
    assert exit_code(made) == 10


def test_records_that_are_too_late_with_all_brokers_there_are_held_against_their_leader():
    assert states(page(accounts(errors={2: (LATE, 4)})))[2] == "partly"


def test_an_error_of_the_broker_is_not_excused_by_another_one_that_is_away():
    ledger = accounts(errors={1: ("NOT_ENOUGH_REPLICAS", 4)})

    assert states(page(ledger, placed(gone=(3,))))[1] == "partly"


def test_a_broker_that_leads_no_partition_is_never_available():
    made = page(accounts(brokers=(1, 2)), placed(leaders=(1, 2, 2)))

    assert states(made)[3] == "not-probed"
    assert reason(made, 3) == "it does not lead its partition: broker 2 leads 2"
    assert verdict(made) == (
        "incomplete",
        "Broker 3 was not probed: it does not lead its partition: broker 2 leads 2. 40 records "
        "went through the others and came back.",
    )
    assert exit_code(made) == 4


def test_acknowledged_records_that_are_not_read_are_told_apart():
    lost, unread = page(accounts(lost=2)), page(accounts(unread=3))

    assert (lost.rows[0].lost, lost.rows[0].unread) == (2, 0)
    assert (unread.rows[0].lost, unread.rows[0].unread) == (0, 3)
    assert "2 acknowledged records are lost" in verdict(lost).sentence
    assert "3 acknowledged records could not be read back in time" in verdict(unread).sentence
    assert exit_code(lost) == exit_code(unread) == 10


def test_commits_that_fail_are_a_failure_though_all_records_came_back():
    made = page(committed=8, failed_commits={"NO_ANSWER": 2})

    assert verdict(made).sentence == ("2 of 10 commits of group kdiag-probe failed with NO_ANSWER.")
    assert exit_code(made) == 10


def test_a_run_that_is_stopped_at_once_says_nothing_good_of_a_broker():
    ledger = Ledger(10, keeps_all=True)
    for broker in (1, 2, 3):
        ledger.sent(broker - 1, broker)

    made = page(ledger, is_interrupted=True)

    assert states(made) == dict.fromkeys((1, 2, 3), "not-probed")
    assert sum(row.unknown for row in made.rows) == 3
    assert exit_code(made) == 130


def test_a_run_without_any_account_is_no_success():
    assert verdict(page(Ledger(10))).status == "incomplete"


@pytest.mark.parametrize(
    ("errors", "named"),
    [
        ({LATE: 90, "NOT_ENOUGH_REPLICAS": 3}, "NOT_ENOUGH_REPLICAS"),
        ({LATE: 3, "_TRANSPORT": 5}, "_TRANSPORT"),
        ({"A": 1, "B": 2}, "B"),
    ],
)
def test_the_error_of_the_broker_is_named_before_that_of_the_client(errors, named):
    assert main_error(errors) == named


def test_times_are_percentiles_and_nothing_where_nothing_was_measured():
    held = Latencies(keeps_all=True)
    assert times(held) is None

    for number in range(1, 201):
        held.add(number / 1000)

    told = times(held)
    assert (told.p50_seconds, told.p95_seconds) == (0.1, 0.19)
    assert (told.p99_seconds, told.max_seconds) == (0.198, 0.2)
