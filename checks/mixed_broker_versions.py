"""Brokers of different releases in one cluster.

A rolling upgrade mixes releases for as long as it takes; one that stopped half way leaves them
mixed. Which APIs, and which versions of them, a broker offers shows its release. Where JMX tells
that a broker started within the last day, an upgrade is taken to be under way. APIs that only some
brokers offer are no sign: plug-ins and roles add them.

Reads: ApiVersions of each broker, JMX (StartTime and Uptime of the JVM).
"""

from collections.abc import Mapping

from kdiag.api import (
    CLUSTER,
    Action,
    Brokers,
    Facts,
    Finding,
    NotApplicable,
    Said,
    check,
    listed,
    span,
    uptimes,
)

_NAMES = {
    0: "Produce",
    1: "Fetch",
    2: "ListOffsets",
    3: "Metadata",
    9: "OffsetFetch",
    18: "ApiVersions",
}

Ranges = Mapping[int, tuple[int, int]]


@check(area="controller")
def mixed_broker_versions(
    brokers: Brokers, facts: Facts | None, *, upgrade_seconds: float = 86400.0
) -> Said:
    """Brokers that offer different versions of the same APIs.

    upgrade_seconds: a broker that started so recently is part of an upgrade that is under way.
    """
    ranges = {
        int(row.broker): {key: (low, high) for key, low, high in row.api_versions}
        for row in brokers.rows.itertuples()
        if row.api_versions
    }
    if len(ranges) < 2:
        yield NotApplicable("there is nothing to compare: one broker told its versions")
        return
    differing = _differing(ranges)
    if not differing:
        return
    ages = _ages(facts, ranges)
    youngest = min(ages.values(), default=None)
    if youngest is not None and youngest < upgrade_seconds:
        yield NotApplicable(f"a broker started {span(youngest)} ago: an upgrade is under way")
        return
    yield _finding(ranges, differing, is_certain=len(ages) == len(ranges))


def _differing(ranges: Mapping[int, Ranges]) -> list[int]:
    """Return the APIs that all brokers offer, and not all in the same versions."""
    shared = set.intersection(*(set(each) for each in ranges.values()))
    return sorted(key for key in shared if len({each[key] for each in ranges.values()}) > 1)


def _ages(facts: Facts | None, ranges: Mapping[int, Ranges]) -> dict[int, float]:
    """Return broker → seconds since it started, where JMX tells."""
    known = {} if facts is None else uptimes(facts)
    return {id_: known[f"broker {id_}"] for id_ in ranges if f"broker {id_}" in known}


def _finding(ranges: Mapping[int, Ranges], differing: list[int], *, is_certain: bool) -> Finding:
    alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for id_, each in sorted(ranges.items()):
        alike.setdefault(tuple(each[key] for key in differing), []).append(id_)
    kinds = sorted(alike.items())
    shown = differing[0]
    words = "; ".join(f"{listed(ids)} up to {values[0][1]}" for values, ids in kinds)
    return Finding(
        "warning",
        CLUSTER,
        f"Brokers run {len(kinds)} different releases: {_name(shown)} is offered by brokers "
        f"{words}.",
        "The cluster can only use what the oldest broker knows, and mixed releases are tested for "
        "the time of an upgrade, not for good.",
        cause="An upgrade that stopped half way, or a broker that was added with another release."
        if is_certain
        else "An upgrade that stopped half way; one that is under way looks the same without JMX.",
        confidence="certain" if is_certain else "possible",
        evidence={
            "release_count": len(kinds),
            "brokers_alike": [ids for _, ids in kinds],
            "differing_api_count": len(differing),
            "differing_apis": [_name(key) for key in differing],
        },
        actions=(
            Action(
                "See which broker offers what, and bring all to the newer release, one by one.",
                "kafka-broker-api-versions.sh --bootstrap-server {bootstrap}",
            ),
        ),
    )


def _name(key: int) -> str:
    return _NAMES.get(key, f"API {key}")
