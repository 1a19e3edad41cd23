"""Dashboards as Grafana's own linter judges them, and against the metrics that there are.

Of the linter's 17 rules the two on LogQL have nothing to look at: no query is one. Job and instance
are asked for where they tell anything: $job everywhere, $instance where the exporter is looked at,
since what is told of a cluster does not depend on who read it.
"""

import json
import re
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from kdiag.monitoring import limits
from kdiag.monitoring.alerts import ALERTS
from kdiag.monitoring.dashboards import BOARDS, document
from kdiag.monitoring.dashboards.panel import EXPORTER_UID
from kdiag.monitoring.files import FILES
from kdiag.monitoring.rules import rules
from kdiag.registry import load_checks
from tests.monitoring.metrics import metrics
from tests.monitoring.promql import cannot_be, grouped_by, reads

GRAFANA = Path(__file__).resolve().parent.parent.parent / "grafana"
DOCUMENTS = {board.uid: document(board) for board in BOARDS}
TYPES = {"row", "stat", "table", "timeseries", "state-timeline"}
UNITS = {"short", "none", "s", "bytes", "percentunit", "cps"}
ON_RATES = ("rate", "irate", "increase")
FILLED_IN = {"$__rate_interval": "5m", "$__range": "1h"}
METRICS = metrics()


def panels(uid):
    return [one for one in DOCUMENTS[uid]["panels"] if one["type"] != "row"]


def targets():
    for uid in DOCUMENTS:
        for panel in panels(uid):
            for target in panel["targets"]:
                name = f"{uid}: {panel['title']} {target['refId']}"
                yield pytest.param(uid, panel, target, id=name)


def filled(expr):
    for name, value in FILLED_IN.items():
        expr = expr.replace(name, value)
    return expr


def variables(uid):
    return {one["name"]: one for one in DOCUMENTS[uid]["templating"]["list"]}


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_a_person_chooses_the_data_source(uid):
    source = variables(uid)["datasource"]

    assert source["type"] == "datasource"
    assert source["label"] == "Data source"
    assert source["query"] == "prometheus"
    assert [one["type"] for one in variables(uid).values()].count("datasource") == 1


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_variables_are_narrowed_by_those_before_and_reload_with_the_time(uid):
    asked = [one for one in variables(uid).values() if one["type"] == "query"]
    assert asked[0]["name"] == "job"
    assert (uid == EXPORTER_UID) == ("instance" in variables(uid))
    for number, one in enumerate(asked):
        assert one["refresh"] == 2
        assert one["label"]
        assert one["datasource"]["uid"] == "${datasource}"
        assert not one["multi"] or one["allValue"] == ".+"
        inner, label = re.fullmatch(r"label_values\((.+), (\w+)\)", one["query"]["query"]).groups()
        [read] = reads(inner)
        assert label in METRICS[read.metric]
        assert set(read.matchers) == {before["name"] for before in asked[:number]}


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_what_is_provisioned_cannot_be_edited_and_keeps_its_address(uid):
    board = DOCUMENTS[uid]

    assert board["editable"] is False
    assert re.fullmatch(r"kdiag-[a-z]{1,30}", board["uid"])
    assert board["schemaVersion"] >= 39
    assert "__inputs" not in board
    assert "id" not in board
    assert "kdiag" in board["tags"]


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_panels_say_what_they_are_and_in_which_unit(uid):
    for panel in panels(uid):
        assert panel["title"]
        assert panel["description"].endswith((".", "doctor", "partition", "HOST:PORT")) or (
            "kdiag " in panel["description"]
        )
        assert panel["targets"]
        assert panel["type"] in TYPES
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        for override in panel["fieldConfig"]["overrides"]:
            found = {one["id"]: one["value"] for one in override["properties"]}
            assert found.get("unit", "short") in UNITS


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_panels_lie_on_the_grid_beside_each_other(uid):
    all_ = DOCUMENTS[uid]["panels"]
    assert len({one["id"] for one in all_}) == len(all_)
    for one in all_:
        at = one["gridPos"]
        assert 0 <= at["x"] < at["x"] + at["w"] <= 24
    for one, other in combinations([each["gridPos"] for each in all_], 2):
        is_apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        is_apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert is_apart_x or is_apart_y


@pytest.mark.parametrize(("uid", "panel", "target"), list(targets()))
def test_a_query_asks_for_what_there_is(uid, panel, target):
    expr = filled(target["expr"])
    for read in reads(expr):
        if read.metric != "ALERTS":
            assert read.matchers.pop("job") == "$job"
            assert ("instance" in read.matchers) == (uid == EXPORTER_UID)
        assert set(read.matchers) <= METRICS[read.metric]
        chosen = {key: one for key, one in read.matchers.items() if one.startswith("$")}
        assert all(value == f"${key}" and key in variables(uid) for key, value in chosen.items())
        _is_asked_for_as_its_kind_wants(read)
    every = set().union(*(METRICS[read.metric] for read in reads(expr)))
    assert grouped_by(expr) <= every
    assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= every
    assert not cannot_be(expr)


