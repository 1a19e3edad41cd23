"""Settings that differ between brokers without need.

A topic behaves as the broker that leads it is set, so that a difference shows up as trouble of some
partitions, and moves when leaders move. A dynamic value of one broker hides its file: the next
person who edits the file sees no effect.

Reads: DescribeConfigs (all settings of all brokers).
"""

from typing import Any

from kdiag.api import CLUSTER, Action, ConfigDrift, Finding, Said, check, count, listed


@check(area="topics")
def broker_config_drift(drift: ConfigDrift, *, ignored_names: tuple[str, ...] = ()) -> Said:
    """Settings that differ between brokers, or hide what a broker's file says.

    ignored_names: keys that may differ here, besides ids, roles, addresses, paths and key stores.
    """
    rows = drift.rows[~drift.rows["key"].isin(ignored_names)]
    if len(rows):
        yield _finding(_differing(rows[rows["differs"]]), _hidden(rows[rows["hides"]]))


def _differing(rows: Any) -> list[dict[str, Any]]:
    return [
        {"key": key, "values": {str(row.broker): row.value for row in group.itertuples()}}
        for key, group in rows.groupby("key")
    ]


def _hidden(rows: Any) -> list[dict[str, Any]]:
    columns = ["key", "broker", "value", "static_value"]
    return [dict(row) for row in rows[columns].to_dict("records")]


def _finding(differing: list[dict[str, Any]], hidden: list[dict[str, Any]]) -> Finding:
    return Finding(
        "warning",
        CLUSTER,
        " ".join(filter(None, [_of_differing(differing), _of_hidden(hidden)])),
        "Partitions behave differently by the broker that leads them"
        + (
            ", and edits of the file have no effect while the dynamic value stands."
            if hidden
            else ", and trouble moves when leaders move."
        ),
        evidence={
            "differing_count": len(differing),
            "differing": differing,
            "hidden_count": len(hidden),
            "hidden": hidden,
        },
        actions=_actions(differing, hidden),
    )


def _of_differing(differing: list[dict[str, Any]]) -> str:
    if not differing:
        return ""
    named = listed(f"{item['key']} ({_values(item['values'])})" for item in differing)
    verb = "differs" if len(differing) == 1 else "differ"
    return f"{count(len(differing), 'setting')} {verb} between brokers: {named}."


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"broker {id_}: {value}" for id_, value in values.items())


def _of_hidden(hidden: list[dict[str, Any]]) -> str:
    if not hidden:
        return ""
    named = listed(
        f"{item['key']} of broker {item['broker']} ({item['value']}, its file or default says "
        f"{item['static_value']})"
        for item in hidden
    )
    hide = "value hides" if len(hidden) == 1 else "values hide"
    return f"{len(hidden)} dynamic {hide} the file of a broker: {named}."


def _actions(differing: list[dict[str, Any]], hidden: list[dict[str, Any]]) -> tuple[Action, ...]:
    one = hidden[0]["broker"] if hidden else next(iter(differing[0]["values"]))
    look = Action(
        "Decide on one value for each setting and write it to all files. See what one broker has, "
        "and where from:",
        "kafka-configs.sh --bootstrap-server {bootstrap} --describe --all "
        "--entity-type brokers --entity-name {broker}",
        values={"broker": one},
    )
    drops = (
        Action(
            f"Remove the dynamic value of {item['key']}, if the file of the broker is right.",
            "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type "
            "brokers --entity-name {broker} --delete-config {key}",
            "safe",
            {"broker": item["broker"], "key": item["key"]},
        )
        for item in hidden[:2]
    )
    return (look, *drops)
