"""What is waived is counted apart, as of the last diagnosis."""

from datetime import date

from kdiag.cli.diagnosis import Chosen, Reader
from kdiag.cli.exporter import _judge
from kdiag.cli.flags import Connection
from kdiag.diagnose import diagnose
from kdiag.exporter.metrics import native
from kdiag.exporter.watcher import Watcher
from kdiag.exporter.web.landing import landing
from kdiag.plan import plan, plan_for
from kdiag.registry import load_checks
from kdiag.sections import Commits
from kdiag.waivers.entry import Entry
from kdiag.waivers.ledger import NONE, Waivers
from tests.exporter.scenes import seen, snapshot, told

CHECKS = load_checks().select(["under-min-isr", "offline-partition"], [])
IDS = frozenset(check.id for check in CHECKS)


def waivers(check="under-min-isr", topic="orders", **more):
    match = {"topic": topic}
    entry = Entry("a test", "ops", date(2026, 12, 31), check, match, allow_critical=True, **more)
    return Waivers((entry,), IDS)


def families(held=NONE):
    return list(native(seen(report=diagnose(snapshot(), CHECKS, {}, waivers=held))))


def test_without_waivers_none_are_counted():
    found = families()

    assert told(found, "kdiag_check_waived")["under-min-isr", "critical"] == 0
    assert set(told(found, "kdiag_waivers").values()) == {0}


def test_what_is_waived_is_no_finding():
    before, after = families(), families(waivers())
    key = ("under-min-isr", "critical")

    findings = told(before, "kdiag_check_findings")[key]
    assert told(after, "kdiag_check_findings")[key] == findings - 1
    assert told(after, "kdiag_check_waived")[key] == 1
    assert told(after, "kdiag_waivers")["active",] == 1


def test_what_is_waived_with_its_cause_is_no_finding_either():
    """audit-0 has no leader and folds the lack of in-sync replicas."""
    found = families(waivers("offline-partition", "audit"))

    assert told(found, "kdiag_check_waived")["under-min-isr", "critical"] == 1
    assert told(found, "kdiag_check_root_findings")["offline-partition", "critical"] == 0


def test_the_page_for_people_counts_them_and_says_what_is_wrong_with_the_file():
    held = Waivers((*waivers().entries, *waivers(topic="<none>").entries), IDS)
    watcher = Watcher(
        name="prod",
        take=lambda plan, pauses: snapshot(),
        judge=lambda taken: diagnose(taken, CHECKS, {}, waivers=held),
        plans=(plan_for([Commits]), plan(CHECKS)),
        check_ids=sorted(IDS),
    )
    watcher.once()

    page = landing([watcher])

    assert "<p>1 waived. Waivers: 1 matched nothing: under-min-isr on topic &lt;none&gt;" in page


FILE = """\
version: 1
waivers:
  - {check: under-min-isr, match: {topic: TOPIC}, reason: r, owner: o, expires: 2026-12-31,
     allow_critical: true}
"""


def test_the_file_is_read_again_and_a_wrong_one_leaves_the_one_before(tmp_path, caplog):
    path = tmp_path / "w.yaml"
    path.write_text(FILE.replace("TOPIC", "none"))
    chosen = Chosen(CHECKS, {}, waivers=Waivers((), IDS))
    connection = Connection("h:9092", None, 0, 1, 1, 0, 1, sample_records=False)
    judge = _judge(chosen, Reader("h:9092", None, connection, None), path)

    def waived():
        return sum(item.waiver is not None for item in judge(snapshot()).findings)

    assert waived() == 0
    path.write_text(FILE.replace("TOPIC", "orders"))
    assert waived() == 1
    path.write_text("version: 9\nwaivers: []\n")
    assert waived() == 1
    assert "w.yaml:1: version 9 is not known; it must be 1; the waivers of before" in caplog.text
