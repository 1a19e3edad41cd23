"""There is no way to a false OK: each way in which something can be lacking ends as unknown."""

from collections.abc import Iterator
from typing import ClassVar

import pytest

from kdiag.check import Check, Earlier, Said, Whole, check, derive
from kdiag.engine import run
from kdiag.errors import CheckError
from kdiag.finding import CLUSTER, Finding, NotApplicable, broker
from kdiag.plan import plan
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Commits,
    Facts,
    FactsCoverage,
    Gaps,
    Groups,
    LogDirs,
    Offsets,
    TopicConfigs,
)
from kdiag.snapshot import Missing, Section, Snapshot, Table
from tests.tables import NOW, broker_configs, brokers, facts, groups, topic_configs

DENIED = Missing("not authorised", "Describe on Cluster")


def finding(subject=CLUSTER, severity="warning", **more):
    return Finding(severity, subject, "It is broken.", "It hurts.", **more)


def declared(function) -> Check:
    return function.check


def result_of(function, *sections, earlier=None, absent=None, tunables=None):
    held = {type(section): section for section in sections} | (absent or {})
    before = None if earlier is None else snapshot(*earlier)
    view = Snapshot(taken_at=NOW, sections=held, earlier=before)
    [result] = run([declared(function)], view, tunables or {})
    return result


def snapshot(*sections: Section) -> Snapshot:
    return Snapshot(taken_at=NOW, sections={type(section): section for section in sections})


@check(area="itself")
def quiet(table: Brokers) -> Said:
    """Never says anything."""
    yield from ()


@check(area="itself")
def loud(table: Brokers) -> Said:
    """Always says something."""
    yield finding()


def test_silence_on_a_section_that_was_read_is_ok():
    result = result_of(quiet, brokers(1, 2, 3))

    assert (result.status, result.examined) == ("ok", "3 brokers")


def test_a_missing_section_is_unknown_with_its_grant():
    result = result_of(loud, absent={Brokers: DENIED})

    assert (result.status, result.needs) == ("unknown", "Describe on Cluster")


def test_a_section_that_nobody_asked_for_is_unknown():
    assert result_of(quiet).status == "unknown"


def test_a_section_that_does_not_apply_makes_the_check_not_applicable():
    result = result_of(loud, absent={Brokers: NotApplicable("there is no quorum")})

    assert (result.status, result.reason) == ("not_applicable", "there is no quorum")


def test_nothing_of_its_kind_is_not_applicable():
    assert result_of(quiet, Brokers.of()).status == "not_applicable"


def test_nothing_of_its_kind_in_a_partly_read_section_is_unknown():
    assert result_of(quiet, Brokers.of(errors={"broker 3": DENIED})).status == "unknown"


def test_silence_on_a_partly_read_section_is_unknown_and_names_the_target():
    result = result_of(quiet, brokers(1, 2, errors={"broker 3": Missing("timed out")}))

    assert result.status == "unknown"
    assert result.reason == "not seen: broker 3 (timed out)"


def test_a_finding_on_a_partly_read_section_stands_and_says_what_was_not_seen():
    result = result_of(loud, brokers(1, 2, errors={"broker 3": Missing("timed out")}))

    assert result.status == "problem"
    assert result.unseen == ("broker 3: timed out",)


def test_whole_takes_a_partly_read_section_as_missing():
    @check(area="itself")
    def absence(table: Whole[Brokers]) -> Said:
        """Concludes from absence."""
        yield finding()

    result = result_of(absence, brokers(1, errors={"broker 3": DENIED}))

    assert (result.status, result.needs) == ("unknown", "Describe on Cluster")


def test_an_optional_section_only_refines():
    seen = []

    @check(area="itself")
    def refined(table: Brokers, more: LogDirs | None) -> Said:
        """Uses log dirs where they are known."""
        seen.append(more)
        yield from ()

    assert result_of(refined, brokers(1), absent={LogDirs: DENIED}).status == "ok"
    assert seen == [None]


def two_ways():
    @check(area="itself", any_of=(Brokers, Groups))
    def either(table: Brokers | None, others: Groups | None) -> Said:
        """Sees one fault in two ways."""
        if others is not None and len(others) > 1:
            yield finding()

    return either


def test_any_of_findings_from_one_way_count():
    two = groups({"group": "a"}, {"group": "b"})

    assert result_of(two_ways(), two, absent={Brokers: DENIED}).status == "problem"


def test_any_of_silence_with_one_way_missing_is_unknown():
    result = result_of(two_ways(), groups({"group": "a"}), absent={Brokers: DENIED})

    assert (result.status, result.needs) == ("unknown", "Describe on Cluster")


