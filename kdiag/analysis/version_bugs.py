"""Which serious bugs of its release a cluster is exposed to, or shows the symptom of."""

from collections.abc import Iterator
from typing import Any

from kdiag.analysis.kafka_releases import KafkaRelease
from kdiag.check import derive
from kdiag.releases import Bug, named
from kdiag.sections import BrokerConfigs, Cluster, Partitions
from kdiag.snapshot import Missing, Table

_MECHANISMS = "sasl.enabled.mechanisms"
_VALIDATOR = "sasl.oauthbearer.jwt.validator.class"
_ANYTHING = "DefaultJwtValidator"
_OAUTH = "OAUTHBEARER"
_PROTOCOLS = "listener.security.protocol.map"
_LISTENERS = "listeners"
_SETTINGS = {
    "scram-in-the-clear": (_MECHANISMS, _PROTOCOLS, _LISTENERS),
    "any-token": (_MECHANISMS, _VALIDATOR, _PROTOCOLS, _LISTENERS),
}
"""How a cluster is exposed → the settings that tell."""


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
        because = _because(bug, cluster, partitions, configs)
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
    bug: Bug, cluster: Cluster, partitions: Partitions, configs: BrokerConfigs | None
) -> str | Missing | None:
    """Return what exposes the cluster; None where nothing does; Missing where that is not known."""
    if bug.exposed in _SETTINGS:
        return _by_settings(bug.exposed, configs)
    match bug.exposed:
        case "always":
            return "every broker of these versions is exposed"
        case "admin":
            return "whoever may alter configs of the cluster can use it"
        case "migrating":
            return "the cluster migrates to KRaft" if cluster.mode == "migrating" else None
    empty = int((partitions.rows["isr"].map(len) == 0).sum())
    return f"{empty} partitions have an empty ISR" if empty else None


def _by_settings(exposed: str, configs: BrokerConfigs | None) -> str | Missing | None:
    if configs is None:
        return Missing("the settings of the brokers were not read", "DescribeConfigs on Cluster")
    hidden: Missing | None = None
    for broker in sorted(set(configs.rows["broker"])):
        values = _values(configs, broker)
        absent = [key for key in _SETTINGS[exposed] if values.get(key) is None]
        found = absent[0] if absent else _exposing(exposed, values)
        if absent or isinstance(found, Missing):
            hidden = hidden or Missing(f"broker {broker} does not tell {_text(found)}")
        elif found is not None:
            return f"{found} on broker {broker}"
    return hidden


def _text(found: str | Missing | None) -> str:
    return found.reason if isinstance(found, Missing) else str(found)


def _values(configs: BrokerConfigs, broker: int) -> dict[str, Any]:
    rows = configs.rows[configs.rows["broker"] == broker]
    return dict(zip(rows["key"], rows["value"], strict=True))


def _exposing(exposed: str, values: dict[str, Any]) -> str | Missing | None:
    """Return what exposes a broker, or the setting that it keeps to itself.

    A listener may have mechanisms of its own (`listener.name.NAME.…`); brokers never return those.
    """
    if exposed == "any-token" and not values[_VALIDATOR].endswith(_ANYTHING):
        return None
    hidden: Missing | None = None
    for name, protocol in _listeners(values):
        own = f"listener.name.{name.lower()}.{_MECHANISMS}"
        mechanisms = values.get(own, values[_MECHANISMS])
        if mechanisms is None:
            hidden = Missing(own)
        elif exposed == "any-token" and _OAUTH in mechanisms:
            return f"listener {name} takes {_OAUTH} with {_ANYTHING}"
        elif protocol == "SASL_PLAINTEXT" and exposed != "any-token" and "SCRAM-" in mechanisms:
            return f"listener {name} takes SCRAM without TLS"
    return hidden


def _listeners(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the listeners of a broker that authenticate by SASL, with their protocols."""
    protocols = dict(pair.split(":") for pair in values[_PROTOCOLS].split(",") if ":" in pair)
    for url in values[_LISTENERS].split(","):
        name = url.partition("://")[0].strip()
        protocol = protocols.get(name, name)
        if protocol.startswith("SASL_"):
            yield name, protocol
