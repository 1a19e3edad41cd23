"""Configuration drift: settings that are not the same on all brokers."""

from kdiag.analysis.config_drift import ConfigDrift
from kdiag.audit.blocks import Cell, Chapter, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen

_MOST_BROKERS = 12


def drift(seen: Seen) -> Chapter:
    """Show one row a key, and one column a broker."""
    held = seen.held(ConfigDrift)
    items = [item for item in seen.roots if item.check == "broker-config-drift"]
    if held is None:
        return Chapter("drift", "Configuration drift", unseen=seen.taken_unseen())
    rows = held.rows[held.rows["differs"]]
    brokers = sorted({int(id_) for id_ in rows["broker"]})[:_MOST_BROKERS]
    values = {
        (row.key, int(row.broker)): row.value if row.value is not None else "(not set)"
        for row in rows.itertuples()
    }
    cells: list[tuple[Cell, ...]] = [
        (key, *(values.get((key, id_)) for id_ in brokers)) for key in sorted(set(rows["key"]))
    ]
    hidden: list[tuple[Cell, ...]] = [
        (row.key, int(row.broker), row.value, row.static_value)
        for row in held.rows[held.rows["hides"]].itertuples()
    ]
    return Chapter(
        "drift",
        "Configuration drift",
        observations=(
            table(
                "Settings that differ",
                {"Key": "code", **{f"Broker {id_}": "code" for id_ in brokers}},
                cells,
            ),
            table(
                "Dynamic values that hide what the file says",
                {"Key": "code", "Broker": "count", "In force": "code", "In the file": "code"},
                hidden,
            ),
        ),
        conclusions=conclusions(items),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )
