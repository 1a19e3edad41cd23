"""A report that was saved, made of the one of a broken cluster."""

from kdiag.audit.names import KINDS, stem
from kdiag.audit.written import Written
from kdiag.render.json import document
from tests.render.reports import START, broken

CHANGES = {"new": 2, "gone": 1, "worse": 0, "better": 0, "unchanged": 7}
SECRET = "correct-horse-battery-staple"  # noqa: S105 - one for tests
"""Must not appear anywhere but where it is checked."""


def written(directory, changes=CHANGES, **more):
    """Return a report whose files are in a directory. more: replaces keys of the document."""
    made = {**document(broken()), **more}
    at = stem(str(made["cluster"]["name"]), START)
    paths = [directory / f"{at}.{kind}" for kind in KINDS]
    for path in paths:
        path.write_text(f"the report as {path.suffix}\n")
    return Written(made, directory, *paths, changes)


def finding(severity="critical", symptom="Something is wrong.", **more):
    return {
        "check": "broker-down",
        "severity": severity,
        "symptom": symptom,
        "actions": [{"text": "Look.", "command": None, "effect": "reads"}],
        "explained_by": None,
        "waiver": None,
        **more,
    }
