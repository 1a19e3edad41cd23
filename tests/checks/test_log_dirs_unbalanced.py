from kdiag.finding import log_dir
from kdiag.sections import LogDirs
from kdiag.snapshot import Missing
from tests.tables import GIB, log_dirs, replicas


def disk(path, used, total=100, **more):
    sizes = {"total_bytes": total * GIB, "usable_bytes": (total - used) * GIB}
    return {"broker": 1, "path": path, **sizes, **more}


def held(path, gib, topic="orders"):
    return replicas({(1, topic, 0): gib * GIB}, path=path)


def test_fires_where_one_disk_is_full_and_another_empty(judge):
    dirs = log_dirs(disk("/a", 90), disk("/b", 20))

    [finding] = judge("log-dirs-unbalanced", dirs, held("/a", 85)).findings

    assert finding.subject == log_dir(1, "/a")
    assert finding.severity == "info"
    assert "90% full, /b is 20% full" in finding.symptom
    assert "orders" in finding.cause


def test_disks_of_different_size_are_compared_by_the_part_in_use(judge):
    dirs = log_dirs(disk("/a", 140, total=200), disk("/b", 65))

    assert judge("log-dirs-unbalanced", dirs, held("/a", 130)).status == "ok"


def test_there_is_no_hurry_below_60_percent(judge):
    assert judge("log-dirs-unbalanced", log_dirs(disk("/a", 55), disk("/b", 5))).status == "ok"


def test_directories_on_one_volume_are_one(judge):
    assert judge("log-dirs-unbalanced", log_dirs(disk("/a", 90), disk("/b", 90))).status == "ok"


def test_brokers_with_one_directory_have_nothing_to_balance(judge):
    dirs = log_dirs(disk("/a", 90), disk("/a", 10, broker=2))

    assert judge("log-dirs-unbalanced", dirs).status == "ok"


def test_a_cordoned_directory_is_empty_on_purpose(judge):
    dirs = log_dirs(disk("/a", 90), disk("/b", 5, is_cordoned=True))

    assert judge("log-dirs-unbalanced", dirs, held("/a", 85)).status == "ok"


def test_a_move_to_the_empty_disk_is_waited_for(judge):
    moving = held("/b", 1)
    moving.rows["is_future"] = True

    dirs = log_dirs(disk("/a", 90), disk("/b", 5))

    assert judge("log-dirs-unbalanced", dirs, moving).status == "ok"


def test_what_is_not_kafkas_cannot_be_moved(judge):
    dirs = log_dirs(disk("/a", 90), disk("/b", 5))

    assert judge("log-dirs-unbalanced", dirs, held("/a", 10)).status == "ok"


def test_is_unknown_without_the_log_dirs(judge):
    absent = {LogDirs: Missing("not authorised", "Describe on Cluster")}

    result = judge("log-dirs-unbalanced", absent=absent)

    assert result.status == "unknown"
    assert result.needs == "Describe on Cluster"
