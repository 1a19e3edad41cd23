"""Raw sections of Schema Registry (Confluent's REST API, and what answers like it)."""

from kdiag.snapshot import Section, Table


class SchemaRegistries(Table):
    """One row a registry that answers (GET /config, /mode, /subjects).

    compatibility: the global level, as NONE or BACKWARD. mode: READWRITE and its like; <NA> where
    it is not told. subjects_count: how many subjects it lists.
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


class SchemaPairs(Table):
    """One row a registry and subject with two versions or more: the last against the one before.

    backward: why the last version cannot read what the earlier one wrote, forward: why the earlier
    one cannot read what the last one writes; (kind, sentence) each, as a `Break` of
    `kdiag.schemas.compatibility` has them, none where it can or where no rule tells: that stands
    under `errors` where the level of the subject asks for it. is_same_name: whether both are types
    of one name. is_same_group: whether the registry holds them against each other, by its
    compatibilityGroup. schema_type: of the last version: AVRO, JSON, PROTOBUF. The schemas
    themselves are not kept.
    """

    noun = "subjects with two versions or more"
    needs_rows = False
    columns = {
        "url": "str",
        "schema_subject": "str",
        "version": "int",
        "earlier_version": "int",
        "schema_type": "str",
        "is_same_name": "bool",
        "is_same_group": "bool",
        "backward": "object",
        "forward": "object",
    }


class SchemaIds(Table):
    """One row a registry and id that sampled records carry (GET /schemas/ids/ID).

    is_known: whether the registry has a schema of it, in any of its contexts.
    """

    noun = "schema ids of sampled records"
    needs_rows = False
    columns = {"url": "str", "schema_id": "int", "is_known": "bool"}


REGISTRY_SECTIONS: tuple[type[Section], ...] = (
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
    SchemaPairs,
)
"""What is read of a registry alone; `SchemaIds` are asked once records were looked at."""
