"""Rules of JSON Schema, change by change, and what they cannot tell."""

import time

import pytest

from kdiag.schemas.compatibility import SchemaError
from kdiag.schemas.json_document import parse
from kdiag.schemas.json_schema import compare
from tests.schemas.changes import ID, JSON_CHANGES, TEXT, closed, thing, whole


def judged(new, old, others=None):
    return compare(parse(new, others), parse(old, others))


@pytest.mark.parametrize("change", JSON_CHANGES)
def test_a_change_breaks_readers_or_does_not(change):
    old, new, kinds = JSON_CHANGES[change]

    told = judged(new, old)

    assert [each.kind for each in told.breaks] == kinds
    assert told.unjudged == ()


def test_a_break_says_where_it_is():
    old = thing({"at": closed({"lines": {"type": "array", "items": thing(ID)}})})
    new = thing({"at": closed({"lines": {"type": "array", "items": thing({"id": TEXT})}})})

    [found] = judged(new, old).breaks

    assert found.path == "at.lines.[].id"
    assert found.reader_pointer == "/properties/at/properties/lines/items/properties/id"
    assert found.message == "at.lines.[].id: string is taken, integer may be written"


UNTOLD = {
    "another pattern": (
        {"type": "string", "pattern": "a+"},
        {"type": "string", "pattern": "a*"},
        "two patterns are not compared",
    ),
    "not": (thing(ID), {**thing(ID), "not": thing({"a": TEXT})}, "keyword not is not compared"),
    "if": (thing(ID), {**thing(ID), "if": {}, "then": {}}, "keyword if is not compared"),
    "unevaluated": (
        {**thing(ID), "unevaluatedProperties": False},
        {**thing(ID), "unevaluatedProperties": True},
        "unevaluatedProperties and unevaluatedItems are not compared",
    ),
    "a reference that was not read": (
        thing({"a": {"$ref": "other.json"}}),
        thing({"a": {"$ref": "other.json"}}),
        "what $ref other.json leads to was not read",
    ),
    "an anchor": (
        thing({"a": {"$ref": "#there"}}),
        thing({"a": {"$ref": "#there"}, "b": {}}),
        "$ref #there leads to an anchor",
    ),
    "nowhere": (
        thing({"a": {"$ref": "#/definitions/A"}}),
        thing({"a": TEXT}),
        "$ref #/definitions/A leads to nothing",
    ),
    "a circle": (
        {"$ref": "#/definitions/A", "definitions": {"A": {"$ref": "#/definitions/A"}}},
        TEXT,
        "references lead in a circle",
    ),
    "patterns of properties": (
        thing(ID, patternProperties={"^a": TEXT}),
        thing(ID, patternProperties={"^b": TEXT}),
        "patterns of properties are not compared",
    ),
    "a pattern that may run for ever": (
        closed({"a" * 40: TEXT}),
        thing({"a" * 39: TEXT}, patternProperties={"^(a+)+$": TEXT}),
        "patterns of properties are not compared",
    ),
    "an allOf that closes": (
        {"allOf": [closed(ID), thing({"b": TEXT})]},
        closed(ID, ["id"]),
        "an allOf cannot be taken apart",
    ),
    "no schema": (thing({"a": 5}), thing({"a": TEXT}), "a schema is neither an object nor true"),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_what_no_rule_tells_is_said_and_never_fits(case):
    old, new, said = UNTOLD[case]

    told = judged(new, old)

    assert any(each.startswith(said) for each in told.unjudged), told
    assert not told.breaks


def test_the_same_text_fits_whatever_it_says():
    odd = {**thing(ID), "if": {"not": {}}, "pattern": "(a+)+", "unevaluatedProperties": False}

    assert judged({**odd}, {**odd}) == judged(True, {})
    assert not judged({**odd}, {**odd}).unjudged


def test_a_break_stands_beside_what_is_not_told():
    old = thing({"a": whole(), "b": {"$ref": "x"}})
    new = thing({"a": TEXT, "b": {"$ref": "x"}})

    told = judged(new, old)

    assert [each.kind for each in told.breaks] == ["type"]
    assert told.unjudged


def test_what_a_registry_names_beside_a_schema_is_followed():
    ours = thing({"a": {"$ref": "other.json#/definitions/A"}})
    others = [{"other.json": parse({"definitions": {"A": each}})} for each in (whole(), TEXT)]

    same = compare(parse(ours, others[0]), parse(ours, others[0]))
    other = compare(parse(ours, others[1]), parse(ours, others[0]))

    assert (same.breaks, same.unjudged) == ((), ())
    assert [each.kind for each in other.breaks] == ["type"]


def test_a_schema_may_hold_itself():
    def tree(value):
        left = {"left": {"$ref": "#"}, "value": value}
        return closed(left)

    assert judged(tree({"type": "number"}), tree(whole())).breaks == ()
    [found] = judged(tree(whole()), tree({"type": "number"})).breaks
    assert found.path == "value"
    in_branch = judged({"anyOf": [tree(whole()), TEXT]}, tree({"type": "number"}))
    assert in_branch.breaks or in_branch.unjudged


def test_an_all_of_is_read_as_what_it_says_together():
    old = {"allOf": [thing(ID, ["id"]), thing({"mail": TEXT})]}

    assert judged(thing({**ID, "mail": TEXT}, ["id"]), old).breaks == ()
    assert [b.kind for b in judged(thing({**ID, "mail": whole()}), old).breaks] == ["type"]
    assert [b.kind for b in judged({"allOf": [thing(ID), closed(ID)]}, thing(ID)).breaks] == [
        "closed"
    ]


@pytest.mark.parametrize("document", [None, 5, "text", []])
def test_what_is_no_schema_is_one_sentence(document):
    with pytest.raises(SchemaError, match="expected an object"):
        parse(document)


def test_hostile_schemas_end():
    deep = {}
    for _ in range(5000):
        deep = {"items": deep}
    with pytest.raises(SchemaError, match="nested too deep"):
        parse(deep)

    def wide(depth, leaf):
        return leaf if not depth else {"anyOf": [thing({"a": wide(depth - 1, leaf)})] * 5}

    for depth in (5, 7):
        started = time.monotonic()
        told = judged(wide(depth, TEXT), wide(depth, whole()))
        assert told.breaks or told.unjudged
        assert time.monotonic() - started < 20
