"""A root folds what it explains, object by object, and hides nothing else."""

from dataclasses import replace

from kdiag.check import Said, check
from kdiag.correlate import correlate
from kdiag.finding import CLUSTER, Action, CheckResult, Finding, broker, group, partition, topic
from kdiag.sections import Brokers


def make(name, explained_by=()):
    def function(table: Brokers) -> Said:
        """Test."""
        yield from ()

    function.__name__ = name.replace("-", "_")
    return check(area="itself", explained_by=explained_by)(function).check


CHECKS = {
    declared.id: declared
    for declared in (
        make("broker-down"),
        make("under-replicated", ("broker-down",)),
        make("quorum-at-majority", ("broker-down",)),
        make("lag-growing", ("under-replicated", "broker-down")),
        make("left", ("right",)),
        make("right", ("left",)),
    )
}


def fault(subject, severity="warning", **more):
    return Finding(severity, subject, f"{subject} is ill.", "It hurts.", **more)


def correlated(**findings):
    results = [
        CheckResult(name.replace("_", "-"), "problem", tuple(items))
        for name, items in findings.items()
    ]
    return correlate(results, CHECKS, "cluster-1")


def down(id_, *covered):
    return fault(broker(id_), "critical", covers=frozenset({broker(id_), *covered}))


def test_a_broker_folds_its_300_partitions_and_leaves_the_one_it_does_not_explain():
    mine = [partition("orders", number) for number in range(300)]

    reported = correlated(
        broker_down=[down(3, *mine)],
        under_replicated=[fault(p) for p in [*mine, partition("payments", 0)]],
    )

    root, folded, stray = reported
    assert (root.check, root.explained_by) == ("broker-down", None)
    assert folded.explained_by == root.fingerprint
    assert folded.object_count == 300
    assert folded.finding.subject == topic("orders")
    assert stray.finding.subject == partition("payments", 0)
    assert stray.is_root


def test_two_roots_together_explain_what_neither_does_alone():
    voters = frozenset({broker(2), broker(3)})

    reported = correlated(
        broker_down=[down(2), down(3)],
        quorum_at_majority=[fault(CLUSTER, "critical", because_of=voters)],
    )

    assert [item.check for item in reported if item.is_root] == ["broker-down"]


def test_a_root_that_explains_only_half_of_an_object_explains_nothing():
    voters = frozenset({broker(2), broker(3)})

    reported = correlated(
        broker_down=[down(3)],
        quorum_at_majority=[fault(CLUSTER, "critical", because_of=voters)],
    )

    assert all(item.is_root for item in reported)


def test_a_chain_folds_under_its_first_cause():
    reported = correlated(
        broker_down=[down(3, partition("orders", 0))],
        under_replicated=[
            fault(partition("orders", 0), covers=frozenset({group("app")})),
        ],
        lag_growing=[fault(group("app", "orders"))],
    )

    [root] = [item for item in reported if item.is_root]
    assert root.check == "broker-down"
    assert {item.explained_by for item in reported if not item.is_root} == {root.fingerprint}


def test_a_circle_explains_nothing():
    covered = frozenset({CLUSTER})

    reported = correlated(
        left=[fault(CLUSTER, covers=covered)], right=[fault(CLUSTER, covers=covered)]
    )

    assert all(item.is_root for item in reported)


def test_equal_findings_merge_and_keep_each_object():
    action = Action("Look at it.", "kafka-topics.sh --bootstrap-server {bootstrap}")

    [merged] = correlated(
        under_replicated=[
            fault(partition("orders", n), evidence={"isr": 1, "n": n}, actions=(action,))
            for n in (0, 1, 2)
        ]
    )

    assert merged.finding.subject == topic("orders")
    assert merged.finding.evidence == {"isr": 1, "object_count": 3}
    assert merged.finding.actions == (action,)
    assert "orders-1, partition orders-2" in merged.finding.symptom
    assert len({one["fingerprint"] for one in merged.objects}) == 3


def test_findings_of_different_severity_stay_apart():
    reported = correlated(
        under_replicated=[fault(partition("a", 0)), fault(partition("a", 1), "critical")]
    )

    assert [item.finding.severity for item in reported] == ["critical", "warning"]


def test_findings_with_another_kind_of_cause_stay_apart():
    """ "The same holds for" would give the second one the cause of the first."""
    kinds = ("dead", "slow", "dead")
    faults = [replace(fault(partition("a", n)), kind=kind) for n, kind in enumerate(kinds)]

    reported = correlated(under_replicated=faults)

    assert sorted(item.object_count for item in reported) == [1, 2]
    assert len({item.fingerprint for item in reported}) == 2


def test_what_is_shared_by_nothing_is_the_cluster():
    [merged] = correlated(under_replicated=[fault(partition("a", 0)), fault(partition("b", 0))])

    assert merged.finding.subject == CLUSTER


def test_fingerprints_hold_the_object_and_no_value():
    [before] = correlated(under_replicated=[fault(partition("a", 0), evidence={"isr": 1})])
    [after] = correlated(under_replicated=[fault(partition("a", 0), evidence={"isr": 2})])

    assert before.fingerprint == after.fingerprint


def test_the_gravest_comes_first_then_the_widest():
    reported = correlated(
        under_replicated=[fault(partition("a", n)) for n in range(5)],
        lag_growing=[fault(group("app"))],
        broker_down=[down(3)],
    )

    assert [item.check for item in reported] == ["broker-down", "under-replicated", "lag-growing"]


def test_within_a_severity_comes_first_what_breaks_next():
    """What hurts now, then what comes by itself, then what waits for an event."""
    reported = correlated(
        under_replicated=[
            fault(topic("b"), due="one more broker is lost"),
            fault(topic("wide"), "info"),
        ],
        lag_growing=[fault(group("app"), due=7200.0)],
        left=[fault(topic("c"), due=600.0)],
        right=[fault(topic("d"), confidence="possible")],
        broker_down=[fault(broker(3), "critical", due="one more broker is lost")],
    )

    assert [item.check for item in reported] == [
        "broker-down",
        "right",
        "left",
        "lag-growing",
        "under-replicated",
        "under-replicated",
    ]


def test_merged_findings_are_due_with_the_first_of_them():
    [merged] = correlated(
        lag_growing=[fault(group("a"), due="x"), fault(group("b"), due=60.0)],
    )

    assert merged.finding.due == 60.0


def test_each_of_thousands_of_roots_explains_its_own_object():
    """Roots are looked up by object, so many roots with many symptoms stay fast."""
    ids = range(5000)

    reported = correlated(
        broker_down=[fault(broker(n), "critical", covers=frozenset({broker(n)})) for n in ids],
        under_replicated=[fault(broker(n)) for n in [*ids, 5000]],
    )

    root, folded, stray = reported
    assert folded.explained_by == root.fingerprint
    assert folded.object_count == 5000
    assert stray.finding.subject == broker(5000)
