"""Releases with a serious bug that this cluster is exposed to.

A bug counts only where its exposure is certain, by what the brokers have configured or by the
symptom itself, and not for the number of the release alone. The protocol tells the release and not
its patch: where a patch of it is free of the bug, the finding is only a note.

Reads: ApiVersions (the release of the oldest broker), DescribeConfigs (SASL), Metadata (ISR).
"""

from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    Finding,
    KafkaRelease,
    Said,
    VersionBugs,
    check,
    count,
    listed,
)

_PATCH = "Look at the exact version of each broker; its log names it at the start."


@check(area="controller")
def known_bad_version(bugs: VersionBugs, release: KafkaRelease) -> Said:
    """Clusters that are exposed to a serious bug of their release."""
    rows = sorted(bugs.rows.itertuples(), key=lambda row: (not row.is_certain, row.id))
    if not rows:
        return
    certain = [row for row in rows if row.is_certain]
    table = release.table
    yield Finding(
        "warning" if certain else "info",
        CLUSTER,
        f"Kafka {release.shown} {'has' if certain else 'may have'} "
        f"{count(len(certain or rows), 'serious bug')} that this cluster is exposed to: "
        f"{listed(row.id for row in certain or rows)} (table of {table.as_of}).{release.age_note}",
        " ".join(f"{row.id}: {row.what}." for row in certain or rows),
        cause=_cause((certain or rows)[0]),
        confidence="certain" if certain else "possible",
        evidence={
            "kafka_release": release.shown,
            "bugs": [_told(row) for row in rows],
            "table_as_of": str(table.as_of),
        },
        actions=tuple(_actions(certain or rows)),
    )


def _cause(row: Any) -> str:
    if row.is_certain:
        return f"{row.id}: {row.because}."
    return (
        f"The brokers do not tell their patch release: {listed(row.with_it)} have {row.id}, "
        f"{listed(row.without_it)} do not; {row.because}."
    )


def _told(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "exposed_because": row.because,
        "versions_with_it": list(row.with_it),
        "versions_without_it": list(row.without_it),
        "fixed_in": list(row.fixed_in),
        "source": row.source,
    }


def _actions(rows: list[Any]) -> list[Action]:
    fixes = listed(dict.fromkeys(version for row in rows for version in row.fixed_in))
    upgrade = Action(f"Upgrade to a version with the fix ({fixes}), or a newer one.")
    return [upgrade] if rows[0].is_certain else [Action(_PATCH), upgrade]
