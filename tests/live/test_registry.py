"""A schema registry (Apicurio, by Confluent's API): what it tells, and what doctor says of it."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from kdiag.cli import main
from kdiag.cli.around import services_of_lab
from kdiag.cli.scoring import judge
from kdiag.diagnose import diagnose
from kdiag.lab import FAULTS, LOOKALIKES, Lab, inject
from kdiag.lab.fault import heal
from kdiag.lab.registry import WRITTEN
from kdiag.pipeline_sections import (
    SchemaIds,
    SchemaPairs,
    SchemaRegistries,
    SchemaSubjects,
    SubjectLevels,
)
from kdiag.sections import RecordSamples
from kdiag.snapshot import Missing, Section
from kdiag.sources.rest.client import Asking
from kdiag.sources.rest.registry import read_registries
from kdiag.sources.saved import load, save
from tests.live.seeing import CHECKS, Seen, look, seen_of
from tests.schemas.changes import JSON_CHANGES, PROTO_CHANGES, text_of

pytestmark = pytest.mark.live

NEEDED = {"services": frozenset({"registry"})}
TRIED = [one for one in (FAULTS | LOOKALIKES).values() if one.lab == NEEDED and not one.is_last]
FROZEN = FAULTS["registry-frozen"]
NUMBER = {"type": "record", "name": "Number", "fields": [{"name": "n", "type": "int"}]}
ADDRESS = {"type": "record", "name": "Address", "namespace": "a", "fields": []}


def read(lab: Lab, all_seconds: float = 30) -> dict[type[Section], Section]:
    """What the source makes of the registry alone."""
    servers = services_of_lab(lab).schema_registry
    return asyncio.run(read_registries(servers, Asking(30, all_seconds)))


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with Lab(1, services={"registry"}) as lab:
        yield seen_of(lab, TRIED, sample_records=True)


@pytest.mark.parametrize("fault", TRIED, ids=lambda fault: fault.name)
def test_each_is_named_at_its_root_and_on_its_object(seen: Seen, fault) -> None:
    scored = judge(fault, seen.report, 0)

    assert scored.is_right, scored


def test_levels_subjects_pairs_and_ids_are_read(seen: Seen) -> None:
    [about] = seen.snapshot.get(SchemaRegistries).rows.itertuples()
    subjects = set(seen.snapshot.get(SchemaSubjects).rows["schema_subject"])
    levels = seen.snapshot.get(SubjectLevels).rows.set_index("schema_subject")["compatibility"]
    pairs = seen.snapshot.get(SchemaPairs)
    ids = seen.snapshot.get(SchemaIds).rows.set_index("schema_id")["is_known"]

    assert (about.compatibility, about.mode) == ("BACKWARD", "READWRITE")
    assert (about.url,) == seen.lab.registry.urls
    assert subjects == {
        *("credit-notes-value", "loyalty-points-value", "vouchers-value", "retired-orders-value"),
    }
    assert levels["credit-notes-value"] == "NONE"
    assert set(levels.drop("credit-notes-value")) == {"BACKWARD"}
    assert not pairs.errors
    told = {row.schema_subject: row for row in pairs.rows.itertuples()}
    assert set(told) == {"credit-notes-value", "vouchers-value"}
    assert [kind for kind, _ in told["credit-notes-value"].forward] == ["type"]
    assert told["vouchers-value"].backward == told["vouchers-value"].forward == ()
    assert not ids[9999]
    assert ids[ids].size >= 1


def test_nothing_of_a_record_is_in_a_snapshot_but_its_id(seen: Seen, tmp_path) -> None:
    save(seen.snapshot, tmp_path / "s.json")
    kept = load(tmp_path / "s.json")

    assert 9999 in set(kept.get(RecordSamples).rows["schema_id"])
    assert WRITTEN.decode() not in (tmp_path / "s.json").read_text()
    again = diagnose(kept, CHECKS, {})
    assert {item.check for item in again.findings} == {i.check for i in seen.report.findings}


def test_what_a_deleted_version_leaves_is_compared(seen: Seen) -> None:
    registry = seen.lab.registry
    registry.register("deleted-value", NUMBER)
    registry.set_level("NONE", "deleted-value")
    for type_ in ("string", "long"):
        registry.register("deleted-value", {**NUMBER, "fields": [{"name": "n", "type": type_}]})
    registry.delete_version("deleted-value", 2)

    pairs = read(seen.lab)[SchemaPairs].rows.set_index("schema_subject")
    registry.delete("deleted-value")

    pair = pairs.loc["deleted-value"]
    assert (pair.version, pair.earlier_version) == (3, 1)
    assert pair.backward == ()
    assert [kind for kind, _ in pair.forward] == ["type"]


def test_types_that_are_referred_to_are_read(seen: Seen) -> None:
    registry = seen.lab.registry
    registry.register("address", ADDRESS)
    for more in ("a", "b"):
        fields = [{"name": "at", "type": "a.Address"}, {"name": more, "type": "int", "default": 0}]
        registry.register(
            "customers-value",
            {"type": "record", "name": "Customer", "fields": fields},
            references=[{"name": "a.Address", "subject": "address", "version": 1}],
        )

    pairs = read(seen.lab)[SchemaPairs]
    for subject in ("customers-value", "address"):
        registry.delete(subject)

    told = pairs.rows.set_index("schema_subject").loc["customers-value"]
    assert (told.backward, told.forward) == ((), ())
    assert not pairs.errors


STRICTER = {
    *("JSON null as well", "JSON required with a default"),
    "JSON any value added to an open object",
    *("PROTOBUF a field less", "PROTOBUF another name", "PROTOBUF a wider number"),
    *("PROTOBUF bytes", "PROTOBUF repeated texts", "PROTOBUF an enum for a number"),
}
"""What Apicurio 3.3.3 refuses and Confluent's registry takes: names of fields, types that are the
same on the wire, and of JSON Schema a type that becomes a list, a default, a property of any."""
LAXER = {"PROTOBUF two fields into a oneof"}
"""What Apicurio takes, although a record may have both."""


def test_other_formats_are_judged_as_the_registry_judges_them(seen: Seen) -> None:
    registry = seen.lab.registry
    changes = {("JSON", name): change for name, change in JSON_CHANGES.items()}
    changes |= {("PROTOBUF", name): change for name, change in PROTO_CHANGES.items()}

    def fits(change: tuple[str, str]) -> bool:
        format_, name = change
        (old, new), subject = text_of(changes[change]), f"{format_} {name}"
        registry.register(subject, old, format_)
        told = registry.fits(subject, new, format_)
        if not told:
            registry.set_level("NONE", subject)
        registry.register(subject, new, format_)
        return told

    with ThreadPoolExecutor(4) as pool:
        answers = dict(zip(changes, pool.map(fits, changes), strict=True))
    for (format_, name), (_, _, kinds) in changes.items():
        expected = (
            not kinds or f"{format_} {name}" in LAXER
        ) and f"{format_} {name}" not in STRICTER
        assert answers[format_, name] == expected, name

    pairs = read(seen.lab)[SchemaPairs]

    assert not pairs.errors
    told = pairs.rows.set_index("schema_subject")["backward"].to_dict()
    for (format_, name), (old, new, kinds) in changes.items():
        found = told.get(f"{format_} {name}", ())
        assert [kind for kind, _ in found] == kinds, name
        assert old == new or f"{format_} {name}" in told


def test_its_mode_is_read_as_it_is(seen: Seen) -> None:
    registry = seen.lab.registry
    registry.set_mode("READONLY")

    [about] = read(seen.lab)[SchemaRegistries].rows.itertuples()
    registry.set_mode("READWRITE")

    assert about.mode == "READONLY"


def test_one_that_is_frozen_is_told_and_costs_its_part(seen: Seen) -> None:
    inject(seen.lab, [FROZEN])
    snapshot = look(seen.lab, request_timeout_seconds=6, sample_records=True)
    heal(seen.lab, FROZEN)

    scored = judge(FROZEN, diagnose(snapshot, CHECKS, {}), 0)
    assert scored.is_right, scored
    [why] = snapshot.get(SchemaSubjects).errors.values()
    assert isinstance(why, Missing)
    assert "did not answer within 6 s" in why.reason


def test_more_subjects_than_one_page_has_are_all_seen(seen: Seen) -> None:
    """Apicurio ends its list after 1,000 where nobody asks for more."""
    names = [f"many-{number}" for number in range(1005)]
    seen.lab.registry.register_all(names, NUMBER)

    listed = seen.lab.registry.subjects()
    found = read(seen.lab, all_seconds=120)

    assert len(listed) > 1000
    assert listed <= set(found[SchemaSubjects].rows["schema_subject"])
    assert listed <= set(found[SubjectLevels].rows["schema_subject"])
    assert not found[SubjectLevels].errors
    assert not found[SchemaPairs].errors


def test_lint_holds_a_file_against_the_versions_that_it_has(seen: Seen, tmp_path) -> None:
    seen.lab.registry.register("lint-value", NUMBER)
    file = tmp_path / "lint-value.avsc"
    words = ["lint", "--schema-registry", *seen.lab.registry.urls, "-o", "json", str(file)]

    def linted(type_: str) -> tuple[int, set[str]]:
        file.write_text(json.dumps({**NUMBER, "fields": [{"name": "n", "type": type_}]}))
        done = CliRunner().invoke(main, words)
        report = json.loads(done.stdout)
        return done.exit_code, {each["check"] for each in report["findings"]}

    assert linted("string") == (10, {"lint-schema-compatibility"})
    assert linted("long") == (0, set())
    seen.lab.registry.delete("lint-value")
