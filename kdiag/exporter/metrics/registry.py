"""Schema Registry: what each answers, where registries are asked (`--schema-registry`)."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.pipeline_sections import SchemaRegistries

_LEVEL = ("registry", "compatibility")

_UP = Family(
    "kdiag_schema_registry_up",
    "1 for each Schema Registry that answers, 0 for one that does not.",
    ("registry",),
)
_GLOBAL = Family(
    "kdiag_schema_registry_compatibility",
    "1 with the compatibility level of subjects without one of their own (GET /config).",
    _LEVEL,
)
_SUBJECTS = Family("kdiag_schema_registry_subjects", "Subjects (GET /subjects).", ("registry",))
_LEVELS = Family(
    "kdiag_schema_registry_subjects_by_compatibility",
    "Subjects by the compatibility level that counts for them (GET /config/SUBJECT), as of the "
    "last diagnosis; none where not all were told.",
    _LEVEL,
)


def registry(seen: Seen) -> Iterator[Family]:
    """Yield what is told of schema registries; nothing where none is asked."""
    registries = seen.held(SchemaRegistries)
    if registries is None:
        return
    dead = registries.unread("endpoint")
    rows = registries.rows
    urls, levels = rows["url"].tolist(), rows["compatibility"].tolist()
    yield _UP.rows([*((url, 1) for url in urls), *((url, 0) for url in dead)])
    yield _GLOBAL.of(urls, levels, values=[1] * len(urls))
    yield _SUBJECTS.of(urls, values=rows["subjects_count"].tolist())
    yield _LEVELS.rows([(*key, number) for key, number in sorted(seen.subjects.items())])