def test_any_of_with_no_way_at_all_is_unknown():
    absent = {Brokers: DENIED, Groups: DENIED}

    assert result_of(two_ways(), absent=absent).status == "unknown"


def test_any_of_with_every_way_read_and_silent_is_ok():
    assert result_of(two_ways(), groups({"group": "a"}), brokers(1)).status == "ok"


@check(area="itself", configs=("min.insync.replicas",))
def of_topics(table: TopicConfigs) -> Said:
    """Reads one key of topics."""
    yield from ()


def test_a_config_key_that_nobody_returned_is_unknown():
    result = result_of(of_topics, topic_configs({"a": {"retention.ms": "1"}}))

    assert result.status == "unknown"
    assert "min.insync.replicas" in result.reason


def test_a_config_key_that_one_topic_lacks_is_unknown():
    table = topic_configs({"a": {"min.insync.replicas": "1"}, "b": {"retention.ms": "1"}})

    assert "topic b" in result_of(of_topics, table).reason


def test_a_config_key_whose_value_is_hidden_is_unknown():
    @check(area="itself", configs=("super.users",))
    def of_brokers(table: BrokerConfigs) -> Said:
        """Reads a key that brokers hide."""
        yield from ()

    hidden = broker_configs({1: {"super.users": None}})
    hidden.rows["is_sensitive"] = True

    assert result_of(of_brokers, hidden).status == "unknown"


def test_a_config_key_without_a_value_that_is_not_hidden_was_read():
    @check(area="itself", configs=("broker.rack",))
    def of_brokers(table: BrokerConfigs) -> Said:
        """Reads a key that may be null."""
        yield from ()

    assert result_of(of_brokers, broker_configs({1: {"broker.rack": None}})).status == "ok"


def test_a_fact_that_was_not_read_is_unknown():
    @check(area="itself", facts=("bytes-rejected",))
    def of_facts(table: Brokers) -> Said:
        """Reads a fact."""
        yield from ()

    absent = {Facts: Missing("JMX was not read", "--jmx")}
    known = Facts.from_rows([{"target": "broker 1", "fact": "bytes-rejected", "value": 0.0}])

    assert result_of(of_facts, brokers(1), absent=absent).needs == "--jmx"
    assert result_of(of_facts, brokers(1), known).status == "ok"


@pytest.mark.parametrize(
    ("covered", "status", "unseen"),
    [
        ([("broker 1", "read"), ("broker 2", "read")], "ok", ()),
        ([("broker 1", "quiet")], "ok", ()),
        ([("broker 1", "absent")], "unknown", ("JMX bytes-rejected: no such MBean",)),
        (
            [("broker 1", "read"), ("broker 2", "absent")],
            "unknown",
            ("JMX bytes-rejected of broker 2: no such MBean",),
        ),
        ([], "unknown", ("JMX bytes-rejected: no broker was asked (needs [jmx.targets]",)),
    ],
)
def test_a_fact_counts_as_seen_by_the_targets_that_tell_it(covered, status, unseen):
    @check(area="itself", facts=("bytes-rejected",))
    def of_facts(table: Brokers) -> Said:
        """Reads a fact."""
        yield from ()

    rows = [
        {"target": target, "fact": "bytes-rejected", "status": status, "reason": "no such MBean"}
        for target, status in covered
    ]
    result = result_of(of_facts, brokers(1), facts({}), FactsCoverage.from_rows(rows))

    assert result.status == status
    assert len(result.unseen) == len(unseen)
    assert all(said.startswith(each) for said, each in zip(result.unseen, unseen, strict=True))


def test_a_check_that_crashes_costs_only_itself():
    @check(area="itself")
    def broken(table: Brokers) -> Said:
        """Crashes half-way."""
        yield finding()
        raise ZeroDivisionError("oops")

    view = snapshot(brokers(1))
    first, second = run([declared(broken), declared(quiet)], view, {})

    assert first.status == "unknown"
    assert "ZeroDivisionError: oops" in first.reason
    assert second.status == "ok"


def test_a_check_may_say_that_its_question_does_not_arise():
    @check(area="itself")
    def declines(table: Brokers) -> Said:
        """Says so."""
        yield NotApplicable("only one broker")

    assert result_of(declines, brokers(1)).reason == "only one broker"


class Doubled(Table):
    noun = "doubles"
    columns: ClassVar = {"broker": "int"}


