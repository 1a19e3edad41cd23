"""Dashboards against the types that Grafana itself is built with (npm: @grafana/schema)."""

import json
import re
import shutil
import subprocess

import pytest

from kdiag.lab.jars import cache_directory
from kdiag.monitoring.dashboards import BOARDS, document

PACKAGES = ("@grafana/schema@13.2.3", "typescript@5.9.3")
TYPES = "node_modules/@grafana/schema/dist/types"
MODULES = {"stat": "stat", "timeseries": "timeseries", "state-timeline": "statetimeline"}
OWN_OF_PROMETHEUS = {"expr", "step", "tagKeys", "titleFormat"}
"""Keys of an annotation that its data source reads, and the schema does not know."""


@pytest.fixture(scope="module")
def home():
    """A folder with Grafana's types, in which literals are as good as enums: JSON has no others."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is missing: the types of Grafana cannot be fetched")
    path = cache_directory().parent / "grafana-types"
    if not (path / "done").is_file():
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", path, *PACKAGES]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        for file in (path / TYPES).rglob("*.d.ts"):
            file.write_text(_without_enums(file.read_text()))
        (path / "done").touch()
    return path


def _without_enums(text):
    def as_type(found):
        values = re.findall(r'=\s*("[^"]*"|-?\d+)', found.group(2))
        return f"export type {found.group(1)} = {' | '.join(values) or 'never'};"

    return re.sub(r"export (?:declare )?(?:const )?enum (\w+) \{([^}]*)\}", as_type, text)


def _program(board):
    """Return TypeScript that is right where the dashboard is."""
    lines = [f"import type * as D from './{TYPES}/raw/dashboard/x/types.gen';"]
    lines += [f"import type * as C from './{TYPES}/common/common.gen';"]
    for name in (*MODULES.values(), "table"):
        lines.append(
            f"import type * as {name} from './{TYPES}/raw/composable/{name}/panelcfg/x/types.gen';"
        )
    whole = document(board)
    for mark in whole["annotations"]["list"]:
        for key in OWN_OF_PROMETHEUS:
            del mark[key]
    panels = whole.pop("panels")
    lines.append(_constant("board", "D.Dashboard", whole))
    for panel in panels:
        lines += _of_panel(panel)
    return "\n".join(lines)


def _of_panel(panel):
    id_, kind = panel["id"], panel["type"]
    if kind == "row":
        return [_constant(f"row{id_}", "D.RowPanel", panel)]
    options = panel.pop("options")
    custom = panel["fieldConfig"]["defaults"].pop("custom", {})
    looks = "C.TableFieldOptions" if kind == "table" else f"{MODULES[kind]}.FieldConfig"
    lines = [
        _constant(f"panel{id_}", "D.Panel", panel),
        _constant(f"options{id_}", f"{MODULES.get(kind, kind)}.Options", options),
    ]
    if kind != "stat":
        lines.append(_constant(f"custom{id_}", f"Partial<{looks}>", custom))
    return lines


def _constant(name, type_, value):
    return f"export const {name}: {type_} = {json.dumps(value)};"


def _compile(home, programs):
    """Return what the compiler says of programs: name → TypeScript."""
    files = [home / f"{name}.ts" for name in programs]
    for file, program in zip(files, programs.values(), strict=True):
        file.write_text(program)
    command = [
        *(home / "node_modules/.bin/tsc", "--noEmit", "--strict", "--skipLibCheck"),
        *("--moduleResolution", "bundler", "--module", "esnext", "--target", "es2022", *files),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603


def test_grafana_knows_every_key_and_value(home):
    assert _compile(home, {board.uid: _program(board) for board in BOARDS}) == ""


def test_what_grafana_does_not_know_is_noticed(home):
    wrong = _program(BOARDS[0]).replace('"colorMode": "background"', '"colorMode": "loud"', 1)

    assert "loud" in _compile(home, {"wrong": wrong})
