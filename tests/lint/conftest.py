"""Lint rules on texts: what they say, line by line."""

import pytest

from kdiag.engine import run
from kdiag.lint.reading import Asked, read_files
from kdiag.registry import RULES, load_checks


@pytest.fixture
def lint(tmp_path):
    """Return what a rule says of a text: (status, [(severity, line, symptom)])."""

    def said(id_, text, name="a.properties", asked=None):
        path = tmp_path / name
        path.write_text(text)
        files = read_files([str(path)], asked or Asked())
        [result] = run([load_checks(RULES).get(id_)], files.snapshot, {})
        rows = [(f.severity, f.subject.get("line"), f.symptom) for f in result.findings]
        return result.status, sorted(rows)

    return said


@pytest.fixture
def worst(lint):
    """Return what a rule says of a text that it finds one fault in, beside notes."""

    def said(id_, text, name="a.properties", asked=None):
        status, found = lint(id_, text, name, asked)
        assert status == "problem"
        [one] = [one for one in found if one[0] != "info"]
        return one

    return said
