"""Sections of Schema Registry for tests."""

from kdiag.pipeline_sections import SchemaRegistries, SchemaSubjects, SubjectLevels
from tests.tables import NOW

URL = "http://10.1.0.5:8081"
OTHER = "http://10.1.0.6:8081"


def registries(levels, **fields):
    """Return URL → global level as registries."""
    rows = [
        {"url": url, "compatibility": level, "mode": "READWRITE"} for url, level in levels.items()
    ]
    return SchemaRegistries.from_rows(rows, read_at=NOW, **fields)


def subjects(*names, url=URL, **fields):
    """Return subjects by their names."""
    rows = [{"url": url, "schema_subject": name} for name in names]
    return SchemaSubjects.from_rows(rows, read_at=NOW, **fields)


def subject_levels(levels, urls=(URL,), **fields):
    """Return subject → level, the same in each registry."""
    rows = [
        {"url": url, "schema_subject": name, "compatibility": level}
        for url in urls
        for name, level in levels.items()
    ]
    return SubjectLevels.from_rows(rows, read_at=NOW, **fields)
