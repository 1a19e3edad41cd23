"""Through a whole snapshot, cell by cell: the same way to find its names and to replace them."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kdiag.facts import FACTS
from kdiag.finding import NotApplicable
from kdiag.redaction.addresses import address, addresses, client_host
from kdiag.redaction.columns import COLUMNS, PLAIN
from kdiag.redaction.connectors import connector_key, connector_value, plugin
from kdiag.redaction.scope import Scope
from kdiag.redaction.settings import setting_key, setting_value
from kdiag.redaction.subjects import schema_subject
from kdiag.redaction.text import target
from kdiag.sections import Acls, Cluster, Facts, Monitoring, PastMember
from kdiag.snapshot import Held, Missing, Snapshot, Table

_LABELS = {
    "topic": "topic",
    "user": "principal",
    "client-id": "client",
    "listener": "listener",
    "logDirectory": "path",
    "dir": "path",
    "server": "prefix",
}
"""Label of a fact → what it names; other labels have Kafka's and the JDK's own words."""

_RESOURCES = {"topic": "topic", "group": "group", "transactional-id": "transaction"}
"""Kind of resource of an ACL → what its name names."""

_ERROR = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")


def rewritten(snapshot: Snapshot, scope: Scope) -> Snapshot:
    """Return the snapshot, and the one before, with other names in it."""
    return replace(
        snapshot,
        sections={kind: _held(held, scope) for kind, held in snapshot.sections.items()},
        bootstrap=addresses(snapshot.bootstrap, scope) if snapshot.bootstrap else "",
        errors={target(about, scope): scope.text(why) for about, why in snapshot.errors.items()},
        earlier=None if snapshot.earlier is None else rewritten(snapshot.earlier, scope),
    )


def _held(held: Held, scope: Scope) -> Held:
    match held:
        case Missing():
            return _missing(held, scope)
        case NotApplicable():
            return NotApplicable(scope.text(held.reason))
    errors = {target(about, scope): _missing(why, scope) for about, why in held.errors.items()}
    if isinstance(held, Table):
        return replace(held, errors=errors, rows=_rows(held, scope))
    if isinstance(held, Cluster) and held.cluster_id:
        held = replace(held, cluster_id=scope.rename("cluster", held.cluster_id))
    return replace(held, errors=errors)


def _missing(missing: Missing, scope: Scope) -> Missing:
    grant = None if missing.grant is None else target(missing.grant, scope)
    return Missing(scope.text(missing.reason), grant)


def _rows(table: Table, scope: Scope) -> Any:
    rows, contents = table.rows, COLUMNS[type(table)]
    made = {
        name: _column(rows[name].tolist(), content, scope)
        for name, content in contents.items()
        if content not in (PLAIN, "setting", "connector_setting", "labels", "watched", "resource")
    }
    if "setting" in contents.values():
        made.update(_settings(rows, scope))
    if "connector_setting" in contents.values():
        pairs = _pairs(rows, "key", "value")
        made["value"] = [value and connector_value(key, value, scope) for key, value in pairs]
    if isinstance(table, Facts):
        made["labels"] = [
            _labels(one, other, scope) for one, other in _pairs(rows, "fact", "labels")
        ]
    if isinstance(table, Monitoring):
        made["of"] = [_watched(one, other, scope) for one, other in _pairs(rows, "signal", "of")]
    if isinstance(table, Acls):
        made["name"] = [_resource(one, other, scope) for one, other in _pairs(rows, "kind", "name")]
    return rows.assign(**{name: _series(values) for name, values in made.items()})


def _series(values: list[Any]) -> Any:
    import pandas

    return pandas.Series(values, dtype="object")


def _pairs(rows: Any, one: str, other: str) -> Any:
    return zip(rows[one].tolist(), rows[other].tolist(), strict=True)


def _column(values: list[Any], content: str, scope: Scope) -> list[Any]:
    """Return the values of a column with other names; equal ones are gone through once."""
    cell = _CELLS.get(content) or partial(_name, content)
    known: dict[Hashable, Any] = {None: None}
    for value in values:
        if value not in known:
            known[value] = cell(value, scope)
    return [known[value] for value in values]


def _name(category: str, value: str, scope: Scope) -> str:
    return scope.rename(category, value)


def _host(value: str, scope: Scope) -> str:
    return scope.host(value)


def _text(value: str, scope: Scope) -> str:
    return scope.text(value)


def _error(value: str, scope: Scope) -> str:
    """Keep Kafka's name of an error; anything else is a text."""
    return value if set(value) <= _ERROR else scope.text(value)


