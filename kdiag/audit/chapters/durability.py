"""Durability: copies of the topics, and what a failure would take."""

from kdiag.analysis.durability import Durability
from kdiag.analysis.losses import Losses
from kdiag.audit.blocks import Block, Chapter, Figure, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.sections import Brokers, Partitions, Replicas

_MOST_BROKERS = 60


def durability(seen: Seen) -> Chapter:
    """Show replication factors against min.insync.replicas, and each loss."""
    items = seen.of_areas("replication", "controller")
    blocks: list[Block | None] = [_copies(seen), _losses(seen), _load(seen)]
    return Chapter(
        "durability",
        "Durability and availability",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=conclusions(items),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )


def _copies(seen: Seen) -> Block | None:
    held = seen.held(Durability)
    if held is None:
        return None
    keys = ["replication_factor", "min_insync_replicas"]
    rows = held.rows.groupby(keys).agg(
        topics=("topic", "nunique"),
        partitions=("partition", "size"),
        below=("spare", lambda spare: int((spare < 0).sum())),
        lacking=("missing", lambda missing: int(missing.map(bool).sum())),
    )
    return table(
        "Copies",
        {
            "Replicas": "count",
            "min.insync.replicas": "count",
            "Brokers that may fail": "text",
            "Topics": "count",
            "Partitions": "count",
            "Lack a replica": "count",
            "Refuse acks=all": "count",
        },
        [
            (
                int(factor),
                int(least),
                _may_fail(int(factor), int(least)),
                int(row["topics"]),
                int(row["partitions"]),
                int(row["lacking"]),
                int(row["below"]),
            )
            for (factor, least), row in rows.iterrows()
        ],
    )


def _may_fail(factor: int, least: int) -> str:
    """Return how many brokers may fail until writing stops, and until data is gone."""
    writing = factor - min(least, factor)
    return f"{writing} for writing, {factor - 1} for reading"


def _losses(seen: Seen) -> Block | None:
    held = seen.held(Losses)
    if held is None:
        return None
    return table(
        "If one is lost now",
        {
            "Lost": "text",
            "Partitions offline": "count",
            "Refuse acks=all": "count",
            "Leaders that move": "count",
            "Busiest then": "text",
            "It leads": "count",
        },
        [
            (
                f"{row.what} {row.name}",
                int(row.offline_partitions),
                int(row.refusing_partitions),
                int(row.moved_leaders),
                f"broker {row.busiest_broker}" if isinstance(row.busiest_broker, int) else None,
                int(row.busiest_leads),
            )
            for row in held.rows.astype({"busiest_broker": "object"}).itertuples()
        ],
    )


def _load(seen: Seen) -> Figure | None:
    """Return what each broker leads and holds."""
    brokers, partitions = seen.held(Brokers), seen.held(Partitions)
    if brokers is None or partitions is None or not len(brokers):
        return None
    ids = [int(id_) for id_ in brokers.rows["broker"]][:_MOST_BROKERS]
    leads = partitions.rows["leader"].value_counts()
    copies = partitions.rows["replicas"].explode().value_counts()
    replicas = seen.held(Replicas)
    sizes = None if replicas is None else replicas.rows.groupby("broker")["size_bytes"].sum()
    led = [int(leads.get(id_, 0)) for id_ in ids]
    panels = [
        {"name": "Leaders", "unit": "partitions", "values": led},
        {"name": "Replicas", "unit": "replicas", "values": [int(copies.get(i, 0)) for i in ids]},
    ]
    if sizes is not None:
        values = [int(sizes.get(id_, 0)) for id_ in ids]
        panels.append({"name": "Bytes", "unit": "bytes", "values": values})
    return Figure(
        "brokers",
        "Leaders, replicas and bytes of each broker",
        "bars",
        "count",
        f"Bars for {len(ids)} brokers: partitions led, between {min(led)} and {max(led)}, "
        f"replicas, and bytes on disk.",
        {"categories": [str(id_) for id_ in ids], "panels": panels},
    )
