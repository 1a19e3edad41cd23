import csv
import io
from pathlib import Path

import pandas
import pytest

from kdiag.render.csv import COLUMNS, render
from kdiag.render.layout import clean
from tests.render import hostile
from tests.render.reports import healthy, small


def read(report):
    return pandas.read_csv(
        io.StringIO(render(report), newline=""), dtype=str, keep_default_na=False
    )


def test_the_rows_are_as_expected():
    expected = Path(__file__).parent / "expected" / "small.csv"

    assert render(small()).encode() == expected.read_bytes()


def test_a_row_is_a_finding_on_an_object_or_an_unknown_check():
    rows = read(small())

    assert list(rows) == list(COLUMNS)
    assert rows["status"].tolist() == ["problem"] * 4 + ["waived", "problem"] + ["unknown"] * 4
    assert rows["broker"].tolist()[:1] == ["3"]
    assert rows["partition"].tolist()[1:3] == ["0", "1"]
    assert rows["explained_by"].tolist()[1:3] == ["f-broker-down"] * 2
    assert rows["waived"].tolist()[4] == "a test topic (data team, until 2026-12-01)"
    assert rows["since"].tolist()[0] == "2026-03-01T11:43:00Z"
    assert rows["controls"].tolist()[:2] == ["soc2:A1.2", ""]
    assert rows["symptom"].tolist()[6] == "no JMX; needs JMX (--jmx)"


def test_a_healthy_cluster_still_says_what_is_unknown():
    assert read(healthy())["status"].tolist() == ["unknown"]


@pytest.mark.parametrize("name", hostile.NAMES, ids=range(len(hostile.NAMES)))
def test_no_name_moves_a_cell_or_is_a_formula(name):
    text = render(hostile.report(name))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert text.count("\r\n") == len(rows) + 1 == 6
    assert text.count("\n") == text.count("\r") == 6
    assert all(set(row) == set(COLUMNS) for row in rows)
    cells = [cell for row in rows for cell in row.values()]
    assert not [one for one in cells if one.lstrip()[:1] in "=+-@\uff1d\uff0b\uff0d\uff20" and one]
    assert rows[0]["group"] in (clean(name), f"'{clean(name)}")
    assert rows[0]["symptom"] == clean(f"Group {name} is behind.")


def test_ten_thousand_findings_are_ten_thousand_rows():
    rows = read(hostile.many(10_000))

    assert len(rows) == 10_000
    assert rows["fingerprint"].nunique() == 10_000
    assert rows["group"].nunique() == 10_000
