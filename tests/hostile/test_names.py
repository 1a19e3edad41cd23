"""Names of strangers in everything that is shown: nothing moves a cursor, opens a tag, or runs."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kdiag.diagnose import diagnose
from kdiag.registry import load_checks
from kdiag.render import csv, github, json, junit, markdown, nagios, sarif, terminal
from kdiag.render.layout import cells, clean, wrapped
from tests.hostile.mutations import bounded
from tests.redaction.everything import Named, everything

CHECKS = load_checks().checks
MARKS = {
    "escape": "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "control": "a\x00b\x08c\rd\ne\x7f",
    "direction": "\u202egpj.exe\u2066\u200f\ufeff",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;",
    "markdown": "](http://evil.example) `x` | **b** \n# h\n- [ ] x",
    "long": "x" * 3000,
}
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@pytest.fixture(scope="module", params=MARKS, ids=str)
def marked(request):
    """Name of the mark, and the report on a cluster in which every name holds it."""
    plain = Named()
    named = Named(**{key: f"{value}{MARKS[request.param]}" for key, value in vars(plain).items()})
    return request.param, diagnose(everything(named), CHECKS, {})


@pytest.mark.parametrize(
    "render", [terminal, markdown, nagios, github, csv, junit], ids=lambda each: each.__name__
)
def test_no_control_character_leaves_in_a_text(marked, render):
    text = render.render(marked[1])

    assert text
    assert not _FORBIDDEN.search(text.replace("\r\n", "\n"))


@pytest.mark.parametrize("render", [json, sarif], ids=lambda each: each.__name__)
def test_json_shows_names_as_ascii_escapes_or_not_at_all(marked, render):
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", render.render(marked[1]))


def test_a_terminal_of_eighty_columns_stays_one(marked):
    name, report = marked
    if name != "long":
        for line in terminal.render(report, width=80).splitlines():
            assert cells(line) <= 400  # a command is never broken


def test_markdown_is_no_html(marked):
    from markdown_it import MarkdownIt

    found = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    Tags().feed(MarkdownIt("commonmark").enable("table").render(markdown.render(marked[1])))
    assert not [tag for tag, _ in found if tag in ("script", "img", "iframe", "svg")]
    assert not [one for _, one in found if "evil.example" in str(one)]


@bounded
@given(st.text(max_size=60))
@example("\x1b[31m\u202e\x00\n\ud800")
def test_a_clean_text_is_printable_and_stays_so(text):
    shown = clean(text)

    assert shown.isprintable()
    assert clean(shown) == shown


@bounded
@given(st.text(max_size=120), st.integers(20, 100))
def test_lines_are_no_wider_than_the_terminal(text, width):
    for line in wrapped([text], width):
        assert cells(line) <= max(width, 20)
        assert line.isprintable()
