import json

from hypothesis import given
from hypothesis import strategies as st

from kdiag.mcp.bounds import LONGEST_LIST, LONGEST_TEXT, page_of

ROWS = ("findings", "results")


def document(findings=0, results=0, **more):
    return {
        "verdict": "critical",
        "findings": [{"number": number, "text": "x" * 50} for number in range(findings)],
        "results": [{"check": number} for number in range(results)],
        **more,
    }


def test_what_has_room_is_given_as_it_is():
    whole = document(3, 2)

    page = page_of(whole, ROWS, 0, 10_000)

    assert page.document == whole
    assert page.left_out == {}
    assert page.next is None


def test_pages_give_every_row_once_in_order_and_count_the_others():
    whole = document(100, 50)
    findings, results, start, pages = [], [], 0, 0
    while start is not None:
        page = page_of(whole, ROWS, start, 1_000)
        assert len(json.dumps(page.document)) <= 1_000
        shown = page.document
        left = page.left_out
        assert left.get("findings", 0) + len(shown["findings"]) == 100
        assert left.get("results", 0) + len(shown["results"]) == 50
        findings += shown["findings"]
        results += shown["results"]
        start, pages = page.next, pages + 1

    assert findings == whole["findings"]
    assert results == whole["results"]
    assert pages > 5


def test_long_lists_and_texts_within_a_row_are_cut_and_counted():
    objects = [{"partition": number} for number in range(1_000)]
    row = {"evidence": {"objects": objects}, "symptom": "y" * 5_000}

    page = page_of({"findings": [row]}, ROWS, 0, 100_000)

    [shown] = page.document["findings"]
    assert shown["evidence"]["objects"] == objects[:LONGEST_LIST]
    assert shown["symptom"] == "y" * LONGEST_TEXT
    assert page.left_out == {
        "findings[0].evidence.objects": 1_000 - LONGEST_LIST,
        "findings[0].symptom": 4_000,
    }


def test_a_row_that_has_no_room_as_it_is_is_given_shorter():
    row = {"objects": ["z" * 500] * 20}

    page = page_of({"findings": [row]}, ROWS, 0, 3_000)

    assert len(page.document["findings"][0]["objects"]) == 5
    assert page.left_out == {"findings[0].objects": 15}


def test_what_is_not_known_stays_null_and_the_order_of_keys_stays():
    page = page_of({"members": None, "group": "g", "topics": []}, ("topics", "members"), 0, 1_000)

    assert list(page.document.items()) == [("members", None), ("group", "g"), ("topics", [])]


@given(
    sizes=st.lists(st.integers(0, 3_000), max_size=30),
    start=st.integers(0, 40),
    max_bytes=st.integers(2_000, 20_000),
)
def test_every_page_goes_on_and_only_a_single_row_may_be_too_long(sizes, start, max_bytes):
    whole = {"findings": [{"text": "a" * size} for size in sizes]}

    page = page_of(whole, ROWS, start, max_bytes)

    shown = page.document["findings"]
    assert page.left_out.get("findings", 0) == len(sizes) - len(shown)
    assert len(json.dumps(page.document)) <= max_bytes
    if start < len(sizes):
        assert shown
        assert page.next is None or page.next == start + len(shown)
