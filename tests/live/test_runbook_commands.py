"""The commands that runbooks tell people to confirm a fault by, run on a real cluster.

Kafka's tools run one after another in one Java machine (tests/one_jvm.py); what stands behind a
pipe runs in a shell on what they said, and must find something. What the lab cannot run is in
NOT_RUN, with the reason. A new page needs nothing here, as long as it keeps to the words below.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kdiag.lab import Lab
from kdiag.lab.clients import group_state
from kdiag.lab.java import runtime
from kdiag.lab.transactions import transact
from kdiag.lab.waiting import wait_until
from tests.one_jvm import Ran, run_all
from tests.tool_options import TOOLS

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parent.parent.parent

NOT_RUN = {
    "org.apache.kafka.tools.JmxTool": "the lab's Java has no JNDI provider for RMI, which the "
    "tool's URL needs; kdiag's own way to JMX is tested in test_jmx.py",
    "kafka-share-groups.sh": "its groups need share consumers; test_share_groups.py has them",
    "kafka-streams-groups.sh": "its groups need streams members; test_share_groups.py has them",
    "__share_group_state": "the topic is made by the first share group",
    "authorizer": "the logger of the authorizer is not set in the lab",
    "latest-tiered": "no topic of the lab is tiered",
    "connect-": "the lab starts no Connect here; test_connect.py has it",
    "_schemas": "the registry of the lab keeps its schemas in memory",
    "--entity-name USER": "the lab has no SCRAM user",
}
"""A tool, or a word of a command → why the lab does not run it."""

EMPTY_IS_FINE = {"grep -v 'isvalid: true'": "a log without damage has no such line"}
"""What stands behind a pipe → why it may find nothing."""


@dataclass(frozen=True)
class Call:
    """A command of a page: as it is written, the tool's words, and what stands behind a pipe."""

    page: str
    text: str
    words: tuple[str, ...]
    behind: str


def calls() -> list[Call]:
    """Return the commands of Kafka's tools under "Confirm by hand" of all pages."""
    found = []
    for path in sorted(ROOT.glob("runbooks/*.md")):
        section = path.read_text().split("## Confirm by hand")[1].split("\n## ")[0]
        lines = "".join(re.findall(r"^    .*\n", section, re.MULTILINE))
        for line in re.sub(r"\\\n\s*", "", lines).splitlines():
            command, _, behind = line.strip().partition(" | ")
            if re.match(r"kafka-[a-z-]+\.sh ", command):
                words = tuple(shlex.split(command, comments=True))
                found.append(Call(path.stem, line.strip(), words, behind))
    return found


def reason(call: Call) -> str | None:
    """Return why the lab does not run a call; None where it does."""
    return next((why for word, why in NOT_RUN.items() if word in call.text), None)


RUN = [call for call in calls() if reason(call) is None]


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, Ran]]:
    """What each command said on a cluster of three brokers; equal ones are run once."""
    everybody = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    with Lab(3, racks=("r1", "r2", "r3"), properties=everybody) as lab:
        lab.create_topic("orders", partitions=2)
        lab.create_topic("orders.dlq", partitions=1)
        lab.create_topic("A.heartbeats", partitions=1)
        lab.create_topic("heartbeats", partitions=1)
        lab.produce("orders", 200)
        transact(lab, "orders", 3, "payments")
        lab.start_consumer("shop", "orders")
        wait_until(lambda: group_state(lab.admin(), "shop") == "STABLE", "shop reads", 60)
        commands = {call.text: _typed(lab, call) for call in RUN}
        before = [_acl(lab, option) for option in (("--topic", "orders"), ("--group", "shop"))]
        said = run_all(runtime(lab.plan.kafka), [*before, *commands.values()], seconds=300)
        yield dict(zip(commands, said[len(before) :], strict=True))


def _acl(lab: Lab, on: tuple[str, str]) -> list[str]:
    """Return the command that makes an ACL, so that there are some to list."""
    whom = ("--allow-principal", "User:ANONYMOUS", "--operation", "Read")
    return [TOOLS["kafka-acls.sh"], "--bootstrap-server", lab.bootstrap, "--add", *whom, *on]


def _typed(lab: Lab, call: Call) -> list[str]:
    """Return main class and arguments, with things of the lab in place of words of the page."""
    tool, *words = call.words
    broker = next(iter(lab.brokers))
    [segment, *_] = sorted(lab.home.rglob("orders-0/*.log"))
    replaced = {
        "HOST:9092": lab.bootstrap,
        "SOURCE_HOST:9092": lab.bootstrap,
        "SOURCE.heartbeats": "A.heartbeats",
        "ADVERTISED_HOST:PORT": lab.bootstrap.partition(",")[0],
        "CONTROLLER:9093": ",".join(
            node.node.address("CONTROLLER") for node in lab.controllers.values()
        ),
        "TOPIC": "orders",
        "GROUP": "shop",
        "APPLICATION": "shop",
        "P": "0",
        "O": "0",
        "OFFSET": "0",
        "N": str(broker),
        "ID": "payments" if "--transactional-id" in words else str(broker),
        "TARGET": str(broker),
        "User:PRINCIPAL": "User:ANONYMOUS",
        "SEGMENT.log": str(segment),
        "LOG_DIR/TOPIC-0/SEGMENT.log": str(segment),
    }
    named = [replaced.get(word, word) for word in words]
    if tool == "kafka-console-consumer.sh":
        named = ["0" if at and named[at - 1] == "--partition" else w for at, w in enumerate(named)]
        named += ["--timeout-ms", "20000"]
    return [TOOLS[tool], *named]


def test_there_are_commands_to_run():
    assert len(RUN) > 120
    unused = {word for word in NOT_RUN if not any(word in call.text for call in calls())}
    assert unused == set(), "take it out of NOT_RUN"


@pytest.mark.parametrize("call", RUN, ids=[f"{n}-{call.page}" for n, call in enumerate(RUN)])
def test_a_command_of_a_runbook_does_what_it_is_for(answers, call):
    code, said = answers[call.text]

    assert code == 0, f"{call.text}\n{said}"
    assert not re.search(r"^Error|Exception\b.*:|^Usage|is not a recognized", said, re.MULTILINE), (
        said
    )
    assert said.strip() or "--describe" in call.words, f"it says nothing: {call.text}"
    if call.behind and call.behind not in EMPTY_IS_FINE:
        filtered = subprocess.run(  # noqa: S603
            ["/bin/bash", "-c", call.behind], input=said, capture_output=True, text=True, timeout=30
        )
        assert filtered.stdout.strip(), f"`{call.behind}` finds nothing in:\n{said}"
