"""The last two versions of subjects, over HTTP on loopback: by pages, and one by one."""

import json

import pytest

from kdiag.pipeline_sections import SchemaPairs
from tests.sources.rest.test_registry import read, registry

GONE = (404, {"error_code": 40402, "message": "Version not found"})
LIMIT = "limit=500"


def record(*types, name="Order"):
    fields = [{"name": f"f{n}", "type": type_} for n, type_ in enumerate(types)]
    return {"type": "record", "name": name, "fields": fields}


def version(subject, number, schema, **more):
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return {"subject": subject, "version": number, "id": number, "schema": text, **more}


def paged(*pages, subjects):
    """A registry that lists all versions, page by page."""
    answers = registry(dict.fromkeys(subjects, "NONE"))
    at = 0
    for page in [*pages, []]:
        answers[f"/schemas?offset={at}&{LIMIT}"] = (200, list(page))
        at += len(page)
    return answers


def one_by_one(*versions):
    """A registry that is asked for each version."""
    names = {one["subject"] for one in versions}
    answers = registry(dict.fromkeys(names, "NONE"))
    for name in names:
        its = [one for one in versions if one["subject"] == name]
        numbers = [one["version"] for one in its]
        answers[f"/subjects/{name}/versions"] = (200, numbers)
        answers[f"/subjects/{name}/versions/latest"] = (200, its[-1])
        for number in range(1, numbers[-1]):
            answers[f"/subjects/{name}/versions/{number}"] = GONE
        for one in its:
            answers[f"/subjects/{name}/versions/{one['version']}"] = (200, one)
    return answers


def pairs(answers):
    made, [one] = read(answers)
    told = made[SchemaPairs]
    return {row.schema_subject: row for row in told.rows.itertuples()}, told.errors, one


OLD, NEW = version("a-value", 1, record("int")), version("a-value", 2, record("string"))


@pytest.mark.parametrize("by", ["pages", "one by one"])
def test_a_pair_is_held_against_each_other_both_ways(by):
    grown = record("int")
    grown["fields"].append({"name": "more", "type": "long"})
    others = [version("b-value", 1, record("int")), version("b-value", 2, grown)]
    alone = version("c-value", 1, record("int"))
    versions = [OLD, NEW, *others, alone]
    names = ("a-value", "b-value", "c-value")
    answers = paged(versions, subjects=names) if by == "pages" else one_by_one(*versions)

    told, errors, one = pairs(answers)

    assert not errors
    assert set(told) == {"a-value", "b-value"}
    assert (told["a-value"].version, told["a-value"].earlier_version) == (2, 1)
    assert [kind for kind, _ in told["a-value"].backward] == ["type"]
    assert told["b-value"].backward == (
        ("default", "field more was not written and has no default"),
    )
    assert told["b-value"].forward == ()
    assert any("/versions/" in path for path in one.asked) == (by == "one by one")


def test_versions_of_a_subject_may_stand_in_two_pages():
    told, errors, _ = pairs(paged([OLD], [NEW], subjects=("a-value",)))

    assert not errors
    assert told["a-value"].version == 2


def test_only_the_last_two_of_many_count():
    versions = [version("a-value", n, record("int")) for n in (1, 2, 10)]
    versions += [version("a-value", 11, record("string"))]

    told, _, _ = pairs(paged(versions, subjects=("a-value",)))

    assert (told["a-value"].version, told["a-value"].earlier_version) == (11, 10)


def test_a_subject_that_comes_again_is_asked_for_by_itself():
    other = version("b-value", 1, record("int"))
    answers = one_by_one(OLD, NEW) | paged([OLD, other, NEW], subjects=("a-value", "b-value"))

    told, errors, one = pairs(answers)

    assert not errors
    assert (told["a-value"].version, told["a-value"].earlier_version) == (2, 1)
    assert "/subjects/a-value/versions/latest" in one.asked


def test_pages_that_do_not_say_whose_they_are_are_left():
    """As Apicurio 3.3.3 answers."""
    bare = [{"schema": OLD["schema"]}, {"schema": NEW["schema"]}]
    answers = one_by_one(OLD, NEW) | {"/schemas": (200, bare)}

    told, errors, _ = pairs(answers)

    assert not errors
    assert [kind for kind, _ in told["a-value"].forward] == ["type"]


def test_pages_that_are_all_the_same_end():
    answers = one_by_one(OLD, NEW) | {"/schemas": (200, [OLD, NEW])}

    told, errors, one = pairs(answers)

    assert not errors
    assert told["a-value"].version == 2
    assert sum(path.startswith("/schemas") for path in one.asked) == 2


def test_the_version_before_a_deleted_one_is_taken():
    told, errors, _ = pairs(one_by_one(OLD, version("a-value", 5, record("int"))))

    assert not errors
    assert (told["a-value"].version, told["a-value"].earlier_version) == (5, 1)


def test_one_version_that_is_left_is_no_pair():
    told, errors, _ = pairs(one_by_one(version("a-value", 3, record("int"))))

    assert (told, errors) == ({}, {})


