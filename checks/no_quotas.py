"""Clusters that several principals share without any default quota.

One client that reads all from the start, or writes in a loop, takes the network and disks of all
others. A default quota bounds whoever has none of its own (KIP-13, KIP-546).

Reads: DescribeClientQuotas, DescribeAcls and DescribeUserScramCredentials (how many principals).
"""

from kdiag.api import (
    CLUSTER,
    EVERYBODY,
    Acls,
    Action,
    ClientQuotas,
    Finding,
    NotApplicable,
    Said,
    ScramUsers,
    check,
    count,
)

_DEFAULT = "<default>"


@check(area="security", any_of=(Acls, ScramUsers))
def no_quotas(quotas: ClientQuotas, acls: Acls, users: ScramUsers, *, least_count: int = 3) -> Said:
    """Clusters of several principals without a default quota.

    least_count: principals, brokers not counted.
    """
    principals = _principals(acls, users)
    if len(principals) < least_count:
        yield NotApplicable(f"there are {len(principals)} principals that could share it")
        return
    rows = quotas.rows
    has_default = ((rows["user"] == _DEFAULT) | (rows["client_id"] == _DEFAULT)).any()
    has_own = principals <= {f"User:{name}" for name in rows["user"].dropna()}
    if not has_default and not has_own:
        yield _finding(len(principals), len(rows))


def _principals(acls: Acls | None, users: ScramUsers | None) -> set[str]:
    """Return who has a grant or a credential; who may act as a broker is none of them."""
    found: set[str] = set()
    brokers: set[str] = set()
    if users is not None:
        found |= {f"User:{name}" for name in users.rows["user"]}
    if acls is not None:
        rows = acls.rows[acls.rows["permission"] == "allow"]
        found |= set(rows["principal"]) - set(EVERYBODY)
        brokers = set(rows.loc[rows["operation"] == "ClusterAction", "principal"])
    return found - brokers


def _finding(principals: int, quotas: int) -> Finding:
    return Finding(
        "info",
        CLUSTER,
        f"{count(principals, 'principal')} share the cluster, and no default quota limits one.",
        "A single client can take the network, disks and request handlers of all others.",
        evidence={"principal_count": principals, "quota_count": quotas},
        actions=(
            Action(
                "Measure what clients need, then set a default well above it, for each broker.",
                "kafka-configs.sh --bootstrap-server {bootstrap} --alter --entity-type users "
                "--entity-default --add-config "
                "producer_byte_rate=20971520,consumer_byte_rate=41943040",
                "disruptive",
            ),
        ),
    )
