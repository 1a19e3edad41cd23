import json
from dataclasses import replace

import pytest

from kdiag.errors import UsageError
from kdiag.recorded import read_report, report_of
from kdiag.render.json import document
from tests.render import hostile
from tests.render.reports import broken, healthy, small


@pytest.mark.parametrize("report", [broken(), healthy(), small()], ids=["broken", "ok", "small"])
def test_a_report_that_was_written_is_read_back(report):
    written = json.loads(json.dumps(document(report)))

    assert document(report_of(written, "r.json")) == written


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_names_survive(name):
    written = json.loads(json.dumps(document(hostile.report(name))))

    assert document(report_of(written, "r.json")) == written


def test_what_older_versions_did_not_write_is_not_needed():
    written = document(small())
    del written["waivers"]
    for one in written["results"]:
        del one["area"], one["title"]
    for one in written["findings"]:
        for each in one["evidence"].get("objects", ()):
            del each["symptom"]
    written["more"] = 1

    report = report_of(written, "r.json")

    assert len(report.findings) == 5
    assert report.findings[1].objects[0]["symptom"] == "partition orders-0 too."


WRONG = [
    ([], "r.json: is no report"),
    ({"format": "kdiag-snapshot"}, "r.json: is no report"),
    ({**document(small()), "schema_version": 2}, "r.json: its schema_version is 2; this kdiag"),
    ({**document(small()), "schema_version": None}, "r.json: its schema_version is None"),
    ({**document(small()), "findings": [{}]}, "r.json: is a damaged report: KeyError: 'evidence'"),
    (
        {
            **document(small()),
            "findings": [{**document(small())["findings"][0], "severity": "bad"}],
        },
        "r.json: is a damaged report: ValueError: bad is none of critical, warning, info",
    ),
    ({**document(small()), "findings": 1}, "r.json: is a damaged report: TypeError"),
    ({**document(small()), "started_at": "x"}, "r.json: is a damaged report: ValueError"),
]


@pytest.mark.parametrize(("written", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_report_gets_one_sentence(written, said):
    with pytest.raises(UsageError) as raised:
        report_of(written, "r.json")

    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


def test_a_subject_of_a_newer_version_is_named():
    written = document(small())
    written["findings"][0]["subject"] = {"type": "moon"}

    with pytest.raises(UsageError, match="no subject moon"):
        report_of(written, "r.json")


def test_a_file_is_read(tmp_path):
    file = tmp_path / "r.json"
    file.write_text(json.dumps(document(small())))

    assert read_report(file).verdict == small().verdict
    file.write_text("{")
    with pytest.raises(UsageError, match="is no report"):
        read_report(file)
    with pytest.raises(UsageError, match="cannot be read"):
        read_report(tmp_path / "none")


def test_what_fails_is_not_part_of_what_is_written():
    assert document(replace(small(), fail_on=None)) == document(small())
