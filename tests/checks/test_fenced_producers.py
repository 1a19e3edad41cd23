from kdiag.finding import NotApplicable, Subject
from kdiag.sections import TransactionHistory
from kdiag.snapshot import Missing
from tests.tables import transaction_history


def taken_over(id_, epoch, seconds):
    """A producer begins, and the next one takes the id over: what the coordinator writes."""
    return [
        (id_, "Ongoing", epoch, seconds),
        (id_, "PrepareAbort", epoch + 1, seconds - 1),
        (id_, "CompleteAbort", epoch + 1, seconds - 1),
        (id_, "Empty", epoch + 2, seconds - 1),
    ]


def ping_pong(times):
    return [row for n in range(times) for row in taken_over("writer", 2 * n, 100 - 3 * n)]


def test_fires_where_an_id_is_taken_over_again_and_again(judge):
    result = judge("fenced-producers", transaction_history(*ping_pong(4)))

    [finding] = result.findings
    assert finding.subject == Subject.of("transactional_id", transactional_id="writer")
    assert finding.severity == "warning"
    assert finding.evidence["takeover_count"] == 4
    assert finding.evidence["window_seconds"] == 9


def test_is_silent_for_a_restart_or_two(judge):
    assert judge("fenced-producers", transaction_history(*ping_pong(2))).status == "ok"


def test_is_silent_for_epochs_that_rise_with_each_transaction(judge):
    """transaction.version 2: the end of every transaction raises the epoch."""
    rows = [
        row
        for n in range(50)
        for row in (
            ("writer", "Ongoing", n, 100 - n),
            ("writer", "PrepareCommit", n + 1, 100 - n),
            ("writer", "CompleteCommit", n + 1, 100 - n),
        )
    ]

    assert judge("fenced-producers", transaction_history(*rows)).status == "ok"


def test_is_silent_for_a_producer_that_aborts_its_own(judge):
    rows = [
        row
        for n in range(50)
        for row in (
            ("writer", "Ongoing", n, 100 - n),
            ("writer", "PrepareAbort", n + 1, 100 - n),
            ("writer", "CompleteAbort", n + 1, 100 - n),
        )
    ]

    assert judge("fenced-producers", transaction_history(*rows)).status == "ok"


def test_is_silent_for_jobs_that_use_one_id_one_after_the_other(judge):
    rows = [
        row
        for n in range(10)
        for row in (
            ("writer", "Empty", n, 100 - n),
            ("writer", "Ongoing", n, 100 - n),
            ("writer", "PrepareCommit", n, 100 - n),
            ("writer", "CompleteCommit", n, 100 - n),
        )
    ]

    assert judge("fenced-producers", transaction_history(*rows)).status == "ok"


def test_is_silent_where_the_coordinator_ended_what_was_overdue(judge):
    rows = [
        row
        for n in range(4)
        for row in (
            ("writer", "Ongoing", 2 * n, 500 - 100 * n),
            ("writer", "PrepareAbort", 2 * n + 1, 430 - 100 * n),
            ("writer", "CompleteAbort", 2 * n + 1, 430 - 100 * n),
            ("writer", "Empty", 2 * n + 2, 429 - 100 * n),
        )
    ]

    assert judge("fenced-producers", transaction_history(*rows)).status == "ok"


def test_different_ids_are_counted_apart(judge):
    rows = [row for name in "abc" for row in taken_over(name, 0, 50)]

    assert judge("fenced-producers", transaction_history(*rows)).status == "ok"


def test_is_unknown_where_not_all_of_the_time_was_read(judge):
    short = {"partition __transaction_state-2": Missing("only its last 30 s", "--history-mib")}

    result = judge("fenced-producers", transaction_history(*ping_pong(1), errors=short))

    assert result.status == "unknown"
    assert result.needs == "--history-mib"


def test_is_unknown_without_read_on_the_log(judge):
    grant = "Read on Topic __transaction_state"
    absent = {TransactionHistory: Missing("not authorised", grant)}

    result = judge("fenced-producers", absent=absent)

    assert result.status == "unknown"
    assert result.needs == grant


def test_does_not_apply_without_a_transaction_log(judge):
    absent = {TransactionHistory: NotApplicable("the cluster has no __transaction_state")}

    assert judge("fenced-producers", absent=absent).status == "not_applicable"
