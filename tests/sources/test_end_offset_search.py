"""How brokers and what is stored are asked together for the age of a record."""

from kdiag.sources.admin.age_search import Search, lacking


def search(ends=None, stored=None, wanted=(50,)):
    return Search(100, list(wanted), dict(ends or {}), dict(stored or {}))


def test_both_ends_that_are_only_stored_are_asked_of_brokers():
    one = search({30: 99, 600: 90}, {3600: 60, 86400: 10})

    assert one.next_age() == 3600
    one.learn(3600, 61)
    assert one.next_age() == 86400
    one.learn(86400, 9)
    assert 3600 < one.next_age() < 86400


def test_what_is_stored_is_dropped_where_timestamps_are_older():
    one = search({30: 100, 600: 100}, {3600: 60, 7200: 40, 86400: 10})
    one.learn(3600, 100)
    one.learn(7200, 100)

    assert one.stored == {}
    assert one.interval(50) == (7200, None)


def test_what_is_stored_is_kept_where_a_broker_says_the_same():
    one = search({30: 99}, {3600: 60, 86400: 10})
    one.learn(3600, 58)

    assert one.stored == {86400: 10}


def test_an_age_that_is_stored_is_not_asked_for():
    stored = {("a", 0): search(stored={75: 1}), ("a", 1): search(stored={75: 1})}

    assert lacking(stored, 60) == []
    assert lacking(stored, 120) == [("a", 0), ("a", 1)]
    assert lacking(stored, 40) == [("a", 0), ("a", 1)]


def test_a_topic_is_asked_as_a_whole_where_one_partition_is_not_stored():
    searches = {("a", 0): search(stored={75: 1}), ("a", 1): search(), ("b", 0): search({60: 1})}

    assert lacking(searches, 60) == [("a", 0), ("a", 1)]