@derive(configs=("broker.rack",))
def doubled(table: Brokers, configs: BrokerConfigs, before: Earlier[Offsets] | None) -> Doubled:
    if table.rows["broker"].iloc[0] == 13:
        raise ValueError("unlucky")
    return Doubled.of({"broker": [int(id_) * 2 for id_ in table.rows["broker"]]})


@check(area="itself", configs=("node.id",))
def of_doubles(doubles: Doubled) -> Said:
    """Reads a derived section."""
    for row in doubles.rows.itertuples():
        if row.broker > 4:
            yield finding(broker(row.broker))


RACKS = broker_configs({1: {"broker.rack": "a", "node.id": "1"}})


def test_a_derived_section_is_read_like_a_raw_one():
    assert result_of(of_doubles, brokers(1, 2), RACKS).status == "ok"
    assert result_of(of_doubles, brokers(1, 2, 3), RACKS).findings[0].subject == broker(6)


def test_what_a_derived_section_lacks_passes_on():
    assert result_of(of_doubles, RACKS, absent={Brokers: DENIED}).needs == "Describe on Cluster"
    partly = brokers(1, errors={"broker 2": Missing("timed out")})
    assert result_of(of_doubles, partly, RACKS).status == "unknown"
    unread = broker_configs({1: {"node.id": "1"}})
    assert "broker.rack" in result_of(of_doubles, brokers(1), unread).reason


def test_a_derivation_that_crashes_is_unknown():
    result = result_of(of_doubles, brokers(13), RACKS)

    assert result.status == "unknown"
    assert "unlucky" in result.reason


@check(area="itself")
def compares(now: Commits, before: Earlier[Commits]) -> Said:
    """Compares two samples."""
    if len(before) < len(now):
        yield finding()


def test_one_sample_is_not_two():
    now = Commits.from_rows([{"group": "a"}])

    assert result_of(compares, now).needs == "--sample-seconds"
    assert result_of(compares, now, earlier=[Commits.of()]).status == "problem"
    assert result_of(compares, now, earlier=[now]).status == "ok"


def test_the_plan_follows_from_the_signatures():
    made = plan([declared(of_doubles), declared(compares), declared(of_topics)])

    assert {Brokers, BrokerConfigs, Commits, Offsets, TopicConfigs} <= made.sections
    assert Doubled not in made.sections
    assert made.twice == {Commits, Offsets}
    assert made.topic_configs == ("min.insync.replicas",)


def test_gaps_name_the_checks_that_they_blind():
    seen: list[Gaps] = []

    @check(area="itself")
    def of_gaps(gaps: Gaps) -> Said:
        """Keeps what it was given."""
        seen.append(gaps)
        yield from ()

    view = Snapshot(taken_at=NOW, sections={Brokers: DENIED})
    results = run([declared(of_gaps), declared(loud)], view, {})

    [row] = seen[0].rows.itertuples()
    assert (row.section, row.grant, row.checks) == ("Brokers", "Describe on Cluster", ("loud",))
    assert results[0].status == "ok"


def test_tunables_reach_the_check():
    @check(area="itself")
    def tuned(table: Brokers, *, limit_brokers: int = 5) -> Said:
        """Compares with a limit.

        limit_brokers: most brokers.
        """
        if len(table) > limit_brokers:
            yield finding()

    assert result_of(tuned, brokers(1, 2)).status == "ok"
    assert result_of(tuned, brokers(1, 2), tunables={"tuned": {"limit_brokers": 1}}).findings


def bad_area() -> object:
    @check(area="nonsense")
    def wrong(table: Brokers) -> Said:
        """Title."""
        yield from ()

    return wrong


def bad_title() -> object:
    @check(area="lag")
    def wrong(table: Brokers) -> Said:
        yield from ()

    return wrong


def bad_unit() -> object:
    @check(area="lag")
    def wrong(table: Brokers, *, limit: int = 3) -> Said:
        """Title.

        limit: of what?
        """
        yield from ()

    return wrong


def undescribed_tunable() -> object:
    @check(area="lag")
    def wrong(table: Brokers, *, limit_count: int = 3) -> Said:
        """Title."""
        yield from ()

    return wrong


def no_section() -> object:
    @check(area="lag")
    def wrong() -> Iterator[Finding]:
        """Title."""
        yield from ()

    return wrong


def not_a_section() -> object:
    @check(area="lag")
    def wrong(number: int) -> Said:
        """Title."""
        yield from ()

    return wrong


@pytest.mark.parametrize(
    "malformed",
    [bad_area, bad_title, bad_unit, undescribed_tunable, no_section, not_a_section],
)
def test_a_malformed_check_is_refused_at_import(malformed):
    with pytest.raises(CheckError, match="wrong"):
        malformed()
