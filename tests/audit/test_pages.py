"""The pages: nothing from outside, nothing of a name taken for a mark, the same bytes each time."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from kdiag.audit import html, markdown
from kdiag.audit.blocks import Figure
from kdiag.audit.plots import svg
from tests.audit.scenes import EVIL, made

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Collects tags with their attributes, and checks that they are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def audit():
    return made()


@pytest.fixture(scope="module")
def text(audit):
    return html.render(audit)


@pytest.fixture(scope="module")
def page(text):
    parsed = Page()
    parsed.feed(text)
    assert not parsed.open
    return parsed


def test_nothing_is_fetched_and_nothing_runs(page):
    tags = [tag for tag, _ in page.tags]
    assert not {"script", "link", "iframe", "object", "form"} & set(tags)
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href"):
            address = attributes.get(name, "#")
            assert address.startswith(("#", "data:image/png;base64,"))
    policy = [attributes for tag, attributes in page.tags if tag == "meta"]
    assert any("default-src 'none'" in each.get("content", "") for each in policy)


def test_names_are_text(page, text):
    assert "<script" not in text
    assert any("alert(1)" in words for words in page.words)


def test_the_page_has_one_title_and_its_chapters_are_linked(page):
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    targets = [a["href"] for t, a in page.tags if t == "a" and a.get("href", "").startswith("#")]

    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert targets
    assert {target[1:] for target in targets} <= ids


def test_tables_and_figures_say_what_they_are(page):
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == tags.count("table") > 5
    assert tags.count("figcaption") == tags.count("figure") > 3
    drawn = [a for t, a in page.tags if t == "svg"]
    assert all(a["role"] == "img" and len(a["aria-label"]) > 40 for a in drawn)


def test_the_same_audit_is_the_same_page(audit, text):
    assert html.render(audit) == text


def test_ids_of_drawings_do_not_collide(text):
    ids = re.findall(r'\bid="([^"]+)"', text)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


FIGURES = [
    Figure(
        "a",
        "A",
        "lines",
        "n",
        "x",
        {
            "times": ["2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00"],
            "series": [{"name": EVIL, "values": [1, 2]}],
        },
    ),
    Figure(
        "b",
        "B",
        "panels",
        "n",
        "x",
        {
            "panels": [
                {
                    "name": EVIL,
                    "times": ["2026-03-01T00:00:00+00:00"],
                    "values": [3],
                    "limit": None,
                },
                {"name": "$b_$", "times": ["2026-03-01T00:00:00+00:00"], "values": [3], "limit": 9},
            ]
        },
    ),
    Figure(
        "c",
        "C",
        "bars",
        "n",
        "x",
        {
            "categories": [str(n) for n in range(30)],
            "panels": [{"name": "Bytes", "unit": "bytes", "values": list(range(30))}],
        },
    ),
    Figure(
        "d",
        "D",
        "forecast",
        "bytes",
        "x",
        {
            "volumes": [
                {"name": "v" * 200, "days": [0, 90], "low": [1, 2], "high": [1, 9], "limit": 8}
            ]
        },
    ),
    Figure("e", "E", "histogram", "bytes", "x", {"edges": [1.0, 8.0, 64.0], "counts": [3, 1]}),
    Figure(
        "f",
        "F",
        "spans",
        "time",
        "x",
        {"rows": [{"name": "g", "spans": [("2026-03-01T00:00:00+00:00", 30.0)]}]},
    ),
    Figure(
        "g",
        "G",
        "heatmap",
        "n",
        "x",
        {"rows": ["\u65e5\u672c", "b"], "begins_at_hour": 492_000, "values": [[0, 5], [7, 0]]},
    ),
]


@pytest.mark.parametrize("figure", FIGURES, ids=[figure.kind for figure in FIGURES])
def test_a_figure_is_one_element_in_the_colours_of_the_page(figure):
    text = svg(figure)
    root = ET.fromstring(text)  # noqa: S314 - our own

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox")
    assert root.get("width") is None
    assert root.get("aria-label") == "x"
    assert "currentColor" in text
    assert "#00000a" not in text
    assert svg(figure) == text


def test_long_names_are_cut_in_the_middle():
    assert "v" * 40 not in svg(FIGURES[3])


def test_markdown_takes_no_name_for_a_mark(audit):
    text = markdown.render(audit)

    prose = re.sub(r"^ *```+sh\n.*?```+$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "&lt;script&gt;" in prose
    assert "<script>" not in prose
    assert len(text) <= markdown.MOST
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) >= 2


def test_markdown_that_is_too_long_says_what_is_left_out(audit, monkeypatch):
    monkeypatch.setattr(markdown, "MOST", 9_000)

    text = markdown.render(audit)

    assert len(text) <= 9_000
    assert "chapters do not fit here; report.html has them." in text
