"""How many producer ids brokers remember, and how fast new ones come."""

from collections import Counter

from kdiag.analysis.facts import FactDeltas, rows_of, value_by_target
from kdiag.check import Earlier, derive
from kdiag.sections import Facts, Partitions
from kdiag.snapshot import Missing, Table

_IDS, _RECORDS = "producer-ids", "messages-in"


class ProducerIds(Table):
    """One row a broker that did not restart between the samples.

    producer_ids: that its replicas remember, summed over them; one producer counts once for each
    partition that it wrote to, for producer.id.expiration.ms. new_per_second: how fast they grow.
    records_per_id: records that came for each new one, on all these brokers together, since leaders
    alone count records and all replicas remember ids; NaN where none is new. ids_per_replica: NaN
    where it is not known how many replicas there are.
    """

    noun = "brokers"
    needs_rows = False
    columns = {
        "target": "str",
        "producer_ids": "float",
        "new_per_second": "float",
        "records_per_id": "float",
        "ids_per_replica": "float",
    }


@derive(facts=(_IDS, _RECORDS))
def producer_ids(
    facts: Facts,
    before: Earlier[Facts] | None,
    deltas: FactDeltas,
    partitions: Partitions | None,
) -> ProducerIds | Missing:
    """Compare the number in two samples, beside the records that came in between."""
    if before is None:
        return Missing("only one sample was taken", "--sample-seconds")
    rows = rows_of(deltas, _RECORDS)
    for column, sample in (("producer_ids", facts), ("then", before)):
        rows[column] = rows["target"].map(value_by_target(sample, _IDS)).astype("float64")
    rows = rows.dropna(subset=["producer_ids", "then"])
    new = rows["producer_ids"] - rows["then"]
    held = _replicas(partitions)
    copied = rows["delta"].sum() * (sum(held.values()) / len(partitions) if partitions else 1.0)
    rows = rows.assign(
        new_per_second=new / rows["seconds"],
        records_per_id=copied / max(1.0, new.sum()) if new.sum() > 0 else float("nan"),
        ids_per_replica=rows["producer_ids"] / rows["target"].map(held).astype("float64"),
    )
    return ProducerIds(rows=rows[list(ProducerIds.columns)].reset_index(drop=True))


def _replicas(partitions: Partitions | None) -> dict[str, int]:
    """Return target → number of replicas that the broker holds."""
    if partitions is None:
        return {}
    held: Counter[str] = Counter()
    for ids, number in Counter(partitions.rows["replicas"]).items():
        held.update({f"broker {id_}": number for id_ in ids})
    return held
