import socket
from pathlib import Path
from typing import Any

import pytest

from kdiag.errors import LabError
from kdiag.lab.java import Runtime
from kdiag.lab.plan import HOST, Plan, draw_nodes, is_free, random_id, require_free
from kdiag.lab.properties import node_properties, render
from kdiag.lab.state import State


def _properties(plan: Plan, node_id: int = 1) -> dict[str, str]:
    nodes = draw_nodes(plan)
    (node,) = [node for node in nodes if node.id == node_id]
    return node_properties(plan, node, nodes, [Path("/data")], None)


def test_everything_listens_on_loopback_only() -> None:
    properties = _properties(Plan(brokers=3))
    for key in ("listeners", "advertised.listeners", "controller.quorum.bootstrap.servers"):
        for address in properties[key].split(","):
            assert HOST in address


def test_in_a_network_apart_nodes_listen_on_its_address_only() -> None:
    properties = _properties(Plan(brokers=3, address="10.20.30.40"))
    for key in ("listeners", "advertised.listeners", "controller.quorum.bootstrap.servers"):
        for address in properties[key].split(","):
            assert "10.20.30.40:" in address


def test_remote_storage_is_there_for_one_release_only() -> None:
    with pytest.raises(LabError, match=r"remote storage for Kafka 4.0.2, not for 4.4.0"):
        Plan(is_tiered=True)


def test_small_disks_hold_the_last_log_directories_of_a_broker(tmp_path: Path) -> None:
    plan = Plan(brokers=2, log_dirs=3, small_disks={1: 2})
    state = State(tmp_path, plan, draw_nodes(plan), is_kept=False)

    names = [str(path.relative_to(state.node_home(1))) for path in state.log_dirs(1)]

    assert names == ["data-1", "disk-1/data", "disk-2/data"]
    assert state.small_disks(2) == []
    state.save()
    assert State.load_from(tmp_path) == state


def test_three_brokers_are_controllers_too_and_keep_three_replicas() -> None:
    properties = _properties(Plan(brokers=3, racks=("a", "b", "c")), 2)
    assert properties["process.roles"] == "broker,controller"
    assert properties["offsets.topic.replication.factor"] == "3"
    assert properties["broker.rack"] == "b"
    assert "min.insync.replicas" not in properties


def test_separate_controllers_take_no_clients() -> None:
    plan = Plan(brokers=2, controllers=1)
    assert _properties(plan)["process.roles"] == "broker"
    controller = _properties(plan, 101)
    assert controller["process.roles"] == "controller"
    assert "advertised.listeners" not in controller


def test_with_zookeeper_brokers_have_no_roles_and_know_where_it_is() -> None:
    plan = Plan(brokers=2, kafka="3.9.2", metadata="zookeeper")
    broker, zookeeper = _properties(plan), _properties(plan, 201)
    assert broker["broker.id"] == "1"
    assert broker["zookeeper.connect"].startswith(f"{HOST}:")
    assert not {"process.roles", "controller.listener.names"} & broker.keys()
    assert zookeeper["clientPortAddress"] == HOST
    assert zookeeper["admin.enableServer"] == "false"


def test_in_a_migration_brokers_and_controllers_know_of_each_other() -> None:
    plan = Plan(kafka="3.9.2", metadata="migrating")
    for properties in (_properties(plan), _properties(plan, 101)):
        assert properties["zookeeper.metadata.migration.enable"] == "true"
        assert properties["controller.quorum.voters"].startswith(f"101@{HOST}:")
        assert properties["zookeeper.connect"].startswith(f"{HOST}:")
    assert _properties(plan, 101)["process.roles"] == "controller"


def test_voters_stand_in_the_properties_of_releases_that_know_no_other_way() -> None:
    old = _properties(Plan(brokers=1, kafka="3.3.2"))
    assert old["controller.quorum.voters"].startswith(f"1@{HOST}:")
    assert "controller.quorum.bootstrap.servers" not in old


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kafka": "4.4.0", "metadata": "zookeeper"}, "no ZooKeeper mode"),
        ({"kafka": "2.8.2"}, "with ZooKeeper only"),
        ({"kafka": "3.3.2", "metadata": "migrating"}, "on Kafka 3.9"),
        ({"metadata": "etcd"}, "kraft, zookeeper, migrating"),
        ({"kafka": "3.9.2", "metadata": "zookeeper", "controllers": 1}, "no controllers"),
        ({"kafka": "3.9.2", "metadata": "zookeeper", "listeners": ("ssl",)}, "plain listener"),
        ({"kafka": "3.3.2", "listeners": ("sasl_plain",)}, "does not run on the Java"),
    ],
)
def test_what_a_release_cannot_do_is_refused_in_one_sentence(
    wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        Plan(**wrong)


def test_a_plan_overrides_every_property_for_all_and_for_one() -> None:
    plan = Plan(properties={"num.io.threads": "1"}, broker_properties={2: {"num.io.threads": "9"}})
    assert _properties(plan, 1)["num.io.threads"] == "1"
    assert _properties(plan, 2)["num.io.threads"] == "9"


def test_slow_clocks_leave_the_defaults_of_kafka() -> None:
    assert "broker.session.timeout.ms" in _properties(Plan())
    assert "broker.session.timeout.ms" not in _properties(Plan(fast_clocks=False))


def test_a_properties_file_escapes_what_java_would_read_otherwise() -> None:
    assert render({"b": "1", "a": "x\\y\nz"}) == "a=x\\\\y\\nz\nb=1\n"


@pytest.mark.parametrize("wrong", [{"brokers": 0}, {"brokers": 4}, {"listeners": ("ftp",)}])
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(LabError):
        Plan(**wrong)  # type: ignore[arg-type]


def test_no_id_begins_with_a_hyphen() -> None:
    assert not any(random_id().startswith("-") for _ in range(1000))


def test_ports_are_free_and_different() -> None:
    ports = [port for node in draw_nodes(Plan(jmx=("rmi",))) for port in node.ports.values()]
    assert len(ports) == len(set(ports)) == 6
    assert all(is_free(port) for port in ports)


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LabError, match=f"Port {port}"):
            require_free(port)


def test_a_lab_is_read_back_from_its_directory(tmp_path: Path) -> None:
    plan = Plan(racks=("a",), broker_properties={1: {"k": "v"}}, listeners=("ssl",))
    state = State(tmp_path, plan, draw_nodes(plan), is_kept=True)
    state.save()
    assert State.load_from(tmp_path) == state
    assert (tmp_path / "lab.json").stat().st_mode & 0o077 == 0


def test_a_directory_without_a_lab_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no lab in"):
        State.load_from(tmp_path)


def test_a_plan_keeps_the_heap_and_the_limit_of_files_when_it_is_read_back(tmp_path: Path) -> None:
    plan = Plan(heap_mebibytes=64, open_files=600)
    State(tmp_path, plan, draw_nodes(plan), is_kept=True).save()

    assert State.load_from(tmp_path).plan == plan


def test_flags_of_a_node_come_after_the_usual_ones() -> None:
    command = Runtime(Path("java"), ()).command("Main", flags=("-Xmx64m",))

    assert command.index("-Xmx64m") > command.index("-Xmx400m")
