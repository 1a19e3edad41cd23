from datetime import date, timedelta

import pytest

from kdiag.finding import (
    CLUSTER,
    CheckResult,
    Finding,
    broker,
    fingerprint,
    group,
    partition,
    topic,
)
from kdiag.waivers.entry import Condition, Entry
from kdiag.waivers.ledger import Waivers

TODAY = date(2026, 3, 1)


def entry(check="under-min-isr", expires=date(2026, 12, 31), **more):
    return Entry("why", "who", expires, check, **more)


def fault(subject, severity="warning", **evidence):
    return Finding(severity, subject, "It is ill.", "It hurts.", evidence=evidence)


def judged(one, finding, check="under-min-isr", cluster="c"):
    return Waivers((one,)).judge(check, finding, cluster, TODAY)


def is_waived(one, finding, **more):
    return judged(one, finding, **more)[0] is not None


MATCHES = [
    ({"topic": "orders"}, topic("orders"), True),
    ({"topic": "orders"}, partition("orders", 3), True),
    ({"topic": "orders", "partition": "3"}, partition("orders", 3), True),
    ({"topic": "orders", "partition": "3"}, partition("orders", 30), False),
    ({"topic": "orders", "partition": "3"}, topic("orders"), False),
    ({"topic": "order"}, topic("orders"), False),
    ({"topic": "ORDERS"}, topic("orders"), False),
    ({"topic": "order*"}, topic("orders"), False),
    ({"topic": "glob:order*"}, topic("orders"), True),
    ({"topic": "glob:order"}, topic("orders"), False),
    ({"topic": "glob:Order*"}, topic("orders"), False),
    ({"group": "glob:*"}, topic("orders"), False),
    ({"broker": "3"}, broker(3), True),
    ({"group": "app", "topic": "orders"}, group("app", "orders", 1), True),
    ({"cluster": "c"}, CLUSTER, True),
    ({"cluster": "d"}, CLUSTER, False),
    ({"cluster": "c", "topic": "orders"}, CLUSTER, False),
]


@pytest.mark.parametrize(("match", "subject", "waived"), MATCHES, ids=range(len(MATCHES)))
def test_a_match_is_exact_unless_it_says_that_it_is_a_pattern(match, subject, waived):
    assert is_waived(entry(match=match), fault(subject)) is waived


def test_a_waiver_is_about_its_own_check_only():
    one = entry(match={"topic": "orders"})

    assert not is_waived(one, fault(topic("orders")), check="at-min-isr")


def test_a_fingerprint_means_one_object_of_one_cluster():
    print_ = fingerprint("under-min-isr", "c", topic("orders"))
    one = entry(None, fingerprints=frozenset({print_}))

    assert is_waived(one, fault(topic("orders")))
    assert not is_waived(one, fault(topic("other")))
    assert not is_waived(one, fault(topic("orders")), cluster="d")
    assert not is_waived(one, fault(topic("orders")), check="at-min-isr")


@pytest.mark.parametrize(("days", "waived"), [(-1, False), (0, True), (1, True)])
def test_it_holds_until_its_last_day_is_over(days, waived):
    one = entry(expires=TODAY + timedelta(days=days), match={"topic": "a"})
    waiver, notes = judged(one, fault(topic("a")))

    assert (waiver is not None) is waived
    assert notes == (() if waived else ("Its waiver (why; who) expired on 2026-02-28.",))


def test_a_critical_finding_is_waived_only_where_that_is_allowed():
    plain, allowing = (
        entry(match={"topic": "a"}),
        entry(match={"topic": "a"}, allow_critical=True),
    )
    critical = fault(topic("a"), "critical")

    assert judged(plain, critical) == (
        None, ("It is critical, and its waiver lacks allow_critical: true.",),
    )  # fmt: skip
    assert is_waived(allowing, critical)


