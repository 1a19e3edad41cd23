"""Trees of JSON and YAML: each part knows where it stands, and hostile texts end in a sentence."""

import pytest

from kdiag.errors import UsageError
from kdiag.lint.nodes import of_json, of_yaml

JSON = '{"a": 1,\n  "b": {"c": [true,\n   "x\\"y", {"d": null}]}}'
YAML = "a: 1\nb:\n  c:\n    - true\n    - x\n    - {d: ~}\n"


def test_parts_of_json_stand_where_they_are_written():
    tree = of_json(JSON, "f")

    assert tree.plain == {"a": 1, "b": {"c": [True, 'x"y', {"d": None}]}}
    assert tree.place == (1, 1)
    assert tree.key_place("b") == (2, 3)
    assert tree.at("/b/c") == (2, 9)
    assert tree.at("/b/c/1") == (3, 4)
    assert tree.at("/b/c/2/d") == (3, 13)
    assert tree.at("/b/c/9/z") == (2, 9)


def test_parts_of_yaml_stand_where_they_are_written():
    [tree] = of_yaml(YAML, "f")

    assert tree.plain == {"a": 1, "b": {"c": [True, "x", {"d": None}]}}
    assert tree.at("/b/c") == (3, 3)
    assert tree.at("/b/c/1") == (5, 7)
    assert tree.at("/b/c/2/d") == (6, 8)


def test_windows_line_ends_move_nothing():
    assert of_json(JSON.replace("\n", "\r\n"), "f").at("/b/c/1") == (3, 4)
    assert of_yaml(YAML.replace("\n", "\r\n"), "f")[0].at("/b/c/1") == (5, 7)


def test_of_equal_keys_the_last_counts_and_the_others_are_there():
    for tree in (of_json('{"a": 1,\n"a": 2}', "f"), *of_yaml("a: 1\na: 2\n", "f")):
        assert tree.plain == {"a": 2}
        assert [(key, line, value.value) for key, (line, _), value in tree.items()] == [
            ("a", 1, 1),
            ("a", 2, 2),
        ]


def test_what_yaml_merges_may_be_overridden():
    [tree] = of_yaml("x: &d {a: 1, b: 2}\ny:\n  <<: *d\n  b: 3\n", "f")

    assert tree.plain["y"] == {"a": 1, "b": 3}
    assert tree.get("y").hidden == ()


def test_each_document_of_a_stream_is_a_tree():
    assert [tree.plain for tree in of_yaml("a: 1\n---\n---\nb: 2\n", "f")] == [
        {"a": 1},
        None,
        {"b": 2},
    ]


@pytest.mark.parametrize("text", ["2026-13-45", "2026-01-01", "9" * 5000])
def test_a_date_and_a_number_that_is_too_long_are_text(text):
    [tree] = of_yaml(f"a: {text}\n", "f")

    assert tree.plain == {"a": text}


def test_a_number_of_json_that_is_too_long_is_text():
    assert of_json(f'{{"a": {"9" * 5000}}}', "f").plain == {"a": "9" * 5000}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a" 1}', "f:1:6: is no JSON: Expecting ':' delimiter"),
        ("", "f:1:1: is no JSON: Expecting value"),
        ('{"a":\n NaN}', "f:2:2: is no JSON: Expecting value"),
        ('{"a": -Infinity}', "f:1:7: is no JSON: Expecting value"),
        ("[" * 100_000 + "]" * 100_000, "f: is no JSON of settings: it is nested too deep"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text, told):
    with pytest.raises(UsageError) as raised:
        of_json(text, "f")

    assert str(raised.value) == told


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('a:\n  - "x\n', "f:3:1: is no YAML: found unexpected end of stream"),
        ("a: !!python/object:os.system x\n", "f:1:4: is no YAML: could not determine"),
        ("[" * 20_000, "f: is no YAML of settings: it is nested too deep"),
        ("a: &a\n  - *a\n", "f: is no YAML of settings: it is nested too deep"),
        (BOMB, "f: is no YAML: its aliases make it larger than 100000 values"),
        ("a: \x01\n", "f: is no YAML: unacceptable character"),
    ],
    ids=["quote", "object", "deep", "endless", "bomb", "control"],
)
def test_what_is_no_yaml_is_refused(text, told):
    with pytest.raises(UsageError) as raised:
        of_yaml(text, "f")

    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)
