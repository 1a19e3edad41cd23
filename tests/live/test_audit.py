"""The audit of real brokers."""

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def test_an_audit_of_real_brokers_has_its_numbers_and_writes_nothing(lab3, tmp_path):
    lab3.create_topic("audited", partitions=4)
    lab3.produce("audited", 2000)
    command = [
        *(sys.executable, "-m", "kdiag", "audit", "--bootstrap-server", lab3.bootstrap),
        *("--output-dir", str(tmp_path), "--fail-on", "never"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    finally:
        lab3.delete_topic("audited")

    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "report.json").read_text())
    assert document["requests"]["writes"] == 0
    chapters = {each["id"]: each for each in document["audit"]["chapters"]}
    tables = {
        block["caption"]: block["rows"]
        for block in chapters["capacity"]["observations"]
        if block["kind"] == "table"
    }
    [row] = [row for row in tables["Topics by growth, one replica each"] if row[0] == "audited"]
    assert row[1] == 4
    assert row[2] > 0
    assert row[3] == pytest.approx(2000 / 3600, rel=0.01)
    assert len(tables["Volumes"]) >= 2
    lost = chapters["durability"]["observations"][1]["rows"]
    assert {cells[0] for cells in lost} >= {"broker 1", "rack r3"}
    assert "Topics by growth" in (tmp_path / "report.html").read_text()
