"""Checks are addressed by id and run on hand-made sections: tables in, one result out.

Every scene is judged twice: a check must find the same where names are pseudonyms.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kdiag.engine import run
from kdiag.finding import CheckResult, NotApplicable
from kdiag.registry import Registry, load_checks
from kdiag.sections import Cluster
from kdiag.snapshot import Missing, Section, Snapshot
from tests.redacting import assert_judged_alike
from tests.tables import NOW
from tests.typed_commands import faults

Judge = Callable[..., CheckResult]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_checks()


@pytest.fixture
def judge(registry: Registry) -> Judge:
    """Return judge(id, *sections, earlier=(), absent={Section: Missing(...)}, **tunables)."""

    def judge_one(
        id_: str,
        *sections: Section,
        earlier: Sequence[Section] | None = None,
        absent: dict[type[Section], Missing | NotApplicable] | None = None,
        **tunables: Any,
    ) -> CheckResult:
        before = None if earlier is None else _snapshot(earlier, {})
        snapshot = _snapshot(sections, absent or {}, before)
        results = run([registry.get(id_)], snapshot, {id_: tunables})
        assert_judged_alike([registry.get(id_)], snapshot, {id_: tunables}, results)
        _assert_commands_hold(results[0], snapshot)
        return results[0]

    return judge_one


def _assert_commands_hold(result: CheckResult, snapshot: Snapshot) -> None:
    """Compare the commands with the tools, of the release and mode that the scene tells."""
    cluster = snapshot.get(Cluster)
    known = (cluster.version, cluster.mode) if isinstance(cluster, Cluster) else ()
    actions = [action for finding in result.findings for action in finding.actions]
    assert [fault for action in actions for fault in faults(action, *known)] == []


def _snapshot(
    sections: Sequence[Section],
    absent: dict[type[Section], Missing | NotApplicable],
    earlier: Snapshot | None = None,
) -> Snapshot:
    held = {type(section): section for section in sections}
    return Snapshot(taken_at=NOW, sections={**held, **absent}, earlier=earlier)
