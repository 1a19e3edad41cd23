import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from kdiag.finding import Waiver
from kdiag.render.layout import clean
from kdiag.render.markdown import MOST, code, escaped, render
from tests.render import hostile
from tests.render.reports import broken, healthy, small

PARSER = MarkdownIt("gfm-like", {"html": True})
"""As GitHub reads it: HTML, tables, links of bare addresses."""

_LIVE = re.compile(r"@\w|#\d|!\d|://|www\.", re.IGNORECASE)


def tokens(text):
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def kinds(text):
    return {token.type for token in tokens(text)}


def words(text):
    """Return the text that is shown, without code."""
    shown = [token.content for token in tokens(text) if token.type in ("text", "text_special")]
    return "".join(shown)


def test_the_document_is_as_expected():
    assert render(small()) == (Path(__file__).parent / "expected" / "small.md").read_text()


@pytest.mark.parametrize("report", [broken(), healthy(), small()], ids=["broken", "ok", "small"])
def test_a_report_has_one_title_and_a_heading_for_each_cause(report):
    found = [token.tag for token in tokens(render(report)) if token.type == "heading_open"]

    assert found.count("h1") == 1
    waived = any(item.waiver for item in report.findings)
    causes = sum(item.is_root and not item.waiver for item in report.findings)
    assert found.count("h2") == causes + waived


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_a_name_is_text_and_nothing_else(name):
    text = render(hostile.report(name))

    live = {"html_inline", "html_block", "link_open", "image", "strong_open", "em_open", "s_open"}
    assert not live & kinds(text)
    plain = kinds(render(hostile.report("plain")))
    assert kinds(text) - {"text_special"} <= plain | {"softbreak"}
    assert not _LIVE.search(words(text).replace("\u200b", "\x00"))


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_an_escaped_name_is_shown_as_it_is(name):
    shown = words(escaped(name)).replace("\u200b", "")

    assert shown == clean(name).strip()[:2000] + "\u2026" * (len(name) > 2000)


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_a_span_of_code_holds_the_whole_name(name):
    [span] = [token for token in tokens(code(f"x{name}x")) if token.type == "code_inline"]

    assert span.content == clean(f"x{name}x")


def test_commands_are_blocks_of_code_that_nothing_ends():
    text = render(hostile.report("```\n# x"))
    blocks = [token.content for token in tokens(text) if token.type == "fence"]

    assert blocks[0] == "kafka-consumer-groups.sh --group ```\n# x\n"


def test_what_is_too_long_for_an_issue_is_cut_and_counted():
    text = render(hostile.many(10_000))
    shown = len(re.findall(r"^## \d+\. WARNING", text, re.MULTILINE))
    [cut] = re.findall(r"^\*([\d,]+) more findings cut", text, re.MULTILINE)

    assert len(text) <= MOST
    assert shown > 50
    assert shown + int(cut.replace(",", "")) == 10_000


def test_long_names_do_not_make_it_too_long():
    names = [item for _ in range(30) for item in (hostile.item("x*" * 3000),)]

    waived = [replace(one, waiver=Waiver("*" * 9000, "*" * 9000)) for one in names]
    text = render(broken(findings=(*names, *waived), errors=(("x" * 9000, "*" * 9000),)))

    assert len(text) <= MOST
    assert "cut (-o json)" in text
    assert text.endswith("10 more waived.\n")
