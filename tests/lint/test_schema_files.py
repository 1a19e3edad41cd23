"""Avro schemas in several files: what they say of each other's types."""

import json
import re

import pytest

from kdiag.engine import run
from kdiag.errors import UsageError
from kdiag.lint.reading import Asked, read_files
from kdiag.lint.schemas import Earlier
from kdiag.registry import RULES, load_checks


def record(name, **types):
    fields = [{"name": field, "type": type_} for field, type_ in types.items()]
    return {"type": "record", "name": name, "namespace": "shop", "fields": fields}


ORDER = record("Order", id="long", to="Address", by="shop.Person")
PERSON = record("Person", home="Address")
ADDRESS = record("Address", street="string", kind={"type": "enum", "name": "Kind", "symbols": []})


@pytest.fixture
def said(tmp_path):
    """Return what rules say of files: [(rule, file, symptom)]; name → schema."""

    def of(ids=("lint-schema-evolution",), earlier=None, **schemas):
        paths = [tmp_path / f"{name}.avsc" for name in schemas]
        for path, schema in zip(paths, schemas.values(), strict=True):
            path.write_text(json.dumps(schema))
        asked = Asked(earlier=earlier or Earlier())
        files = read_files([str(path) for path in paths], asked)
        rules = [load_checks(RULES).get(id_) for id_ in ids]
        return [
            (result.check, finding.subject.get("path").rpartition("/")[2], finding.symptom)
            for result in run(rules, files.snapshot, {})
            for finding in result.findings
        ]

    return of


@pytest.mark.parametrize("names", ["abc", "cba", "bca"])
def test_a_type_of_another_file_is_found_whatever_the_order(said, names):
    schemas = {"a": ORDER, "b": ADDRESS, "c": PERSON}

    found = said(**{name: schemas[name] for name in names})

    assert found == [("lint-schema-evolution", "b.avsc", "Enum shop.Kind has no default.")]


def test_one_that_no_file_has_is_told(said):
    [(_, file, symptom)] = said(a=ORDER, b=record("Address", street="string"))

    assert file == "a.avsc"
    assert "there is no type 'shop.Person' here, and the rest was not judged" in symptom


def test_of_two_definitions_nobody_can_tell_which_is_meant(said):
    other = record("Address", street="int")

    [(_, file, symptom)] = said(a=PERSON, b=record("Address", street="string"), c=other)

    assert file == "a.avsc"
    assert "there is no type 'Address' here, and " in symptom
    assert re.search(r"b\.avsc and \S*c\.avsc define it differently, and the rest", symptom)


def test_the_same_definition_twice_and_versions_of_one_are_none_of_our_business(said):
    simple = record("Address", street="string")

    assert said(a=PERSON, b=simple, c=simple) == []
    assert said(v1=simple, v2=record("Address", street="string", city="string")) == []
    assert said(a=record("Person", home=simple), b=record("Address", street="int")) == []


def test_types_in_a_circle_are_not_judged(said):
    one, two = record("One", two="Two"), record("Two", one="One")

    assert sorted(file for _, file, _ in said(a=one, b=two)) == ["a.avsc", "b.avsc"]


def test_a_document_that_is_no_schema_hides_no_type(said):
    broken = {**PERSON, "fields": [*PERSON["fields"], {"name": "x"}]}

    [(_, file, symptom)] = said(a=broken, b=record("Address", street="string"))

    assert (file, "a field needs" in symptom) == ("a.avsc", True)


def test_earlier_versions_refer_to_files_beside_them(said, tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    (old / "person-v1.avsc").write_text(json.dumps(PERSON))
    (old / "address-v1.avsc").write_text(json.dumps(record("Address", street="string")))
    new = {"a": PERSON, "b": record("Address", street="int")}

    found = said(("lint-schema-compatibility",), Earlier(old), **new)

    assert {file for _, file, _ in found} == {"a.avsc", "b.avsc"}
    assert all("cannot read" in symptom for _, _, symptom in found)

    (old / "address-v2.avsc").write_text(json.dumps(record("Address", street="bytes")))
    with pytest.raises(UsageError, match=r"person-v1.avsc:.* define it differently"):
        said(("lint-schema-compatibility",), Earlier(old), **new)