def test_types_that_are_referred_to_are_asked_for():
    address = version("address", 1, {"type": "record", "name": "Address", "fields": []})
    refers = {"references": [{"name": "Address", "subject": "address", "version": 1}]}
    versions = [
        version("a-value", 1, record("Address"), **refers),
        version("a-value", 2, record("Address", "Address"), **refers),
    ]

    told, errors, one = pairs(one_by_one(address, *versions))

    assert not errors
    assert [kind for kind, _ in told["a-value"].backward] == ["default"]
    assert one.asked.count("/subjects/address/versions/1") == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"schemaType": "PROTOBUF"}, "Protobuf that cannot be parsed"),
        ({"schemaType": "JSON", "schema": "{"}, "JSON that cannot be parsed"),
        ({"schemaType": "XML of a-stranger"}, "another format"),
        ({"schema": "no schema"}, "Avro that cannot be parsed"),
        ({"schema": '"Address"'}, "Avro that cannot be parsed"),
        ({"schema": "[" * 50_000}, "Avro that cannot be parsed"),
        (
            {"references": [{"name": "N", "subject": "nowhere", "version": 1}]},
            "Avro that cannot be parsed",
        ),
        (
            {"references": [{"name": "N", "subject": "a-value", "version": 2}]},
            "Avro that cannot be parsed",
        ),
    ],
)
def test_what_was_not_compared_is_said(more, why):
    told, errors, one = pairs(one_by_one(OLD, {**NEW, **more}))

    assert told == {}
    [missing] = errors.values()
    assert missing.reason == f"the last two versions of 1 subject were not compared: {why}"
    assert list(errors) == [f"endpoint {one.url}"]


def test_a_page_of_the_wrong_kind_costs_itself():
    answers = one_by_one(OLD, NEW) | {"/schemas": (200, [OLD, {"subject": 5}])}

    told, errors, _ = pairs(answers)

    assert not errors
    assert told["a-value"].version == 2


@pytest.mark.parametrize(("majors", "is_same"), [(("1", "2"), False), (("1", "1"), True)])
def test_versions_of_another_group_are_told(majors, is_same):
    versions = [
        {**one, "metadata": {"properties": {"major": major, "owner": f"team-{major}"}}}
        for one, major in zip((OLD, NEW), majors, strict=True)
    ]
    level = {"compatibilityLevel": "BACKWARD", "compatibilityGroup": "major"}
    answers = paged(versions, subjects=("a-value",)) | {"/config/a-value": (200, level)}

    told, errors, _ = pairs(answers)

    assert not errors
    assert told["a-value"].is_same_group is is_same


def test_other_metadata_makes_no_group():
    versions = [OLD, {**NEW, "metadata": {"properties": {"owner": "b"}, "tags": None}}]

    told, _, _ = pairs(paged(versions, subjects=("a-value",)))

    assert told["a-value"].is_same_group


def test_an_odd_answer_costs_its_subject():
    others = [version("b-value", 1, record("int")), version("b-value", 2, record("long"))]
    answers = one_by_one(OLD, NEW, *others)
    answers["/subjects/a-value/versions/latest"] = (200, {"subject": "a-value", "version": "two"})

    told, errors, _ = pairs(answers)

    assert set(told) == {"b-value"}
    [missing] = errors.values()
    assert missing.reason == "an answer is not what it must be: version is of the wrong kind"


def json_version(number, properties, **more):
    closed = {"type": "object", "properties": properties, "additionalProperties": False}
    return version("a-value", number, closed, schemaType="JSON", **more)


def proto_version(number, text, **more):
    text = f'syntax = "proto3"; {text}'
    return version("a-value", number, text, schemaType="PROTOBUF", **more)


def test_json_schema_and_protobuf_are_held_against_each_other_too():
    documents = [
        [json_version(1, {"a": {"type": "integer"}}), json_version(2, {"a": {"type": "string"}})],
        [
            proto_version(1, "message M { int32 a = 1; }"),
            proto_version(2, "message M { M a = 1; }"),
        ],
    ]
    for versions, format_ in zip(documents, ("JSON", "PROTOBUF"), strict=True):
        told, errors, _ = pairs(one_by_one(*versions))

        assert not errors
        pair = told["a-value"]
        assert pair.schema_type == format_
        assert [kind for kind, _ in pair.backward] == [kind for kind, _ in pair.forward] == ["type"]
        assert pair.is_same_name


def test_another_format_is_read_by_none():
    told, errors, _ = pairs(one_by_one(OLD, json_version(2, {})))

    assert not errors
    assert told["a-value"].backward == (("type", "JSON cannot read Avro"),)


def test_what_they_refer_to_is_asked_for_by_the_name_that_they_use():
    inner = version("inner", 1, {"type": "string"}, schemaType="JSON")
    refers = {"references": [{"name": "in.json", "subject": "inner", "version": 1}]}
    properties = {"a": {"$ref": "in.json"}}
    versions = [json_version(1, properties, **refers), json_version(2, properties, **refers)]

    told, errors, one = pairs(one_by_one(inner, *versions))

    assert not errors
    assert told["a-value"].backward == told["a-value"].forward == ()
    assert one.asked.count("/subjects/inner/versions/1") == 1


@pytest.mark.parametrize(
    ("level", "is_told"), [("BACKWARD", True), ("FORWARD", False), ("FULL", True), ("NONE", False)]
)
def test_what_no_rule_tells_is_said_where_the_level_asks_for_it(level, is_told):
    """The new one asks for a pattern that the values of the old one may or may not fit."""
    old = {"type": "string", "enum": ["a", "aa"]}
    versions = [json_version(1, {"a": old}), json_version(2, {"a": {**old, "pattern": "^a+$"}})]
    answers = one_by_one(*versions) | {"/config/a-value": (200, {"compatibilityLevel": level})}

    told, errors, _ = pairs(answers)

    assert told["a-value"].backward == told["a-value"].forward == ()
    assert [each.reason for each in errors.values()] == [
        "the last two versions of 1 subject were not compared: JSON, two patterns are not compared"
    ] * is_told
