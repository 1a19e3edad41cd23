from kdiag.finding import topic
from kdiag.sections import Facts
from kdiag.snapshot import Missing
from tests.tables import ago, facts, topic_configs

ID = "compaction-without-keys"
POLICIES = topic_configs(
    {"users": {"cleanup.policy": "compact"}, "orders": {"cleanup.policy": "delete"}}
)


def samples(refused, failed=(), starts=(0.0, 0.0), by_topic=()):
    """Return two samples, ten seconds apart: refused records, and failed writes by topic."""
    grown = {
        ("records-without-key", None): refused,
        ("produce-failed", None): sum(dict(failed).values()),
    }
    grown |= {("produce-failed", name): number for name, number in failed}
    grown |= {("records-without-key", name): number for name, number in by_topic}
    now = {"start-time": starts[1]} | {key: 60 + by for key, by in grown.items()}
    then = {"start-time": starts[0]} | dict.fromkeys(grown, 60)
    return facts({"broker 1": now}), facts({"broker 1": then}, at=ago(10))


def test_names_the_compacted_topic_of_which_writes_failed_meanwhile(judge):
    now, then = samples(12, failed=[("users", 3), ("orders", 1)])

    [finding] = judge(ID, now, POLICIES, earlier=[then]).findings

    assert finding.subject == topic("users")
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.symptom == (
        "12 records without a key came to broker 1 for compacted topics within 10 s and were "
        "refused."
    )
    assert finding.evidence["topics"] == ["users"]
    assert "Writes to users failed meanwhile." in finding.cause
    assert "--entity-name users " in finding.actions[1].command


def test_names_the_topic_where_it_is_told_and_does_not_count_twice(judge):
    now, then = samples(12, by_topic=[("users", 12)])

    [finding] = judge(ID, now, POLICIES, earlier=[then]).findings

    assert finding.subject == topic("users")
    assert finding.evidence["refused_count"] == 12


def test_says_no_topic_where_none_can_be_told(judge):
    now, then = samples(1)

    [finding] = judge(ID, now, POLICIES, earlier=[then]).findings

    assert "topics" not in finding.evidence
    assert "--entity-name TOPIC " in finding.actions[1].command


def test_failed_writes_without_keyless_records_are_another_matter(judge):
    now, then = samples(0, failed=[("users", 5)])

    assert judge(ID, now, POLICIES, earlier=[then]).status == "ok"


def test_is_unknown_with_one_sample_after_a_restart_and_without_jmx(judge):
    now, _ = samples(0)
    anew, before = samples(0, starts=(0.0, 5_000.0))
    absent = {Facts: Missing("JMX was not read", "--jmx")}

    assert judge(ID, now, POLICIES).status == "unknown"
    assert judge(ID, anew, POLICIES, earlier=[before]).status == "unknown"
    assert judge(ID, absent=absent).status == "unknown"
