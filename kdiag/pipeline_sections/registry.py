"""Raw sections of Schema Registry (Confluent's REST API, and what answers like it)."""

from kdiag.snapshot import Section, Table


class SchemaRegistries(Table):
    """One row a registry that answers (GET /config, /mode, /subjects).

    compatibility: the global level, as NONE or BACKWARD. mode: READWRITE and its like.
    subjects_count: how many subjects it lists.
    """

    noun = "schema registries"
    columns = {"url": "str", "compatibility": "str", "mode": "str", "subjects_count": "int"}


class SchemaSubjects(Table):
    """One row a registry and subject (GET /subjects)."""

    noun = "subjects"
    columns = {"url": "str", "schema_subject": "str"}


class SubjectLevels(Table):
    """One row a registry and subject (GET /config/SUBJECT?defaultToGlobal=true).

    compatibility: the level that counts for it, its own or the global one. Registries do not tell
    alike which of both it is, so that is not kept.
    """

    noun = "compatibility levels of subjects"
    columns = {"url": "str", "schema_subject": "str", "compatibility": "str"}


REGISTRY_SECTIONS: tuple[type[Section], ...] = (SchemaRegistries, SchemaSubjects, SubjectLevels)