def _is_asked_for_as_its_kind_wants(read):
    is_counter = read.metric.endswith("_total")
    rates = [call for call in read.calls if call in ON_RATES]
    assert is_counter == bool(rates), f"{read.metric} in {read.calls}"


@pytest.mark.parametrize(("uid", "panel", "target"), list(targets()))
def test_rates_are_over_the_interval_that_grafana_chooses(uid, panel, target):
    spans = re.findall(r"(?:rate|irate|increase)\([^\[]*\[([^\]]+)\]", target["expr"])

    assert all(span in FILLED_IN for span in spans)


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_columns_are_named_once_and_tables_have_the_labels_of_their_queries(uid):
    for panel in panels(uid):
        if panel["type"] != "table":
            continue
        organised = panel["transformations"][1]["options"]
        headings = list(organised["renameByName"].values())
        assert len(set(headings)) == len(headings) == len(panel["targets"])
        labels = [name for name in organised["indexByName"] if not name.startswith("Value")]
        for target in panel["targets"]:
            first = re.search(r"\bby \(([^)]*)\)", target["expr"]).group(1)
            assert {word.strip() for word in first.split(",")} == set(labels)


@pytest.mark.parametrize("uid", DOCUMENTS)
def test_links_lead_to_dashboards_that_exist_and_carry_their_variables(uid):
    urls = re.findall(r'"url": "([^"]+)"', json.dumps(DOCUMENTS[uid]))
    for url in urls:
        parts = urlsplit(url)
        to = parts.path.removeprefix("/d/")
        assert to in DOCUMENTS
        given = {name.removeprefix("var-") for name in parse_qs(parts.query)}
        given |= set(re.findall(r"\${(\w+):queryparam}", url))
        needed = set(variables(to))
        assert needed <= given
    assert urls or uid == EXPORTER_UID


def test_alerts_lead_to_dashboards_that_exist():
    groups = yaml.safe_load(rules())["groups"]
    urls = [rule["annotations"]["dashboard_url"] for group in groups for rule in group["rules"]]
    assert len(urls) == len(ALERTS)
    for url in urls:
        parts = urlsplit(url)
        given = {name.removeprefix("var-") for name in parse_qs(parts.query)}
        assert given <= set(variables(parts.path.removeprefix("/d/")))


def test_thresholds_are_those_of_the_alerts_and_of_the_checks():
    expressions = {alert.name: alert.expr for alert in ALERTS}
    tunables = {check.id: check.tunables for check in load_checks().checks}
    shown = json.dumps(DOCUMENTS)

    assert f"> {limits.LAG_SECONDS}" in expressions["KafkaConsumerFallingBehind"]
    assert f"> {limits.NOT_PREFERRED_RATIO}" in expressions["KafkaLeadershipImbalanced"]
    assert f"> {limits.VOTER_SECONDS}" in expressions["KafkaQuorumVoterLagging"]
    slots = tunables["replication-slot-growth"]
    assert slots["unread_bytes"] == limits.SLOT_UNREAD_BYTES
    assert slots["behind_bytes"] == limits.SLOT_BEHIND_BYTES
    assert limits.DISK_USED_RATIO in tunables["disk-usage-high"].values()
    for number in (limits.LAG_SECONDS, limits.NOT_PREFERRED_RATIO, limits.VOTER_SECONDS):
        assert f'"value": {number}}}' in shown


@pytest.mark.parametrize("kind", FILES)
def test_the_files_in_the_repository_are_those_that_are_made(kind):
    path, made = FILES[kind]

    assert (GRAFANA / path).read_text() == made("runbooks/{page}.md", "")


def test_no_other_file_is_there():
    found = {str(path.relative_to(GRAFANA)) for path in GRAFANA.rglob("*.json")}

    assert found == {path for path, _ in FILES.values() if path.endswith(".json")}


@pytest.mark.parametrize("alert", ALERTS, ids=[alert.name for alert in ALERTS])
def test_an_alert_asks_for_what_there_is(alert):
    found = list(reads(alert.expr))
    for read in found:
        assert set(read.matchers) <= METRICS[read.metric]
        _is_asked_for_as_its_kind_wants(read)
    every = set().union(*(METRICS[read.metric] for read in found))
    assert grouped_by(alert.expr) <= every
    assert not cannot_be(alert.expr)


@pytest.mark.parametrize(
    "expr", ["count(up) == 0", "sum(rate(x_total[5m]) < 0)", "absent(up)", "-(count(a == 1) == 0)"]
)
def test_what_cannot_be_is_noticed(expr):
    assert cannot_be(expr)
