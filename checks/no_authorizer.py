"""Brokers that let everybody do everything.

Without an authorizer no ACL is asked: whoever gets in may read and write all topics, delete them,
and change settings. Where clients connect on loopback only, that is only this machine.

Reads: DescribeAcls (SECURITY_DISABLED), DescribeConfigs (authorizer.class.name, listeners; whether
allow.everyone.if.no.acl.found is there, which brokers never show).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Authorizers,
    Brokers,
    Finding,
    ListenerRoles,
    NotApplicable,
    Said,
    Severity,
    check,
    count,
    development,
    listed,
    listener,
)


@check(area="security")
def no_authorizer(authorizers: Authorizers, roles: ListenerRoles, brokers: Brokers) -> Said:
    """Clusters, or single brokers, without an authorizer."""
    asks_nobody = authorizers.rows["authorizer"].isna()
    without = sorted(int(id_) for id_ in authorizers.rows.loc[asks_nobody, "broker"])
    rows = roles.rows[roles.rows["is_for_clients"] & (roles.rows["network"] != "loopback")]
    if rows.empty:
        yield NotApplicable("clients connect on loopback only")
    elif without:
        yield _finding(without, brokers, rows[rows["broker"].isin(without)])


def _finding(without: list[int], brokers: Brokers, rows: Any) -> Finding:
    alone = development(brokers)
    anonymous = rows[rows["is_anonymous"]]
    is_all = len(without) >= len(brokers)
    return Finding(
        "info" if alone else _severity(anonymous),
        CLUSTER,
        f"No authorizer is set{'' if is_all else f' on {_named(without)}'}: {_who(anonymous)} may "
        "do everything.",
        "One wrong program, or one stranger, can read, write and delete all topics and change "
        "settings.",
        cause=alone,
        evidence={
            "broker_count": len(brokers),
            "brokers_without": without,
            "anonymous_listeners": sorted(set(anonymous["name"])),
            "networks": sorted(set(rows["network"].dropna())),
        },
        actions=_actions(anonymous),
        covers=frozenset(listener(row.broker, row.name) for row in _open(rows).itertuples()),
    )


def _severity(anonymous: Any) -> Severity:
    return "critical" if (anonymous["network"] == "public").any() else "warning"


def _who(anonymous: Any) -> str:
    return "whoever logs in" if anonymous.empty else "whoever reaches a listener"


def _named(without: list[int]) -> str:
    return listed(f"broker {id_}" for id_ in without)


def _open(rows: Any) -> Any:
    """Return the listeners that are open as all of the cluster is; none where it has others."""
    return rows if (rows["protocol"] == "PLAINTEXT").all() else rows.iloc[:0]


def _actions(anonymous: Any) -> tuple[Action, ...]:
    first = Action(
        "Let clients log in first (SASL_SSL, or TLS with client certificates): without that all of "
        f"them are User:ANONYMOUS. {count(anonymous['name'].nunique(), 'listener')} ask nobody.",
    )
    second = Action(
        "Set authorizer.class.name to org.apache.kafka.metadata.authorizer.StandardAuthorizer on "
        "brokers and controllers (kafka.security.authorizer.AclAuthorizer with ZooKeeper), with "
        "super.users for the brokers; add ACLs for every client before that.",
        effect="disruptive",
    )
    return (first, second) if len(anonymous) else (second,)