CONDITIONS = [
    ("rf == 1", {"rf": 1}, True),
    ("rf == 1", {"rf": 2}, False),
    ("rf == 1", {}, False),
    ("rf == 1", {"rf": None}, False),
    ("lag <= 1000", {"lag": 1000}, True),
    ("lag < 1000", {"lag": 1000.0}, False),
    ("lag > 5", {"lag": "many"}, False),
    ("state == Empty", {"state": "Empty"}, True),
    ("state != Empty", {"state": "Empty"}, False),
    ("n >= 2", {"n": [1]}, False),
]


@pytest.mark.parametrize(("text", "evidence", "waived"), CONDITIONS, ids=range(len(CONDITIONS)))
def test_a_condition_brings_the_finding_back_where_it_is_not_so(text, evidence, waived):
    one = entry(match={"topic": "a"}, condition=Condition(*text.split(" ", 2)))
    waiver, notes = judged(one, fault(topic("a"), **evidence))

    assert (waiver is not None) is waived
    assert notes == (() if waived else (f"Its waiver holds only while {text}.",))


def test_one_that_holds_is_enough():
    old = entry(expires=date(2026, 1, 1), match={"topic": "a"})
    new = entry(match={"topic": "a"})

    waiver, notes = Waivers((old, new)).judge("under-min-isr", fault(topic("a")), "c", TODAY)

    assert waiver == new.waiver
    assert notes == ()


def states(entries, *results, cluster="c", checks=frozenset({"under-min-isr", "at-min-isr"})):
    found = Waivers(tuple(entries), checks).states(results, cluster, TODAY)
    return [state.status for state in found]


SEEN = CheckResult("under-min-isr", "problem", (fault(topic("a")),))
OK = CheckResult("under-min-isr", "ok")


def test_states_say_what_became_of_each():
    soon = TODAY + timedelta(days=14)
    later = TODAY + timedelta(days=15)
    a = {"topic": "a"}

    assert states([entry(match=a, expires=later)], SEEN) == ["active"]
    assert states([entry(match=a, expires=soon)], SEEN) == ["expiring"]
    assert states([entry(match=a, expires=date(2026, 2, 28))], SEEN) == ["expired"]
    assert states([entry(match=a, expires=None, review=later)], SEEN) == ["active"]
    assert states([entry(match=a, expires=None, review=date(2026, 2, 1))], SEEN) == ["expiring"]
    assert states([entry(match={"topic": "b"})], SEEN) == ["unused"]
    assert states([entry(match=a)], OK) == ["unused"]
    assert states([entry(match=a, expires=date(2026, 2, 28))], OK) == ["expired"]


@pytest.mark.parametrize(
    "result",
    [
        CheckResult("under-min-isr", "unknown", reason="denied"),
        CheckResult("under-min-isr", "ok", unseen=("broker 3: refused",)),
        CheckResult("at-min-isr", "ok"),
    ],
)
def test_nothing_is_called_unused_where_its_check_saw_not_everything(result):
    assert states([entry(match={"topic": "b"})], result) == ["active"]


def test_one_of_a_fingerprint_alone_is_unused_only_where_every_check_saw_everything():
    one = entry(None, fingerprints=frozenset({"x"}))

    assert states([one], OK, CheckResult("at-min-isr", "not_applicable")) == ["unused"]
    assert states([one], OK, CheckResult("at-min-isr", "unknown")) == ["active"]
    assert states([one], OK) == ["active"]


def test_waivers_of_other_clusters_are_not_spoken_of():
    mine, foreign = entry(match={"cluster": "c"}), entry(match={"cluster": "d"})

    assert states([mine, foreign], OK) == ["unused"]
    assert states([mine, foreign], OK, cluster=None) == ["unused", "unused"]


def test_a_finding_counts_where_it_is_waived_and_where_it_came_back():
    critical = fault(topic("b"), "critical")
    result = CheckResult("under-min-isr", "problem", (fault(topic("a")), critical))
    everything = entry(match={"topic": "glob:*"})

    [state] = Waivers((everything,)).states([result], "c", TODAY)

    assert (state.waived, state.returned) == (1, 1)
