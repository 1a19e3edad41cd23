"""The architecture as one table: what each part of kdiag may import, compared with what it does."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {
    "errors": set(),
    "bounded": set(),
    "wording": set(),
    "command": set(),
    "finding": {"command"},
    "snapshot": {"finding"},
    "pipeline_sections": {"pipeline_sections", "snapshot"},
    "sections": {"pipeline_sections", "snapshot"},
    "check": {"errors", "finding", "snapshot"},
    "facts": set(),
    "releases": set(),
    "services": set(),
    "analysis": {
        "analysis",
        "check",
        "command",
        "facts",
        "finding",
        "pipeline_sections",
        "releases",
        "sections",
        "services",
        "snapshot",
        "wording",
    },
    "api": {
        "analysis",
        "check",
        "command",
        "facts",
        "finding",
        "pipeline_sections",
        "sections",
        "snapshot",
        "wording",
    },
    "view": {"check", "finding", "snapshot"},
    "unseen": {"check", "facts", "finding", "sections", "snapshot", "view"},
    "engine": {"check", "finding", "sections", "services", "snapshot", "unseen", "view"},
    "single": {"finding"},
    "recorded": {"bounded", "errors", "finding"},
    "compare": {"finding", "single"},
    "baseline": {"compare", "finding", "single"},
    "fold": {"check", "finding"},
    "correlate": {"check", "finding", "fold", "wording"},
    "waivers": {"bounded", "errors", "finding", "waivers"},
    "diagnose": {
        "baseline",
        "check",
        "command",
        "compare",
        "correlate",
        "engine",
        "finding",
        "fold",
        "sections",
        "snapshot",
        "waivers",
        "wording",
        "",
    },
    "controls": {"errors", "finding"},
    "registry": {"check", "controls", "errors"},
    "runbook": {"errors"},
    "plan": {"check", "sections", "snapshot"},
    "config": {"bounded", "check", "engine", "errors"},
    "profiles": {"bounded", "config", "errors", "profiles", "sections", "snapshot"},
    "redaction": {
        "analysis",
        "facts",
        "finding",
        "pipeline_sections",
        "redaction",
        "sections",
        "snapshot",
    },
    "wire": {"bounded", "wire", "errors", ""},
    "sources": {
        "bounded",
        "sources",
        "errors",
        "facts",
        "finding",
        "pipeline_sections",
        "schemas",
        "sections",
        "services",
        "snapshot",
        "wire",
        "",
    },
    "collect": {
        "collect",
        "errors",
        "finding",
        "pipeline_sections",
        "plan",
        "sections",
        "services",
        "snapshot",
        "sources",
        "wire",
    },
    "pages": {"analysis", "check", "errors", "pages", "sections", "snapshot", "view"},
    "probe": {"command", "errors", "probe", "sections", "snapshot", "wire", "wording"},
    "preflight": {
        "bounded",
        "analysis",
        "baseline",
        "check",
        "command",
        "diagnose",
        "errors",
        "finding",
        "plan",
        "preflight",
        "registry",
        "sections",
        "snapshot",
        "view",
        "wording",
    },
    "render": {
        "compare",
        "errors",
        "finding",
        "pages",
        "probe",
        "render",
        "runbook",
        "single",
        "wording",
        "",
    },
    "exporter": {
        "bounded",
        "analysis",
        "errors",
        "exporter",
        "finding",
        "pipeline_sections",
        "plan",
        "probe",
        "render",
        "sections",
        "snapshot",
        "view",
        "wording",
        "",
    },
    "audit": {
        "bounded",
        "analysis",
        "audit",
        "check",
        "compare",
        "errors",
        "finding",
        "pipeline_sections",
        "render",
        "sections",
        "single",
        "snapshot",
        "sources",
        "view",
        "wire",
        "wording",
    },
    "schemas": {"errors", "schemas"},
    "keys": set(),
    "lint": {
        "check",
        "diagnose",
        "engine",
        "errors",
        "finding",
        "keys",
        "lint",
        "preflight",
        "schemas",
        "snapshot",
        "waivers",
        "wire",
        "wording",
    },
    "mcp": {
        "check",
        "compare",
        "errors",
        "finding",
        "lint",
        "mcp",
        "pages",
        "plan",
        "preflight",
        "recorded",
        "render",
        "runbook",
        "sections",
        "snapshot",
        "view",
        "wire",
        "",
    },
    "monitoring": {"monitoring"},
    "lab": {"lab", "errors"},
    "cli": {
        "bounded",
        "analysis",
        "audit",
        "baseline",
        "check",
        "cli",
        "collect",
        "command",
        "compare",
        "config",
        "diagnose",
        "engine",
        "errors",
        "exporter",
        "facts",
        "finding",
        "lab",
        "lint",
        "mcp",
        "monitoring",
        "pages",
        "plan",
        "preflight",
        "probe",
        "profiles",
        "recorded",
        "redaction",
        "registry",
        "render",
        "runbook",
        "schemas",
        "sections",
        "single",
        "snapshot",
        "sources",
        "waivers",
        "wire",
        "wording",
        "",
    },
    "__main__": {"cli"},
}
"""Part → the parts that it may import; "" is the package itself (its version)."""


def modules():
    return sorted((ROOT / "kdiag").rglob("*.py"))


def part(path):
    name = path.relative_to(ROOT / "kdiag").parts[0].removesuffix(".py")
    return "" if name == "__init__" else name


def imported_parts(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            if name == "kdiag" or name.startswith("kdiag."):
                yield ([*name.split("."), ""])[1]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_part_may(path):
    if part(path):
        assert set(imported_parts(path)) <= MAY_IMPORT[part(path)]


def test_the_table_lists_the_parts_that_exist():
    assert set(MAY_IMPORT) == {part(path) for path in modules()} - {""}


def test_only_the_lab_and_the_probe_use_the_client_that_writes():
    """A producer, a consumer or a group must not exist on the read path."""
    users = {part(path) for path in modules() if "confluent_kafka" in path.read_text()}

    assert users == {"lab", "probe"}


def test_only_what_shows_or_starts_the_probe_knows_it():
    """Doctor, its checks and its sources cannot reach what writes."""
    users = {part(path) for path in modules() if "probe" in set(imported_parts(path))}

    assert users == {"cli", "exporter", "probe", "render"}


def test_help_loads_nothing_heavy():
    heavy = {"pandas", "numpy", "matplotlib", "confluent_kafka", "kio", "rich"}
    code = (
        "import sys; from kdiag.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted(name.partition('.')[0] for name in sys.modules))"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert not heavy & set(loaded)
