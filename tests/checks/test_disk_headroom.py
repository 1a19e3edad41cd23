from kdiag.finding import broker
from kdiag.sections import LogDirs
from kdiag.snapshot import Missing
from tests.tables import GIB, brokers, log_dirs, partition_row, partitions, replicas


def scene(*used, copies=(1, 2), **fields):
    """Brokers of 100 GiB each with so many GiB in use, all of it one partition each."""
    ids = range(1, len(used) + 1)
    dirs = [
        {"broker": id_, "usable_bytes": (100 - each) * GIB}
        for id_, each in zip(ids, used, strict=True)
    ]
    rows = [partition_row("orders", id_, copies) for id_ in ids]
    held = {(id_, "orders", id_): each * GIB for id_, each in zip(ids, used, strict=True)}
    return log_dirs(*dirs, **fields), brokers(*ids), partitions(*rows), replicas(held)


def test_fires_where_the_others_could_not_take_what_a_broker_holds(judge):
    [finding] = judge("disk-headroom", *scene(70, 70, 70)).findings

    assert finding.severity == "info"
    assert finding.evidence["others_used_ratio_then"] == 1.05
    assert finding.evidence["lacking_bytes"] == int((1.05 - 0.9) * 200 * GIB)
    assert "from 70% to 105%" in finding.symptom


def test_takes_the_broker_whose_loss_is_worst(judge):
    dirs, nodes, _, held = scene(60, 85, 60)
    rows = [partition_row("orders", 2, (1, 2))]
    everywhere = [partition_row("orders", number, (1, 2, 3)) for number in (1, 3)]

    [finding] = judge("disk-headroom", dirs, nodes, partitions(*rows, *everywhere), held).findings

    assert finding.subject == broker(2)
    assert finding.evidence["moved_bytes"] == 85 * GIB


def test_is_silent_where_there_is_room(judge):
    assert judge("disk-headroom", *scene(50, 50, 50)).status == "ok"


def test_copies_on_every_broker_need_no_room(judge):
    """Three brokers, three copies: what is lost has no other place to go."""
    result = judge("disk-headroom", *scene(80, 80, 80, copies=(1, 2, 3)))

    assert result.status == "not_applicable"


def test_brokers_that_share_a_disk_free_nothing(judge):
    dirs, _, parts, held = scene(70, 70, 70)
    alike = brokers(1, 2, 3)
    alike.rows["host"] = "one.example"
    held.rows["size_bytes"] = GIB

    assert judge("disk-headroom", dirs, alike, parts, held).status == "not_applicable"


def test_disks_that_are_too_full_already_are_another_finding(judge):
    assert judge("disk-headroom", *scene(95, 95, 95)).status == "ok"


def test_one_broker_has_no_others(judge):
    assert judge("disk-headroom", *scene(70, copies=(1,))).status == "not_applicable"


def test_is_unknown_where_a_broker_did_not_answer(judge):
    silent = {"broker 3": Missing("timed out after 5 s")}

    result = judge("disk-headroom", *scene(50, 50, errors=silent))

    assert result.status == "unknown"


def test_is_unknown_where_brokers_tell_no_sizes(judge):
    absent = {LogDirs: Missing("not authorised", "Describe on Cluster")}
    _, nodes, parts, held = scene(50, 50)

    assert judge("disk-headroom", nodes, parts, held, absent=absent).status == "unknown"