def _withheld(value: str, scope: Scope) -> str | None:
    return None if scope.drops and value else value


def _reasons(value: tuple[tuple[str, str], ...], scope: Scope) -> Any:
    """Replace what sentences name; the kinds of what they say are kdiag's own."""
    return tuple((kind, scope.text(said)) for kind, said in value)


def _hosts(value: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    return tuple(scope.host(host) for host in value)


def _urls(value: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    return tuple(address(url, scope) for url in value)


def _who(value: str, scope: Scope) -> str:
    """Replace the name in a principal, and keep its type: User:alice."""
    type_, colon, name = value.partition(":")
    return (
        f"{type_}:{scope.rename('principal', name)}" if colon else _name("principal", type_, scope)
    )


def _resource(kind: str, name: str, scope: Scope) -> str:
    """Replace what an ACL is about."""
    if kind == "cluster":
        return name
    if kind == "user":
        return _who(name, scope)
    return scope.rename(_RESOURCES.get(kind, "principal"), name)


def _topics(value: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    return tuple(scope.rename("topic", topic) for topic in value)


def _assignment(value: tuple[tuple[str, int], ...], scope: Scope) -> Any:
    return tuple((scope.rename("topic", topic), number) for topic, number in value)


def _tasks(value: tuple[tuple[str, int], ...], scope: Scope) -> Any:
    """Replace the ids of topics; those of subtopologies are numbers of Kafka Streams."""
    return tuple(
        (name if name.isdigit() else scope.rename("topicid", name), number)
        for name, number in value
    )


def _past_members(value: tuple[tuple[Any, ...], ...], scope: Scope) -> Any:
    return tuple(tuple(_past_member(PastMember(*each), scope)) for each in value)


def _past_member(member: PastMember, scope: Scope) -> PastMember:
    instance = member.instance_id
    return member._replace(
        member_id=scope.rename("member", member.member_id),
        instance_id=None if instance is None else scope.rename("instance", instance),
        client_id=scope.rename("client", member.client_id),
        client_host=client_host(member.client_host, scope),
    )


def _labels(fact: str, labels: Any, scope: Scope) -> Any:
    """Replace the values of labels that name something, by the labels of the fact."""
    if labels is None or fact not in FACTS or isinstance(labels, Mapping):
        return () if scope.drops and labels else labels
    names = FACTS[fact].labels
    return tuple(
        value
        if value is None or names[at] not in _LABELS
        else scope.rename(_LABELS[names[at]], value)
        for at, value in enumerate(labels)
        if at < len(names)
    )


def _watched(signal: str, of: str | None, scope: Scope) -> str | None:
    """Replace a group that Prometheus knows, or the instance that it scrapes."""
    if of is None:
        return None
    return scope.rename("group", of) if signal == "lag" else address(of, scope)


def _settings(rows: Any, scope: Scope) -> dict[str, list[Any]]:
    keys = rows["key"].tolist()
    made: dict[str, list[Any]] = {}
    if "static_value" in rows:  # only brokers take keys that are not Kafka's
        made["key"] = [setting_key(key, scope) for key in keys]
    for name in {"value", "static_value"} & set(rows.columns):
        sources = rows["source"].tolist() if name == "value" else [None] * len(keys)
        cells = zip(keys, rows[name].tolist(), sources, strict=True)
        made[name] = [
            None if value is None else setting_value(key, value, source, scope)
            for key, value, source in cells
        ]
    return made


_CELLS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "host": _host,
    "hosts": _hosts,
    "who": _who,
    "client_host": client_host,
    "url": address,
    "urls": _urls,
    "plugin": plugin,
    "connector_key": connector_key,
    "schema_subject": schema_subject,
    "text": _text,
    "error": _error,
    "target": target,
    "withheld": _withheld,
    "reasons": _reasons,
    "topics": _topics,
    "assignment": _assignment,
    "tasks": _tasks,
    "past_members": _past_members,
}
"""What a column holds → how a value of it is rewritten; anything else is the name of a kind."""
