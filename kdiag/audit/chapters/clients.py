"""Clients and versions: what runs, and what still speaks an old protocol."""

from kdiag.analysis.open_connections import ClientConnections
from kdiag.audit.blocks import Block, Cell, Chapter, table
from kdiag.audit.saying import advices, conclusions
from kdiag.audit.seen import Seen
from kdiag.sections import Brokers, Cluster, Groups, Members
from kdiag.wording import listed

_ABOUT = ("deprecated-clients", "eager-assignor", "no-static-membership", "zookeeper-in-use")


def clients(seen: Seen) -> Chapter:
    """Show brokers, client software where JMX tells it, and who is in the groups."""
    items = [item for item in seen.roots if item.check in _ABOUT]
    blocks: list[Block | None] = [_brokers(seen), _software(seen), _groups(seen), _members(seen)]
    return Chapter(
        "clients",
        "Clients and versions",
        observations=tuple(block for block in blocks if block is not None),
        conclusions=conclusions(items),
        recommendations=advices(items),
        unseen=seen.taken_unseen(),
    )


def _brokers(seen: Seen) -> Block | None:
    brokers, cluster = seen.held(Brokers), seen.held(Cluster)
    if brokers is None:
        return None
    version = None if cluster is None else cluster.version
    return table(
        "Brokers",
        {
            "Broker": "count",
            "Host": "text",
            "Port": "text",
            "Rack": "text",
            "Version": "text",
            "State": "text",
        },
        [
            (
                int(row.broker),
                row.host,
                None if row.port != row.port else str(row.port),
                row.rack,
                version,
                _state(row.is_registered, row.is_fenced, row.is_reachable),
            )
            for row in brokers.rows.astype({"port": "object"}).itertuples()
        ],
    )


def _state(is_registered: bool, is_fenced: bool, is_reachable: bool) -> str:
    if not is_registered:
        return "not registered"
    if is_fenced:
        return "fenced"
    return "serves" if is_reachable else "registered, does not answer"


def _software(seen: Seen) -> Block | None:
    held = seen.held(ClientConnections)
    if held is None or not len(held):
        return None
    rows = held.rows.groupby("software").agg(
        number=("number", "sum"), targets=("target", lambda names: listed(sorted(set(names)), 5))
    )
    rows = rows.sort_values("number", ascending=False)
    return table(
        "Client software, by open connections",
        {"Software": "text", "Connections": "count", "Brokers": "text"},
        [(str(row.Index), int(row.number), row.targets) for row in rows.itertuples()],
    )


def _groups(seen: Seen) -> Block | None:
    held = seen.held(Groups)
    if held is None or not len(held):
        return None
    rows = held.rows.assign(protocol=held.rows["protocol"].fillna("").replace("", "none"))
    counted = rows.groupby(["type", "state", "protocol"], dropna=False).size()
    cells: list[tuple[Cell, ...]] = [
        (*(None if word != word else word for word in key), int(number))
        for key, number in counted.sort_values(ascending=False).items()
    ]
    return table(
        "Groups by type, state and assignor",
        {"Type": "text", "State": "text", "Assignor": "text", "Groups": "count"},
        cells,
    )


def _members(seen: Seen) -> Block | None:
    held = seen.held(Members)
    if held is None or not len(held):
        return None
    rows = held.rows.assign(is_static=held.rows["instance_id"].notna())
    counted = rows.groupby("client_id", dropna=False).agg(
        members=("member_id", "size"),
        groups=("group", "nunique"),
        static=("is_static", "sum"),
        hosts=("client_host", "nunique"),
    )
    counted = counted.sort_values("members", ascending=False)
    return table(
        "Client ids in groups",
        {
            "Client id": "text",
            "Members": "count",
            "Static": "count",
            "Groups": "count",
            "Hosts": "count",
        },
        [
            (
                None if row.Index != row.Index else str(row.Index),
                int(row.members),
                int(row.static),
                int(row.groups),
                int(row.hosts),
            )
            for row in counted.itertuples()
        ],
    )
