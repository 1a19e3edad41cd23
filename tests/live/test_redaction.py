"""A cluster with several faults is judged from a redacted file as it is itself, up to names."""

import gzip
import time

import pytest

from kdiag.collect import collect
from kdiag.diagnose import diagnose
from kdiag.lab.fault import inject
from kdiag.lab.faults import FAULTS
from kdiag.plan import plan
from kdiag.redaction import KINDS, redacted, restored
from kdiag.redaction.words import names_nobody
from kdiag.registry import load_checks
from kdiag.sources.saved import load, save
from tests.redacting import alike, translated

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

CHECKS = load_checks().checks
FAULTY = ("group-dead", "rf1-topic", "min-isr-equals-rf", "unclean-election-enabled")
BACKLOG_SECONDS = 40


def test_a_redacted_file_of_a_broken_cluster_has_its_findings_and_no_names(fresh_lab, tmp_path):
    lab = fresh_lab(3, racks=("r1", "r2", "r3"), properties={"min.insync.replicas": "2"})
    inject(lab, [FAULTS[name] for name in FAULTY])
    time.sleep(BACKLOG_SECONDS)
    inject(lab, [FAULTS["broker-killed"]])
    time.sleep(FAULTS["broker-killed"].settle_seconds)
    snapshot = collect(plan(CHECKS), lab.bootstrap)
    path = tmp_path / "r.json.gz"

    made = redacted(snapshot, KINDS, b"k" * 32)
    save(made.snapshot, path)
    one, other, back = (
        diagnose(each, CHECKS, {})
        for each in (snapshot, load(path), restored(load(path), made.names))
    )

    assert {"broker-down", "group-dead"} <= {item.check for item in one.findings}
    assert alike(one.results, made) == alike(translated(other.results, made), made)
    assert alike(one.results, made) == alike(back.results, made)
    data = gzip.decompress(path.read_bytes()).decode()
    names = {name for known in made.names.values() for name in known.values()}
    assert not [name for name in names if not names_nobody(name) and f'"{name}"' in data]
    assert not [name for name in names if len(name) > 12 and name in data]
