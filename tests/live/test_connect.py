"""Kafka Connect: workers, connectors that fail and those that only look so, as doctor sees them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kdiag.cli.around import services_of_lab
from kdiag.cli.scoring import judge
from kdiag.collect import collect
from kdiag.diagnose import diagnose
from kdiag.finding import group
from kdiag.lab import FAULTS, LOOKALIKES, Lab
from kdiag.lab.services import WITH_CONNECT
from kdiag.pipeline_sections import Connectors, ConnectWorkers
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Commits
from kdiag.sources.saved import load, save
from kdiag.sources.services import Services
from tests.live.seeing import Seen, seen_of

pytestmark = pytest.mark.live

TRIED = [one for one in (FAULTS | LOOKALIKES).values() if one.lab == WITH_CONNECT]


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    with Lab(1, services={"connect"}) as lab:
        yield seen_of(lab, TRIED, sample_seconds=4)


@pytest.mark.parametrize("fault", TRIED, ids=lambda fault: fault.name)
def test_each_is_named_at_its_root_and_on_its_object(seen: Seen, fault) -> None:
    scored = judge(fault, seen.report, 0)

    assert scored.is_right, scored


def test_two_workers_are_one_cluster_and_are_asked_three_times_each(seen: Seen) -> None:
    workers = seen.snapshot.get(ConnectWorkers).rows

    assert sorted(workers["url"]) == sorted(seen.lab.connect.urls)
    assert workers["connect_cluster"].nunique() == 1
    asked = {api: n for api, n in seen.snapshot.requests.items() if "Connect" in api}
    assert sum(asked.values()) == 6


def test_a_failed_task_is_told_by_its_trace_and_its_root(seen: Seen) -> None:
    [found] = [item.finding for item in seen.report.findings if item.check == "connector-failed"]

    assert found.evidence["trace"].endswith("Tolerance exceeded in error handler")
    assert "JsonParseException" in found.evidence["root_cause"]
    assert found.covers == {group("connect-consignments-sink")}
    committed = seen.snapshot.get(Commits).rows.set_index("group")["committed_offset"]
    assert committed["connect-consignments-sink"] == 100  # what it could read


def test_no_password_is_in_a_saved_snapshot(seen: Seen, tmp_path) -> None:
    save(seen.snapshot, tmp_path / "s.json")

    assert "correct-horse" not in (tmp_path / "s.json").read_text()
    loaded = load(tmp_path / "s.json").get(Connectors)
    assert len(loaded) == len(seen.snapshot.get(Connectors))


def test_a_plugin_that_is_too_old_is_refused_with_an_empty_answer(seen: Seen) -> None:
    """What the runbook says of it, on the worker that has it."""
    import httpx

    url = seen.lab.connect.workers["connect-2"].url
    config = {
        "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector",
        "topics": "x",
        "file": "/dev/null",
    }
    answer = httpx.put(f"{url}/connectors/too-old/config", json=config, timeout=30)

    assert (answer.status_code, answer.content) == (500, b"")


def test_a_worker_that_is_gone_costs_its_part_only(seen: Seen) -> None:
    """Last: it ends one of the two."""
    seen.lab.connect.workers["connect-2"].kill()
    checks = [load_checks().get("connector-failed")]
    [alive] = services_of_lab(seen.lab).connect
    dead = seen.lab.connect.workers["connect-2"].url
    both = Services(connect=(alive, replace(alive, url=dead)))

    snapshot = collect(plan(checks), seen.lab.bootstrap, services=both)

    workers = snapshot.get(ConnectWorkers)
    assert set(workers.errors) == {f"worker {dead}"}
    assert "cannot be reached" in workers.errors[f"worker {dead}"].reason
    assert [r.status for r in diagnose(snapshot, checks, {}).results] == ["problem"]
