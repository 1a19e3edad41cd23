"""Sections of Schema Registry for tests."""

from kdiag.pipeline_sections import (
    SchemaIds,
    SchemaPairs,
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
)
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


def pairs(*rows, url=URL, **fields):
    """Return pairs of versions; each needs schema_subject."""
    usual = {
        "url": url,
        "version": 2,
        "earlier_version": 1,
        "schema_type": "AVRO",
        "is_same_name": True,
        "is_same_group": True,
        "backward": (),
        "forward": (),
    }
    return SchemaPairs.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def schema_ids(known, url=URL, **fields):
    """Return id → whether the registry knows it."""
    rows = [{"url": url, "schema_id": id_, "is_known": is_} for id_, is_ in known.items()]
    return SchemaIds.from_rows(rows, read_at=NOW, **fields)
