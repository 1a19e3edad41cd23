"""Clients of groups that fall behind while they read about as fast as a quota allows.

A quota holds for each broker by itself, and for all clients of one client id together (KIP-13).
"""

from typing import Any

from kdiag.analysis.lag import PartitionLag
from kdiag.analysis.replica_sizes import replica_sizes
from kdiag.analysis.triage import LagVerdicts
from kdiag.check import derive
from kdiag.sections import ClientQuotas, Members, Partitions, Replicas
from kdiag.snapshot import Table

_LOSING = (
    "slow-consumer",
    "partition-ceiling",
    "producer-burst",
    "hot-partition",
    "slow-member",
    "lag-growing",
)
_FLAT = (0.7, 1.3)
"""Bytes a second over the quota: what counts as flat at it. Sizes are means of all that a partition
holds, and commits come in steps."""

_COARSE_BYTES, _COARSE_LEAST = 2 * 1024**2, 0.4
"""A quota that one answer to Fetch uses up for half a second (max.partition.fetch.bytes, 1 MiB) is
not reached: at 20 kB/s, answers of 4, 20 and 200 kB came to 0.87, 0.64 and 0.47 of it (Kafka 4.4).
"""

_KEY = ["topic", "partition"]


class ThrottledClients(Table):
    """One row a client id that reads at its quota for groups that fall behind.

    broker: where it reads most, bytes_per_second: how much there, by its commits and the mean size
    of a record; quota_bytes_per_second: what it may. entity: the client id, or <default>. groups:
    tuple of (group, topic) that fall behind and are read by it.
    """

    noun = "clients at a quota"
    needs_rows = False
    columns = {
        "client_id": "str",
        "broker": "int",
        "bytes_per_second": "float",
        "quota_bytes_per_second": "float",
        "entity": "str",
        "groups": "object",
    }


@derive()
def throttled_clients(
    quotas: ClientQuotas,
    verdicts: LagVerdicts,
    lag: PartitionLag,
    members: Members,
    partitions: Partitions,
    replicas: Replicas,
) -> ThrottledClients:
    """Compare what each client id reads from each broker with its quota."""
    limits = _limits(quotas)
    if not limits:
        return ThrottledClients.of()
    rows = _reading(lag, members, partitions, replicas)
    losing = verdicts.rows[verdicts.rows["verdict"].isin(_LOSING)]
    behind = set(zip(losing["group"], losing["topic"], strict=True))
    found = []
    for client_id, reading in rows.groupby("client_id"):
        entity = str(client_id) if client_id in limits else "<default>"
        pairs = set(zip(reading["group"], reading["topic"], strict=True)) & behind
        by_broker = reading.groupby("leader")["bytes_per_second"].sum()
        if entity in limits and pairs and _is_flat(by_broker.max(), limits[entity]):
            found.append(
                {
                    "client_id": str(client_id),
                    "broker": by_broker.idxmax(),
                    "bytes_per_second": by_broker.max(),
                    "quota_bytes_per_second": limits[entity],
                    "entity": entity,
                    "groups": tuple(sorted(pairs)),
                }
            )
    return ThrottledClients.from_rows(found)


def _limits(quotas: ClientQuotas) -> dict[str, float]:
    """Return client id → bytes a second; those of users are left out: who is whom is not told."""
    rows = quotas.rows[quotas.rows["user"].isna() & quotas.rows["client_id"].notna()]
    rows = rows[(rows["key"] == "consumer_byte_rate") & (rows["value"] > 0)]
    return dict(zip(rows["client_id"], rows["value"], strict=True))


def _is_flat(bytes_per_second: float, quota: float) -> bool:
    least = _COARSE_LEAST if quota < _COARSE_BYTES else _FLAT[0]
    return least <= bytes_per_second / quota <= _FLAT[1]


def _reading(
    lag: PartitionLag, members: Members, partitions: Partitions, replicas: Replicas
) -> Any:
    """Return what each member reads of each partition, in bytes a second, and from which broker."""
    owners = members.rows[["group", "client_id", "assignment"]].explode("assignment").dropna()
    owners["topic"] = [topic for topic, _ in owners["assignment"]]
    owners["partition"] = [number for _, number in owners["assignment"]]
    owners["partition"] = owners["partition"].astype("Int64")
    rows = lag.rows.merge(owners.drop(columns="assignment"), on=["group", *_KEY])
    rows = rows.merge(partitions.rows[[*_KEY, "leader"]].dropna(), on=_KEY)
    rows = rows.merge(replica_sizes(replicas), on=_KEY)
    held = (rows["end_offset"] - rows["log_start_offset"]).astype("float64")
    size = rows["size_bytes"].astype("float64") / held.where(held > 0)
    return rows.assign(bytes_per_second=(rows["consumed_per_second"] * size).fillna(0.0))
