from kdiag.profiles.expect import expecting
from kdiag.profiles.profile import NONE
from kdiag.profiles.read import profile_of
from kdiag.sections import Commits, Expectations
from kdiag.snapshot import Missing, Snapshot
from tests.tables import NOW, commits, expectations, topics

ORDERS = topics({"topic": "shop.orders"}, {"topic": "logs"})
READS = commits({("billing", "shop.orders", 0): 5, ("audit", "logs", 0): 5})


def said(table):
    rows = table.rows.itertuples(index=False)
    return {(row.topic, row.group, row.what, row.wanted) for row in rows}


def test_patterns_become_the_names_that_the_cluster_has():
    made = expectations('[[topics]]\nname = "orders$"\npartitions = 6', ORDERS)

    assert said(made) == {("shop.orders", None, "partitions", "6")}
    assert made.read_at == NOW


def test_the_first_rule_that_fits_counts_for_each_thing():
    text = (
        '[[topics]]\nname = "orders"\npartitions = 6\n'
        '[[topics]]\nname = "."\npartitions = 3\nreplication_factor = 2\n'
    )

    assert said(expectations(text, ORDERS)) == {
        ("shop.orders", None, "partitions", "6"),
        ("shop.orders", None, "replication_factor", "2"),
        ("logs", None, "partitions", "3"),
        ("logs", None, "replication_factor", "2"),
    }


def test_a_rule_without_a_topic_is_kept_unless_it_may_be_absent():
    text = '[[topics]]\nname = "nope"\npartitions = 6\n'

    [row] = expectations(text, ORDERS).rows.itertuples()
    assert (row.topic, row.what, row.pattern) == (None, "topic", "nope")
    assert expectations(f"{text}required = false", ORDERS).rows.empty


def test_objectives_are_by_group_and_topic():
    text = (
        '[[lag]]\ngroups = "billing"\ntopics = "orders"\nseconds = 2\n'
        '[[lag]]\ngroups = "."\nseconds = 60\nrecords = 100\n'
    )

    assert said(expectations(text, ORDERS, READS)) == {
        ("shop.orders", "billing", "lag_seconds", "2"),
        ("shop.orders", "billing", "lag_records", "100"),
        ("logs", "audit", "lag_seconds", "60"),
        ("logs", "audit", "lag_records", "100"),
    }


def test_groups_that_were_not_read_are_an_error_and_no_silence():
    held = {type(ORDERS): ORDERS, Commits: Missing("denied", "Describe on Group")}
    profile = profile_of('[[lag]]\ngroups = "."\nseconds = 1', "p.toml")

    made = expecting(Snapshot(taken_at=NOW, sections=held), profile).get(Expectations)

    assert list(made.errors.values()) == [Missing("denied", "Describe on Group")]


def test_without_a_profile_a_saved_snapshot_keeps_its_own():
    own = expectations('[[topics]]\nname = "orders"\npartitions = 6', ORDERS)
    snapshot = Snapshot(taken_at=NOW, sections={Expectations: own, type(ORDERS): ORDERS})

    assert expecting(snapshot, NONE).get(Expectations) is own
