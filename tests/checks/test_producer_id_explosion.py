import pytest

from kdiag.finding import broker
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts, partition_row, partitions

TEN = partitions(*(partition_row("orders", n, replicas=(1,)) for n in range(10)))
THOUSAND = partitions(*(partition_row("orders", n, replicas=(1,)) for n in range(1000)))


def samples(before, now, records=200.0, starts=(0.0, 0.0)):
    """Return two samples of a broker, ten seconds apart: producer ids, and records in between."""
    told = {"producer-ids": now, "messages-in": 9e6 + records, "start-time": starts[1]}
    then = {"producer-ids": before, "messages-in": 9e6, "start-time": starts[0]}
    return (
        facts({"broker 1": told | {"uptime": 7000.0}}),
        facts({"broker 1": then | {"uptime": 6990.0}}, at=ago(10)),
    )


@pytest.mark.parametrize(
    ("before", "severity", "confidence"),
    [(20_000, "critical", "likely"), (300, "warning", "possible")],
)
def test_fires_where_each_few_records_have_a_producer_of_their_own(
    judge, before, severity, confidence
):
    now, then = samples(before, before + 200)

    [finding] = judge("producer-id-explosion", now, TEN, earlier=[then]).findings

    assert finding.subject == broker(1)
    assert (finding.severity, finding.confidence) == (severity, confidence)
    assert finding.evidence["new_per_second"] == 20
    assert finding.evidence["records_per_id"] == 1


def test_fires_where_as_many_expire_as_come(judge):
    """After a day the number stands, far above what the producers of ten logs can be."""
    now, then = samples(400_000, 400_000)

    [finding] = judge("producer-id-explosion", now, TEN, earlier=[then]).findings

    assert (finding.severity, finding.confidence) == ("warning", "possible")
    assert finding.evidence == {"producer_ids": 400_000, "ids_per_replica": 40_000.0}


def test_many_producers_that_live_long_are_none(judge):
    """Fifty idempotent producers, each of which writes to a thousand partitions."""
    now, then = samples(50_000, 50_000, records=400_000)

    assert judge("producer-id-explosion", now, THOUSAND, earlier=[then]).status == "ok"


def test_a_deploy_of_producers_that_write_a_lot_is_none(judge):
    now, then = samples(12_000, 12_400, records=100_000)

    assert judge("producer-id-explosion", now, THOUSAND, earlier=[then]).status == "ok"


def test_a_follower_counts_ids_and_no_records(judge):
    """What leaders count is counted for their followers, too."""
    told = {"start-time": 0.0, "uptime": 6990.0}
    logs = partitions(*(partition_row("orders", n, replicas=(1, 2)) for n in range(500)))
    now, then = (
        facts(
            {
                "broker 1": told | {"producer-ids": ids, "messages-in": records},
                "broker 2": told | {"producer-ids": ids, "messages-in": 0.0},
            },
            at=ago(seconds),
        )
        for ids, records, seconds in ((12_400.0, 100_000.0, 0), (12_000.0, 0.0, 10))
    )

    assert judge("producer-id-explosion", now, logs, earlier=[then]).status == "ok"


def test_is_unknown_where_the_broker_restarted_in_between(judge):
    """Its number grows from what the snapshots of its logs hold."""
    now, then = samples(0, 20_000, starts=(0.0, 1000.0))

    assert judge("producer-id-explosion", now, TEN, earlier=[then]).status == "unknown"


def test_is_unknown_without_jmx_and_with_one_sample(judge):
    now, _ = samples(10, 10)
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge("producer-id-explosion", TEN, absent=absent).status == "unknown"
    assert judge("producer-id-explosion", now, TEN).status == "unknown"
