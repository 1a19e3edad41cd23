"""Which serious bugs of its release a cluster is exposed to, or shows the symptom of."""

from typing import Any

from kdiag.analysis.kafka_releases import KafkaRelease
from kdiag.analysis.listener_roles import ListenerRoles
from kdiag.check import derive
from kdiag.releases import Bug, named
from kdiag.sections import BrokerConfigs, Cluster, Partitions
from kdiag.snapshot import Missing, Table

_VALIDATOR = "sasl.oauthbearer.jwt.validator.class"
_ANYTHING = "DefaultJwtValidator"
_OAUTH = "OAUTHBEARER"
_BY_LISTENERS = ("scram-in-the-clear", "any-token")
"""How a cluster is exposed by what its listeners take."""


class VersionBugs(Table):
    """One row a bug that the brokers may have, and that this cluster is exposed to.

    is_certain: every version that the brokers may run has it. with_it, without_it: the versions
    that they may run, as tuples of text. fixed_in: tuple of versions. because: what exposes it.
    """

    noun = "bugs"
    needs_rows = False
    columns = {
        "id": "str",
        "what": "str",
        "because": "str",
        "is_certain": "bool",
        "with_it": "object",
        "without_it": "object",
        "fixed_in": "object",
        "source": "str",
    }


@derive()
def version_bugs(
    release: KafkaRelease,
    cluster: Cluster,
    partitions: Partitions,
    roles: ListenerRoles | None,
    configs: BrokerConfigs | None,
) -> VersionBugs:
    """Look up the bugs of the release, and keep those that this cluster is exposed to.

    Where the settings that would tell were not read, the errors name the bug.
    """
    rows, errors = [], {}
    for bug in release.table.bugs:
        affected = [version for version in release.versions if bug.affects(version)]
        if not affected:
            continue
        because = _because(bug, cluster, partitions, roles, configs)
        if isinstance(because, Missing):
            errors[bug.id] = because
        elif because is not None:
            rows.append(_row(bug, release, named(affected), because))
    return VersionBugs.from_rows(rows, errors=errors)


def _row(bug: Bug, release: KafkaRelease, affected: list[str], because: str) -> dict[str, Any]:
    others = [name for name in named(release.versions) if name not in affected]
    return {
        "id": bug.id,
        "what": bug.what,
        "because": because,
        "is_certain": not others,
        "with_it": tuple(affected),
        "without_it": tuple(others),
        "fixed_in": bug.fixed_in,
        "source": bug.source,
    }


def _because(
    bug: Bug,
    cluster: Cluster,
    partitions: Partitions,
    roles: ListenerRoles | None,
    configs: BrokerConfigs | None,
) -> str | Missing | None:
    """Return what exposes the cluster; None where nothing does; Missing where that is not known."""
    if bug.exposed in _BY_LISTENERS:
        return _by_listeners(bug.exposed, roles, configs)
    match bug.exposed:
        case "always":
            return "every broker of these versions is exposed"
        case "admin":
            return "whoever may alter configs of the cluster can use it"
        case "migrating":
            return "the cluster migrates to KRaft" if cluster.mode == "migrating" else None
    empty = int((partitions.rows["isr"].map(len) == 0).sum())
    return f"{empty} partitions have an empty ISR" if empty else None


def _by_listeners(
    exposed: str, roles: ListenerRoles | None, configs: BrokerConfigs | None
) -> str | Missing | None:
    if roles is None or configs is None:
        return Missing("the settings of the brokers were not read", "DescribeConfigs on Cluster")
    validators = _validators(configs)
    hidden = next(iter(roles.errors.values()), None)
    for row in roles.rows.itertuples():
        found = _exposing(exposed, row, validators.get(int(row.broker)))
        if isinstance(found, str):
            return f"{found} on broker {row.broker}"
        hidden = hidden or found
    return hidden


def _validators(configs: BrokerConfigs) -> dict[int, str]:
    rows = configs.only("key", _VALIDATOR).dropna(subset="value")
    return dict(zip(rows["broker"].astype(int), rows["value"], strict=True))


def _exposing(exposed: str, row: Any, validator: str | None) -> str | Missing | None:
    """Return how a listener exposes its broker, or the setting that the broker keeps to itself."""
    if exposed != "any-token":
        has_scram = any(each.startswith("SCRAM-") for each in row.mechanisms)
        is_clear = row.protocol == "SASL_PLAINTEXT" and has_scram
        return f"listener {row.name} takes SCRAM without TLS" if is_clear else None
    if _OAUTH not in row.mechanisms:
        return None
    if validator is None:
        return Missing(f"broker {row.broker} does not tell {_VALIDATOR}")
    is_open = validator.endswith(_ANYTHING)
    return f"listener {row.name} takes {_OAUTH} with {_ANYTHING}" if is_open else None
