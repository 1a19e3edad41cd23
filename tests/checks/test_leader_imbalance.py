import pytest

from kdiag.finding import broker
from kdiag.sections import BrokerConfigs, Partitions
from kdiag.snapshot import Missing
from tests.tables import NOW, ago, broker_configs, brokers, partition_row, partitions

AUTO = "auto.leader.rebalance.enable"
INTERVAL = "leader.imbalance.check.interval.seconds"


def settings(automatic):
    return broker_configs({n: {AUTO: automatic, INTERVAL: "300"} for n in (1, 2, 3)})


def led_elsewhere(number, of=100, at=NOW, isr=(1, 2, 3)):
    """Return partitions that broker 3 should lead, the first of them led by broker 1."""
    rows = [
        partition_row("orders", n, (3, 1, 2), isr=isr, leader=1 if n < number else 3)
        for n in range(of)
    ]
    table = partitions(*rows)
    return Partitions(rows=table.rows, read_at=at)


def judged(judge, now, automatic="false", apart=30, **more):
    before = led_elsewhere(40, at=ago(apart))
    return judge("leader-imbalance", now, brokers(), settings(automatic), earlier=[before], **more)


def test_warns_where_nobody_moves_leaders_back(judge):
    result = judged(judge, led_elsewhere(40))

    [finding] = result.findings
    assert finding.subject == broker(3)
    assert finding.severity == "warning"
    assert finding.evidence["led_elsewhere_partitions"] == 40
    assert finding.evidence["preferred_partitions"] == 100
    assert finding.evidence["led_elsewhere_percent"] == 40


def test_is_silent_at_ten_percent_and_below_ten_partitions(judge):
    assert judged(judge, led_elsewhere(10, of=100)).status == "ok"
    assert judged(judge, led_elsewhere(9, of=10)).status == "ok"


def test_fires_just_above_the_limits(judge):
    assert judged(judge, led_elsewhere(11, of=100)).status == "problem"
    assert judged(judge, led_elsewhere(10, of=20)).status == "problem"


def test_is_silent_where_the_second_sample_is_balanced(judge):
    assert judged(judge, led_elsewhere(0)).status == "ok"


def test_a_controller_that_does_not_move_them_back_in_time_is_worth_a_note(judge):
    [finding] = judged(judge, led_elsewhere(40), automatic="true", apart=300).findings

    assert finding.severity == "info"


def test_is_unknown_before_the_controller_had_its_time(judge):
    """A broker came back a minute ago: nobody knows yet whether leaders will follow."""
    result = judged(judge, led_elsewhere(40), automatic="true", apart=60)

    assert result.status == "unknown"
    assert "every 5 min" in result.reason
    assert result.needs == "--sample-seconds"


def test_a_broker_that_was_not_in_sync_before_has_just_come_back(judge):
    before = led_elsewhere(40, at=ago(30), isr=(1, 2))

    result = judge(
        "leader-imbalance", led_elsewhere(40), brokers(), settings("false"), earlier=[before]
    )

    assert result.status == "ok"


def test_does_not_apply_while_a_broker_is_down(judge):
    now = led_elsewhere(40, isr=(1, 3))

    result = judge(
        "leader-imbalance", now, brokers(down=[2]), settings("false"), earlier=[led_elsewhere(40)]
    )

    assert result.status == "not_applicable"


def test_one_sample_that_is_balanced_is_enough(judge):
    result = judge("leader-imbalance", led_elsewhere(0), brokers(), settings("true"))

    assert result.status == "ok"


def test_is_unknown_with_one_sample_that_is_not_balanced(judge):
    result = judge("leader-imbalance", led_elsewhere(40), brokers(), settings("false"))

    assert result.status == "unknown"
    assert result.needs == "--sample-seconds"


def test_is_unknown_without_the_setting(judge):
    absent = {BrokerConfigs: Missing("not authorised", "DescribeConfigs on the cluster")}

    result = judge(
        "leader-imbalance",
        led_elsewhere(40),
        brokers(),
        earlier=[led_elsewhere(40, at=ago(30))],
        absent=absent,
    )

    assert result.status == "unknown"
    assert result.needs == "DescribeConfigs on the cluster"


@pytest.mark.parametrize("tunable", [{"imbalance_percent": 50}, {"minimum_partitions": 50}])
def test_limits_can_be_raised(judge, tunable):
    assert judged(judge, led_elsewhere(40), **tunable).status == "ok"
