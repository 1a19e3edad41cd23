"""Avro's schema resolution: one row a rule of the specification, in both directions."""

import pytest

from kdiag.schemas.avro import breaks
from kdiag.schemas.avro_schema import AvroError, named_types, parse
from kdiag.schemas.compare import conflicts
from kdiag.schemas.compatibility import LEVELS


def record(*fields, name="User", **more):
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name, type_, **more):
    return {"name": name, "type": type_, **more}


def enum(*symbols, name="Suit", **more):
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def fixed(size, name="Hash", **more):
    return {"type": "fixed", "name": name, "size": size, **more}


TREE = record(field("value", "int"), field("left", ["null", "Node"], default=None), name="Node")
TREE_OF_LONGS = record(
    field("value", "long"), field("left", ["null", "Node"], default=None), name="Node"
)

READS = [
    # reader, writer
    *((kind, kind) for kind in ("null", "boolean", "int", "long", "float", "double", "bytes")),
    ("long", "int"),
    ("float", "int"),
    ("float", "long"),
    ("double", "int"),
    ("double", "long"),
    ("double", "float"),
    ("bytes", "string"),
    ("string", "bytes"),
    ({"type": "string"}, "string"),
    ({"type": "array", "items": "long"}, {"type": "array", "items": "int"}),
    ({"type": "map", "values": "double"}, {"type": "map", "values": "float"}),
    (enum("A", "B", "C"), enum("A", "B")),
    (enum("A", default="A"), enum("A", "B")),
    (enum("A", name="a.Suit"), enum("A", name="b.Suit")),
    (enum("A", name="Colour", aliases=["Suit"]), enum("A")),
    (fixed(16), fixed(16, name="other.Hash")),
    (record(field("id", "int")), record(field("id", "int"), field("name", "string"))),
    (record(field("id", "int"), field("age", "int", default=0)), record(field("id", "int"))),
    (record(field("key", "int", aliases=["id"])), record(field("id", "int"))),
    (
        record(field("id", "int"), name="Person", namespace="a", aliases=["User"]),
        record(field("id", "int"), name="a.User"),
    ),
    (
        record(field("id", "int"), name="a.Person", aliases=["b.User"]),
        record(field("id", "int"), name="User", namespace="b"),
    ),
    (["null", "int"], "int"),
    (["null", "int"], "null"),
    (["string", "long"], "int"),
    ("int", ["int"]),
    ("long", ["int", "long"]),
    (["null", "string", "int"], ["int", "null"]),
    (["null", enum("A", "B")], ["null", enum("A")]),
    (TREE_OF_LONGS, TREE),
    (record(field("u", ["null", "string"], default=None)), record()),
    ({"type": "long", "logicalType": "timestamp-millis"}, "long"),
]

CANNOT = [
    # reader, writer, kind, path
    ("int", "long", "type", ""),
    ("long", "float", "type", ""),
    ("float", "double", "type", ""),
    ("int", "string", "type", ""),
    ("boolean", "int", "type", ""),
    ("string", "int", "type", ""),
    ({"type": "array", "items": "int"}, {"type": "array", "items": "long"}, "type", ""),
    ({"type": "map", "values": "int"}, {"type": "array", "items": "int"}, "type", ""),
    (enum("A"), enum("A", "B"), "symbols", ""),
    (enum("A", name="Colour"), enum("A"), "name", ""),
    (fixed(16), fixed(8), "size", ""),
    (fixed(16, name="Sum"), fixed(16), "name", ""),
    (fixed(16), "bytes", "type", ""),
    (record(name="Person"), record(), "name", ""),
    (record(field("id", "int")), record(), "default", "id"),
    (record(field("key", "int")), record(field("id", "int")), "default", "key"),
    (record(field("u", ["null", "string"])), record(), "default", "u"),
    (record(field("id", "int")), record(field("id", "string")), "type", "id"),
    (record(field("suit", enum("A"))), record(field("suit", enum("A", "B"))), "symbols", "suit"),
    ("int", ["null", "int"], "type", ""),
    (["null", "int"], "string", "union", ""),
    (["null", "int"], ["null", "long"], "union", ""),
    (["null", record(field("id", "int"))], ["null", record()], "default", "id"),
    (TREE, TREE_OF_LONGS, "type", "value"),
    (
        record(field("a", record(field("b", "int"), name="In"))),
        record(field("a", record(field("b", "string"), name="In"))),
        "type",
        "a.b",
    ),
    (
        record(name="Person", namespace="a", aliases=["User"]),
        record(name="b.User"),
        "name",
        "",
    ),
]


@pytest.mark.parametrize(("reader", "writer"), READS)
def test_a_reader_takes_what_the_specification_lets_it(reader, writer):
    assert breaks(parse(reader), parse(writer)) == ()


@pytest.mark.parametrize(("reader", "writer", "kind", "path"), CANNOT)
def test_what_a_reader_cannot_take_is_said_with_its_kind_and_place(reader, writer, kind, path):
    found = breaks(parse(reader), parse(writer))

    assert [(each.kind, each.path) for each in found] == [(kind, path)]


def test_a_break_points_into_both_documents():
    old = record(field("id", "int"), field("at", {"type": "array", "items": "long"}))
    new = record(field("at", {"type": "array", "items": "int"}), field("id", "int"))

    [found] = breaks(parse(new), parse(old))

    assert found.reader_pointer == "/fields/0/type/items"
    assert found.writer_pointer == "/fields/1/type/items"
    assert found.message == "int cannot read long"


def test_all_breaks_are_told_at_once():
    old = record(field("a", "string"), field("b", enum("X", "Y")))
    new = record(field("a", "int"), field("b", enum("X")), field("c", "int"))

    assert [each.path for each in breaks(parse(new), parse(old))] == ["a", "b", "c"]


def test_a_branch_that_was_taken_for_fitting_does_not_hide_a_break_of_its_own_record():
    """The inner use of Node is tried while Node is, and Node turns out not to fit."""

    def node(type_):
        inner = record(field("back", ["null", "Node"], default=None), name="Inner")
        return record(field("in", inner), field("v", type_), field("also", "Inner"), name="Node")

    assert breaks(parse(node("long")), parse(node("int"))) == ()
    assert [each.path for each in breaks(parse(node("int")), parse(node("long")))] != []
    as_branch = breaks(parse(["Node"], {"Node": parse(node("int"))}), parse(node("long")))
    assert as_branch


ADDED = record(field("id", "int"), field("mail", "string"))
ADDED_WITH_DEFAULT = record(field("id", "int"), field("mail", "string", default=""))
FIRST = record(field("id", "int"))


@pytest.mark.parametrize(
    ("level", "new", "told"),
    [
        ("NONE", ADDED, []),
        ("BACKWARD", ADDED, [("1", True)]),
        ("FORWARD", ADDED, []),
        ("FULL", ADDED, [("1", True)]),
        ("BACKWARD", ADDED_WITH_DEFAULT, []),
        ("FULL", ADDED_WITH_DEFAULT, []),
        ("BACKWARD", record(), []),
        ("FORWARD", record(), [("1", False)]),
        ("FULL", record(), [("1", False)]),
        ("FULL", record(field("id", "string")), [("1", True), ("1", False)]),
    ],
)
def test_levels_ask_in_their_direction(level, new, told):
    made = conflicts(parse(new), [("1", parse(FIRST))], level)

    assert [(each.version, each.is_backward) for each in made] == told


def test_only_transitive_levels_ask_versions_before_the_last():
    earlier = [("1", parse(record(field("mail", "int")))), ("2", parse(FIRST))]
    new = parse(record(field("id", "int"), field("mail", "string", default="")))

    told = {level: [each.version for each in conflicts(new, earlier, level)] for level in LEVELS}

    assert told == {
        "NONE": [],
        "BACKWARD": [],
        "BACKWARD_TRANSITIVE": ["1"],
        "FORWARD": [],
        "FORWARD_TRANSITIVE": ["1"],
        "FULL": [],
        "FULL_TRANSITIVE": ["1", "1"],
    }


WRONG = [
    # document, pointer, a part of the message
    (3, "", "expected a type, found 3"),
    ({}, "", 'has no "type"'),
    ("strin", "", "no type 'strin'"),
    (record(field("id", "Missing")), "/fields/0/type", "no type 'Missing'"),
    (record(field("id", "int"), field("id", "int")), "/fields/1/name", "there twice"),
    (record(field("1d", "int")), "/fields/0/name", "letters, digits and _"),
    (record({"name": "id"}), "/fields/0", 'a "name" and a "type"'),
    ({"type": "record", "name": "A"}, "", 'no list "fields"'),
    ({"type": "record", "fields": []}, "", "record: expected a name"),
    (record(name="a b"), "/name", "letters, digits and _"),
    (["int", "null", "int"], "/2", "has int twice"),
    (["int", ["null"]], "/1", "holds a union"),
    (enum("A", "A"), "/symbols/1", "there twice"),
    (enum("A-B"), "/symbols/0", "is no name"),
    (enum("A", default="B"), "/default", "none of the symbols"),
    ({"type": "enum", "name": "E"}, "", 'no "symbols"'),
    (fixed(-1), "/size", "a size in bytes"),
    (fixed(True), "/size", "a size in bytes"),
    ({"type": "array"}, "", 'no "items"'),
    ({"type": "map", "values": 1}, "/values", "expected a type"),
    (record(field("a", fixed(1)), field("b", fixed(2))), "/fields/1/type/name", "defined twice"),
    (record(aliases="User"), "/aliases", "a list of names"),
]


@pytest.mark.parametrize(("document", "pointer", "said"), WRONG)
def test_what_is_no_schema_is_said_with_its_place(document, pointer, said):
    with pytest.raises(AvroError, match=said) as raised:
        parse(document)

    assert raised.value.pointer == pointer


def test_a_schema_may_refer_to_types_that_others_define():
    address = parse(record(field("city", "string"), name="Address", namespace="shop"))

    user = parse(record(field("home", "Address"), namespace="shop"), named_types(address))

    assert user.fields[0].schema is address
    assert set(named_types(user)) == {"shop.User", "shop.Address"}


def test_a_simple_name_is_looked_for_in_its_namespace_and_then_without_one():
    plain = parse(enum("A"))
    document = record(field("a", "Suit"), field("b", record(field("c", "Suit"), name="x.In")))

    made = parse({**document, "namespace": "n"}, {"Suit": plain})

    assert made.fields[0].schema is plain
    assert made.fields[1].schema.fields[0].schema is plain


def test_nesting_that_no_parser_takes_is_one_sentence():
    document: object = "int"
    for _ in range(5000):
        document = {"type": "array", "items": document}

    with pytest.raises(AvroError, match="nested too deep"):
        parse(document)
