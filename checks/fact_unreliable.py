"""JMX facts that cannot be right, so that what is concluded from them is not either.

A mapping of names can be wrong: no process tells a fact that its release has, a counter goes down
while its process lives, or a value is above all that is possible. Checks that read such a fact are
unknown, or mistaken; this names the reason.

Reads: JMX, all facts that were asked for, in two samples.
"""

from collections.abc import Iterator

from kdiag.api import (
    CLUSTER,
    FACTS,
    Action,
    BrokerConfigs,
    Cluster,
    FactDeltas,
    Facts,
    FactsCoverage,
    Finding,
    Said,
    check,
    count,
    listed,
    release_of,
    subject_of,
)

_ROUNDING = 0.001
_BLIND = "Checks that read it are unknown or mistaken."
_REPORT = (
    Action(
        "Compare with the process itself. Behind jmx_exporter, look at the rules for this MBean; "
        "otherwise report it with the release of Kafka."
    ),
)
_CLEANER, _CLEANER_BEANS = "log.cleaner.enable", "kafka.log:type=LogCleaner"


@check(area="itself", any_of=(FactsCoverage, FactDeltas))
def fact_unreliable(
    coverage: FactsCoverage | None,
    facts: Facts,
    deltas: FactDeltas | None,
    cluster: Cluster | None,
    configs: BrokerConfigs | None,
) -> Said:
    """JMX facts that are missing everywhere, go backwards, or exceed what is possible."""
    if coverage is not None:
        release = None if cluster is None else _release(cluster.version)
        excused = _without_cleaner(configs) | _of_another_mode(cluster)
        yield from _absent(coverage, release, excused)
    yield from _backwards(deltas)
    yield from _impossible(facts)


def _release(version: str | None) -> tuple[int, int] | None:
    is_vague = version is not None and "older" in version
    return None if is_vague else release_of(version)


def _has(fact: str, release: tuple[int, int] | None) -> bool:
    """Tell whether a release surely has a fact, also while nothing has happened yet."""
    if FACTS[fact].is_lazy:
        return False
    since, until = _release(FACTS[fact].since), _release(FACTS[fact].until)
    if release is None:
        return since is None and until is None
    return (since is None or since <= release) and (until is None or release <= until)


def _without_cleaner(configs: BrokerConfigs | None) -> set[str]:
    """Return the facts that brokers do not have because their cleaner is disabled."""
    if configs is None:
        return set()
    if "false" not in set(configs.only("key", _CLEANER)["value"]):
        return set()
    return {name for name, fact in FACTS.items() if fact.mbean.startswith(_CLEANER_BEANS)}


def _of_another_mode(cluster: Cluster | None) -> set[str]:
    """Return the facts of one mode that the cluster is not in, or not with all its brokers."""
    mode = "unknown" if cluster is None else cluster.mode
    return {name for name, fact in FACTS.items() if fact.mode not in ("", mode)}


def _absent(
    coverage: FactsCoverage, release: tuple[int, int] | None, excused: set[str]
) -> Iterator[Finding]:
    """Yield one finding a reason for the facts that no process of their kind tells."""
    missing: dict[str, list[str]] = {}
    rows = coverage.rows[coverage.rows["fact"].isin(set(FACTS) - excused)]
    for fact, asked in rows.groupby("fact"):
        own = asked[asked["target"].str.partition(" ")[0].isin(FACTS[fact].on)]
        if len(own) and (own["status"] == "absent").all() and _has(fact, release):
            missing.setdefault(str(own["reason"].iloc[0]), []).append(fact)
    for reason, names in missing.items():
        yield Finding(
            "info",
            CLUSTER,
            f"No process tells {count(len(names), 'JMX fact')} that its release has: "
            f"{listed(names)}.",
            _BLIND,
            cause=f"{reason[:1].upper()}{reason[1:]}.",
            evidence={"facts": names},
            actions=_REPORT,
            confidence="likely",
        )


def _backwards(deltas: FactDeltas | None) -> Iterator[Finding]:
    """Yield the counters that went down; one of a topic or client may be removed and made anew."""
    rows = [] if deltas is None else list(deltas.rows[deltas.rows["delta"] < 0].itertuples())
    for row in rows:
        if any(label is not None for label in row.labels):
            continue
        yield Finding(
            "info",
            subject_of(row.target),
            f"JMX counter {row.fact} of {row.target} went down by {-row.delta:,.0f} without a "
            "restart.",
            _BLIND,
            evidence={"fact": row.fact, "delta": row.delta},
            actions=_REPORT,
        )


def _impossible(facts: Facts) -> Iterator[Finding]:
    limits = {name: fact.most for name, fact in FACTS.items() if fact.most is not None}
    rows = facts.rows[facts.rows["value"] > facts.rows["fact"].map(limits) + _ROUNDING]
    for row in rows.itertuples():
        yield Finding(
            "info",
            subject_of(row.target),
            f"JMX fact {row.fact} of {row.target} is {row.value:g}, and cannot be more than "
            f"{limits[row.fact]:g}.",
            _BLIND,
            evidence={"fact": row.fact, "value": row.value, "most": limits[row.fact]},
            actions=_REPORT,
        )
