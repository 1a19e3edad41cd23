"""Subjects whose last version does not go with the one before.

A registry holds a new version against earlier ones only while it is registered, by the level of
that moment: what was registered under NONE, before the level was set, or in mode IMPORT stays. A
consumer that has one of two such versions fails on records of the other.

Reads: GET /schemas, or the last two versions of each subject; GET /config/SUBJECT. Compared here,
by the rules of each format (Avro, JSON Schema, Protobuf), in the direction that the level of the
subject promises. With NONE a pair is told where neither version reads the other, and only of types
of one name: one topic may carry several kinds of record. What no rule tells, as a $ref or import
that was not read, makes this unknown.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kdiag.api import (
    Action,
    Finding,
    Said,
    SchemaPairs,
    Subject,
    SubjectLevels,
    check,
)

_KEY = ["url", "schema_subject"]


@check(area="pipelines")
def schema_incompatible(pairs: SchemaPairs, levels: SubjectLevels) -> Said:
    """Subjects whose last two versions do not go together."""
    rows = pairs.rows[pairs.rows["is_same_group"]].merge(levels.rows, on=_KEY)
    for name, alike in rows.groupby("schema_subject", sort=True):
        told = [row for row in alike.itertuples() if any(_broken(row))]
        if told:
            yield _finding(str(name), told[0], sorted(row.url for row in told))


def _broken(row: Any) -> Iterator[bool]:
    """Yield whether the new version does not read the old one, and the other way round."""
    backward, forward = bool(row.backward), bool(row.forward)
    level = row.compatibility.removesuffix("_TRANSITIVE")
    if level == "NONE":
        both = row.is_same_name and backward and forward
        yield from (both, both)
    else:
        yield backward and level in ("BACKWARD", "FULL")
        yield forward and level in ("FORWARD", "FULL")


def _finding(name: str, row: Any, urls: Sequence[str]) -> Finding:
    is_backward, is_forward = _broken(row)
    old, new = row.earlier_version, row.version
    reasons = [
        *(f"{new} on {old}: {said}" for _, said in row.backward if is_backward),
        *(f"{old} on {new}: {said}" for _, said in row.forward if is_forward),
    ]
    first = (row.backward if is_backward else row.forward)[0][1]
    reader, writer = (new, old) if is_backward else (old, new)
    neither = is_backward and is_forward
    text = (
        f"Versions {old} and {new} of subject {name} cannot read each other: {first}."
        if neither
        else f"Version {reader} of subject {name} cannot read records of version {writer}: {first}."
    )
    return Finding(
        "warning",
        Subject.of("schema_subject", schema_subject=name),
        text,
        f"A consumer with version {reader} fails on records of version {writer}"
        + (", and the other way round: no order of deployment helps." if neither else "."),
        cause=f"Its level is {row.compatibility} now; it was another when version {new} came, or "
        "versions between were deleted."
        if row.compatibility != "NONE"
        else "Its level is NONE, so the registry took what it was given.",
        evidence={
            "compatibility": row.compatibility,
            "version": int(new),
            "earlier_version": int(old),
            "breaks": reasons,
            "registries": list(urls),
        },
        actions=(
            Action(
                f"Compare them (GET /subjects/{name}/versions/{old} and /{new}); if records of "
                "both are in the topic, register a version that reads both, or write to a new "
                "topic. PUT /config of the subject with a compatibility of BACKWARD keeps the "
                "next one out."
            ),
        ),
    )
