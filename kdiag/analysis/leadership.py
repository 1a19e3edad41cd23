"""Which brokers do not lead the partitions that they are the preferred leaders of.

Leaders move away when a broker goes down. With auto.leader.rebalance.enable the controller moves
them back every leader.imbalance.check.interval.seconds; only what outlasts that is a fault. Without
it nobody moves them back. A partition counts where the broker was in sync in both samples.

Sources of the limits: leader.imbalance.per.broker.percentage (10) and
leader.imbalance.check.interval.seconds (300), Kafka's own defaults.
"""

from collections import Counter
from typing import Any

from kdiag.analysis.down_brokers import DownBrokers
from kdiag.check import Earlier, derive
from kdiag.finding import NotApplicable
from kdiag.sections import BrokerConfigs, Partitions
from kdiag.snapshot import Missing, Table
from kdiag.wording import span

IMBALANCE_PERCENT = 10
MINIMUM_PARTITIONS = 10
_INTERVAL_SECONDS = 300
_AUTO = "auto.leader.rebalance.enable"
_INTERVAL = "leader.imbalance.check.interval.seconds"


class LostLeaderships(Table):
    """One row a broker that lacks leaderships it should have, in this sample and the one before.

    preferred_partitions: partitions with a leader that it is in sync for and first replica of.
    led_elsewhere_partitions: those of them that another broker leads. is_auto_rebalanced: the
    controller should have moved them back. apart_seconds: time between the samples.
    """

    noun = "brokers with lost leaderships"
    needs_rows = False
    columns = {
        "broker": "int",
        "preferred_partitions": "int",
        "led_elsewhere_partitions": "int",
        "is_auto_rebalanced": "bool",
        "apart_seconds": "float",
    }


@derive(configs=(_AUTO, _INTERVAL))
def lost_leaderships(
    partitions: Partitions,
    down: DownBrokers,
    before: Earlier[Partitions] | None,
    broker_configs: BrokerConfigs | None,
) -> LostLeaderships | NotApplicable:
    """Compare leaders with preferred leaders, in both samples.

    A broker beyond Kafka's own limits is not seen where two samples, or the setting, cannot tell
    yet whether the controller will repair it.
    """
    preferred, now = _leaderships(partitions)
    lost = Counter(now.values())
    beyond = [id_ for id_, number in lost.items() if _is_beyond(number, preferred[id_])]
    if lost and len(down):
        return NotApplicable("a broker is down; leaders move back after its return")
    undecided = _undecided(partitions, before, broker_configs) if lost else None
    if undecided is not None or before is None:
        return LostLeaderships.of(
            errors={f"broker {id_}": undecided for id_ in sorted(beyond) if undecided}
        )
    _, earlier = _leaderships(before) if lost else ({}, {})
    lasting = Counter(id_ for key, id_ in now.items() if earlier.get(key) == id_)
    return LostLeaderships.from_rows(
        [
            {
                "broker": id_,
                "preferred_partitions": preferred[id_],
                "led_elsewhere_partitions": number,
                "is_auto_rebalanced": _is_automatic(broker_configs),
                "apart_seconds": _apart(partitions, before),
            }
            for id_, number in sorted(lasting.items())
        ]
    )


def _leaderships(partitions: Partitions) -> tuple[Counter[int], dict[tuple[str, int], int]]:
    """Return broker → number it should lead, and partition → broker that should but does not."""
    rows = partitions.rows[partitions.rows["leader"].notna()]
    should: Counter[int] = Counter()
    elsewhere: dict[tuple[str, int], int] = {}
    names = ("topic", "partition", "leader", "replicas", "isr")
    columns = (rows[name].tolist() for name in names)
    for topic, number, leader, replicas, isr in zip(*columns, strict=True):
        first = replicas[0] if replicas else None
        if first is None or first not in isr:
            continue
        should[first] += 1
        if leader != first:
            elsewhere[topic, number] = first
    return should, elsewhere


def _is_beyond(number: int, preferred: int) -> bool:
    return number >= MINIMUM_PARTITIONS and number * 100 > IMBALANCE_PERCENT * preferred


def _undecided(
    partitions: Partitions, before: Partitions | None, broker_configs: BrokerConfigs | None
) -> Missing | None:
    """Return why it cannot be told whether leaders stay away, or None."""
    if before is None:
        return Missing("one sample cannot tell whether leaders move back", "--sample-seconds")
    if broker_configs is None:
        return Missing(f"{_AUTO} was not read", "DescribeConfigs on the cluster")
    interval, apart = _interval(broker_configs), _apart(partitions, before)
    if _is_automatic(broker_configs) and apart < interval:
        return Missing(
            f"the samples are {span(apart)} apart, and the controller moves leaders back every "
            f"{span(interval)}",
            "--sample-seconds",
        )
    return None


def _apart(partitions: Partitions, before: Partitions) -> float:
    return (partitions.read_at - before.read_at).total_seconds()


def _is_automatic(broker_configs: BrokerConfigs | None) -> bool:
    return "false" not in _values(broker_configs, _AUTO)


def _interval(broker_configs: BrokerConfigs) -> int:
    return max((int(v) for v in _values(broker_configs, _INTERVAL)), default=_INTERVAL_SECONDS)


def _values(broker_configs: BrokerConfigs | None, key: str) -> list[Any]:
    if broker_configs is None:
        return []
    return list(broker_configs.only("key", key)["value"].dropna())
