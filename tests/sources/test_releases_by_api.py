"""The release that API ranges show, and the mode: as brokers of these releases advertise them."""

from types import SimpleNamespace

import pytest

from kdiag.sources.admin.cluster import make_cluster
from kdiag.sources.admin.metadata import Registered
from kdiag.wire.versions import Features, Versions
from tests.tables import NOW, broker_configs

# What changed from one release to the next in ApiVersions: key → highest version.
CHANGES = {
    "2.3": {1: 11, 2: 5, 3: 8, 4: 2, 9: 5, 16: 2, 24: 1, 35: 1},
    "2.4": {3: 9, 4: 4, 9: 6, 16: 3, 46: 0},
    "2.5": {9: 7},
    "2.6": {16: 4, 35: 2},
    "2.7": {1: 12, 24: 2, 50: 0, 57: 0},
    "2.8": {2: 6, 3: 11, 4: 5, 24: 3, 60: 0, 61: 0},
    "3.0": {2: 7, 9: 8, 65: 0, 66: 0},
    "3.1": {1: 13, 3: 12},
    "3.2": {4: 6, 35: 3},
    "3.3": {35: 4, 57: 1},
    "3.4": {4: 7, 58: 0},
    "3.5": {1: 15, 2: 8},
    "3.6": {24: 4},
    "3.7": {1: 16, 9: 9, 60: 1},
    "3.8": {16: 5, 24: 5, 66: 1, 69: 0},
    "3.9": {1: 17, 2: 9, 18: 4},
}


def advertised(release, **features):
    """Return what a broker in ZooKeeper mode advertises."""
    ranges = {}
    for name, changed in CHANGES.items():
        ranges |= {key: (0, highest) for key, highest in changed.items()}
        if name == release:
            return Versions(ranges, Features(supported=features))
    raise AssertionError(release)


def on_kraft(level):
    ranges = {1: (4, 17), 55: (0, 2)}
    return Versions(ranges, Features(supported={"metadata.version": (1, level)}))


def told(*brokers, configs=None):
    wire = SimpleNamespace(versions=dict(enumerate(brokers, 1)), features=Features())
    registered = Registered("xk5K0V3TQbW5", (), None, (), NOW)
    return make_cluster(wire, registered, NOW, configs)


@pytest.mark.parametrize("release", [name for name in CHANGES if name != "2.3"])
def test_each_release_with_zookeeper_is_told_from_its_neighbours(release):
    cluster = told(advertised(release))

    assert (cluster.version, cluster.mode) == (release, "zookeeper")


def test_a_release_before_all_signs_is_said_to_be_older():
    assert told(advertised("2.3")).version == "2.3 or older"


def test_brokers_of_several_releases_count_as_the_oldest():
    assert told(advertised("3.9"), advertised("3.4"), advertised("3.8")).version == "3.4"
    assert told(advertised("2.4"), advertised("2.3")).version == "2.3 or older"
    assert told(advertised("3.9"), on_kraft(25)).version == "3.9"


def test_a_broker_on_kraft_tells_by_its_metadata_version():
    assert (told(on_kraft(7)).version, told(on_kraft(7)).mode) == ("3.3", "kraft")
    assert told(on_kraft(31)).version == "4.4"


def test_brokers_of_both_kinds_migrate():
    assert told(advertised("3.9"), on_kraft(21)).mode == "migrating"


@pytest.mark.parametrize(("value", "mode"), [("true", "migrating"), ("false", "zookeeper")])
def test_brokers_in_zookeeper_mode_migrate_where_their_settings_say_so(value, mode):
    configs = broker_configs({1: {"zookeeper.metadata.migration.enable": value}})

    assert told(advertised("3.9"), configs=configs).mode == mode


def test_a_setting_that_was_left_behind_on_kraft_is_no_migration():
    configs = broker_configs({1: {"zookeeper.metadata.migration.enable": "true"}})

    assert told(on_kraft(21), configs=configs).mode == "kraft"
