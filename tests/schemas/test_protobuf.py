"""Rules of Protobuf, change by change; the language as far as they need it."""

import pytest

from kdiag.schemas.compatibility import SchemaError
from kdiag.schemas.proto_file import parse, place
from kdiag.schemas.protobuf import compare
from tests.schemas.changes import PROTO_CHANGES, message


def judged(new, old, new_others=None, old_others=None):
    return compare(parse(new, new_others), parse(old, old_others))


@pytest.mark.parametrize("change", PROTO_CHANGES)
def test_a_change_breaks_readers_or_does_not(change):
    old, new, kinds = PROTO_CHANGES[change]

    told = judged(new, old)

    assert [each.kind for each in told.breaks] == kinds
    assert told.unjudged == ()


def test_a_required_field_that_is_gone_breaks_who_has_it_still():
    old, new, _ = PROTO_CHANGES["a required field more"]

    assert judged(old, new).breaks == ()
    assert [each.kind for each in judged(new, old).breaks] == ["required"]


def test_a_package_and_the_way_a_name_is_written_may_change():
    inner = "message In { int32 a = 1; }"
    old = f'syntax = "proto3"; package a.b; message M {{ In x = 1; {inner} }}'
    new = f'syntax = "proto3"; package c; message M {{ .c.M.In x = 1; {inner} }}'

    assert judged(new, old).breaks == ()
    assert judged(new, old).unjudged == ()


def test_a_message_that_holds_itself_is_compared_once():
    old, new = message("M next = 1;", "int32 a = 2;"), message("M next = 1;", "string a = 2;")

    [found] = judged(new, old).breaks

    assert (found.path, found.reader_pointer) == ("M.a", "/M/2")


def test_what_an_import_has_is_read_and_what_was_not_read_is_said():
    ours = 'syntax = "proto3"; import "o.proto"; message M { o.A a = 1; }'
    whole, text = (
        {"o.proto": parse(f'syntax = "proto3"; package o; message A {{ {type_} b = 1; }}')}
        for type_ in ("int32", "string")
    )

    assert [each.kind for each in judged(ours, ours, text, whole).breaks] == ["type"]
    assert judged(ours, ours, text, text) == judged(message(), message())
    untold = judged(ours, ours)
    assert untold.breaks == ()
    assert untold.unjudged == ("type o.A comes from a file that was not read",)


def test_types_of_google_are_known_by_their_names():
    def at(type_):
        return message(f"google.protobuf.{type_} at = 1;")

    assert judged(at("Timestamp"), at("Timestamp")).unjudged == ()
    assert judged(at("Timestamp"), at("Duration")).unjudged != ()


def test_features_of_an_edition_are_said():
    old = 'edition = "2023"; message M { int32 a = 1; }'
    new = 'edition = "2023"; message M { int32 a = 1 [features.field_presence = IMPLICIT]; }'

    assert judged(old, old).unjudged == ()
    assert judged(new, old).unjudged == ("features of an edition are not compared",)


def test_the_language_is_read():
    text = """
    // a comment; message Not { }
    syntax = "proto2"; /* and { another */ package shop.v1;
    import public "x.proto"; option java_package = "a;b{";
    message Order {
      option (my.opt) = { a: "}" };
      reserved 2, 15, 9 to 11; reserved "foo";
      extensions 100 to max;
      required string id = 0x1 [default = "x;]", (o) = { n: 1 }];
      repeated group Line = 3 { optional int32 n = 1; }
      map<string, .shop.v1.Order> by_name = 4;
      oneof kind { option x = 1; int32 message = 5; string oneof = 6; }
      enum State { NEW = 0; OLD = -1; }
      optional State reserved = 7;
      message Inner { optional bytes b = 1; };
    }
    service S { rpc Do (Order) returns (stream Order) { option a = "b"; } }
    extend Order { optional int32 more = 101; }
    enum E { option allow_alias = true; A = 0; }
    """

    file = parse(text)

    order = file.messages["shop.v1.Order"]
    told = {
        number: (each.name, each.type, each.label, each.oneof)
        for number, each in order.fields.items()
    }
    assert told == {
        1: ("id", "string", "required", ""),
        3: ("Line", "group Line", "repeated", ""),
        4: ("by_name", ".shop.v1.Order", "", ""),
        5: ("message", "int32", "", "kind"),
        6: ("oneof", "string", "", "kind"),
        7: ("reserved", "State", "optional", ""),
    }
    assert set(file.messages) == {"shop.v1.Order", "shop.v1.Order.Line", "shop.v1.Order.Inner"}
    assert file.enums == {"shop.v1.Order.State", "shop.v1.E"}
    assert file.unread == ["x.proto"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "is no .proto file"),
        ('{"type": "record"}', 1, "is no .proto file"),
        ('syntax = "proto3";\nmessage M { int32 = 1; }', 2, "expected a name"),
        ('syntax = "proto3";\nmessage M { int32 a = b; }', 2, "expected the number"),
        ('syntax = "proto3";\nmessage M { int32 a = 1; int64 b = 1; }', 2, "given twice"),
        ('syntax = "proto3";\nmessage M { int32 a = 1;', 2, "ends too early"),
        ('syntax = "proto3";\nmessage M { }\nmessage M { }', 3, "there twice"),
        ('syntax = "proto3";\nmessage M { int32 a = 1; ? }', 2, "not expected"),
        ("message M { " * 400, 1, "nested too deep"),
    ],
)
def test_what_is_no_proto_file_is_said_with_its_place(text, line, said):
    with pytest.raises(SchemaError, match=said) as raised:
        parse(text)

    assert place(text, int(raised.value.pointer.lstrip("@")))[0] == line
