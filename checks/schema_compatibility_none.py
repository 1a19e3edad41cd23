"""Subjects of Schema Registry that take any schema.

With compatibility NONE a producer can register a version that consumers cannot read; they fail on
its first record. Confluent's registry begins with BACKWARD, Apicurio's with NONE.

Reads: GET /config and GET /config/SUBJECT?defaultToGlobal=true. A global NONE does no harm where
every subject has a level of its own, and is silent there.
"""

from collections.abc import Sequence

from kdiag.api import (
    Action,
    Finding,
    Said,
    SchemaRegistries,
    Subject,
    SubjectLevels,
    check,
    count,
)

_IMPACT = "A version that consumers cannot read is taken, and they fail on its first record."
_NAMED = 20  # with more subjects only their number is shown


@check(area="pipelines")
def schema_compatibility_none(registries: SchemaRegistries, levels: SubjectLevels) -> Said:
    """Subjects with compatibility NONE, by themselves or by the global level."""
    loose = levels.rows[levels.rows["compatibility"] == "NONE"]
    own: dict[str, list[str]] = {}
    for row in registries.rows.itertuples():
        names = sorted(set(loose.loc[loose["url"] == row.url, "schema_subject"]))
        if row.compatibility == "NONE" and names:
            yield _by_default(row.url, names)
            continue
        for name in names:
            own.setdefault(name, []).append(row.url)
    yield from (_one(name, sorted(urls)) for name, urls in sorted(own.items()))


def _by_default(url: str, names: Sequence[str]) -> Finding:
    return Finding(
        "warning",
        Subject.of("endpoint", url=url),
        f"Schema Registry {url} checks nothing by default (NONE), which counts for "
        f"{count(len(names), 'subject')}.",
        _IMPACT,
        evidence={
            "compatibility": "NONE",
            "subjects_count": len(names),
            "subjects": list(names) if len(names) <= _NAMED else None,
        },
        actions=(
            Action(
                "Set the level that is wanted; versions that are there stay as they are. "
                "PUT /config with a compatibility of BACKWARD.",
            ),
        ),
    )


def _one(name: str, urls: Sequence[str]) -> Finding:
    return Finding(
        "warning",
        Subject.of("schema_subject", schema_subject=name),
        f"Subject {name} has compatibility NONE.",
        _IMPACT,
        evidence={"compatibility": "NONE", "registries": list(urls)},
        actions=(
            Action(
                "Set it back to the level that is wanted; versions that are there stay as they "
                f"are. PUT /config/{name} with a compatibility of BACKWARD.",
            ),
        ),
    )
