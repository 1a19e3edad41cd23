"""The commands that runbooks tell people to type, run on a real cluster.

Kafka's tools run one after another in one Java machine (tests/one_jvm.py): those that confirm a
fault first, then those that mend one. What stands behind a pipe runs in a shell on what they said,
and must find something. What the lab cannot run is in NOT_RUN or NOT_MENDED, with the reason. A new
page needs nothing here, as long as it keeps to the words below.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
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

NOT_MENDED = {
    "add-controller": "it takes a controller that is an observer",
    "unregister": "it takes a broker that is gone for good",
    "--remove": "it asks back on stdin, which the commands themselves come by",
    "abort": "it takes a transaction that hangs; test_transactions.py has one",
    "--offset latest": "it waits for records to come",
    "kafka-storage.sh": "it formats disks of nodes that are stopped; so the lab made its own",
    "kafka-streams-groups.sh": "its groups need streams members; test_streams.py has them",
    "connect-configs": "the lab starts no Connect here; test_connect.py has it",
}
"""A word of a command that mends something → why the lab does not run it."""

WORDS = {
    "GROUP": "left",
    "TOPIC": "orders",
    "P": "0",
    "O": "0",
    "O+1": "1",
    "OFFSET": "0",
    "N": "1",
    "NAME": "ssl",
    "ID": "1",
    "IDS": "1,2,3",
    "KEY": "num.io.threads",
    "ADDRESS": "10.0.0.9",
    "MILLISECONDS": "604800000",
    "BYTES": "1073741824",
    "RELEASE": "4.4",
    "TIME": "2026-01-01T00:00:00.000",
    "…": "20971520",
}
"""Word of a command that mends something → what it is in the lab."""

ON_A_PAGE = {
    "log-dirs-unbalanced": {"FILE": "stay.json"},
    "open-transaction-pins-lso": {"ID": "payments"},
    "orphan-group": {"GROUP": "orphan"},
    "partition-ceiling": {"N": "4"},
    "replica-skew": {"FILE": "topics.json"},
    "retention-not-working": {"FILE": "offsets.json"},
    "share-records-archived": {"GROUP": "shared"},
    "topic-sprawl": {"TOPIC": "A[.]heartbeats"},
}
"""Page → words that are something else there."""

_PLACE = {"topic": "rf1", "partition": 0}
_STAYING = {"topic": "heartbeats", "partition": 0, "replicas": [1, 2, 3]}
FILES = {
    "topics.json": {"version": 1, "topics": [{"topic": "rf1"}]},
    "increase.json": {"version": 1, "partitions": [{**_PLACE, "replicas": [1, 2, 3]}]},
    "stay.json": {"version": 1, "partitions": [_STAYING]},
    "order.json": {"version": 1, "partitions": [{**_STAYING, "replicas": [2, 3, 1]}]},
    "offsets.json": {"version": 1, "partitions": [{**_PLACE, "offset": 1}]},
}
"""Name → what the file holds."""

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


def mending() -> list[Call]:
    """Return the commands of Kafka's tools under "Fix" of all pages that say what they are for."""
    found = []
    for path in sorted(ROOT.glob("runbooks/*.md")):
        section = path.read_text().partition("## Fix")[2].split("\n## ")[0]
        blocks = re.findall(r"(?:^ {4}kafka.*\n(?: {8}.*\n)*)", section, re.MULTILINE)
        texts = [re.sub(r"\\\n", "", block) for block in blocks]
        for text in [*texts, *re.findall(r"`(kafka-[a-z-]+\.sh [^`]+)`", section)]:
            words = tuple(shlex.split(text))
            if "--bootstrap-server" in words or words[0] == "kafka-storage.sh":
                found.append(Call(path.stem, " ".join(text.split()), words, ""))
    return found


MENDED = [call for call in mending() if not any(word in call.text for word in NOT_MENDED)]


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, Ran]]:
    """What each command said on a cluster of three brokers; equal ones are run once."""
    everybody = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    with Lab(3, racks=("r1", "r2", "r3"), properties=everybody, listeners="ssl") as lab:
        lab.create_topic("orders", partitions=2)
        lab.create_topic("orders.dlq", partitions=1)
        lab.create_topic("A.heartbeats", partitions=1)
        lab.create_topic("heartbeats", assignment=[[1, 2, 3]])
        lab.produce("orders", 200)
        transact(lab, "orders", 3, "payments")
        lab.start_consumer("shop", "orders")
        wait_until(lambda: group_state(lab.admin(), "shop") == "STABLE", "shop reads", 60)
        commands = {call.text: _typed(lab, call) for call in RUN}
        before = [_acl(lab, option) for option in (("--topic", "orders"), ("--group", "shop"))]
        lab.create_topic("rf1", partitions=1, replication_factor=1)
        lab.produce("rf1", 5)
        fixes = {f"{call.page}: {call.text}": _mended(lab, call) for call in MENDED}
        empty = [_committed(lab, group) for group in ("left", "orphan")]
        asked = [*before, *commands.values(), *empty, *fixes.values()]
        said = run_all(runtime(lab.plan.kafka), asked, seconds=300)
        confirmed, mended = said[len(before) :], said[-len(fixes) :]
        yield dict([*zip(commands, confirmed, strict=False), *zip(fixes, mended, strict=True)])


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


def _committed(lab: Lab, group: str) -> list[str]:
    """Return the command that gives a group without members a place to lose."""
    whom = ("--group", group, "--reset-offsets", "--topic", "orders", "--to-earliest", "--execute")
    return [TOOLS["kafka-consumer-groups.sh"], "--bootstrap-server", lab.bootstrap, *whom]


def _mended(lab: Lab, call: Call) -> list[str]:
    """Return main class and arguments of a command that changes the lab, files written."""
    tool, *words = call.words
    for name, content in FILES.items():
        (lab.home / name).write_text(json.dumps(content))
    places = {"HOST:9092": lab.bootstrap, "ADVERTISED_HOST:PORT": lab.bootstrap}
    places["FILE"] = str(lab.home / "tls" / "broker-1.pem")
    known = WORDS | places | ON_A_PAGE.get(call.page, {})
    named = [known.get(word) or _filled(word, known) for word in words]
    named = [str(lab.home / word) if word in FILES else word for word in named]
    if tool == "kafka-console-consumer.sh":
        named += ["--timeout-ms", "20000"]
    return [TOOLS[tool], *named]


def _filled(word: str, known: Mapping[str, str]) -> str:
    """Return a word with what it has behind signs filled in: `retention.ms=MILLISECONDS`."""
    return re.sub(r"\b[A-Z]+\b|…", lambda match: known.get(match[0], match[0]), word)


def test_there_are_commands_to_run():
    assert len(RUN) > 120
    unused = {word for word in NOT_RUN if not any(word in call.text for call in calls())}
    assert unused == set(), "take it out of NOT_RUN"
    assert len(MENDED) > 35
    unused = {word for word in NOT_MENDED if not any(word in call.text for call in mending())}
    assert unused == set(), "take it out of NOT_MENDED"


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


@pytest.mark.parametrize("call", MENDED, ids=[f"{n}-{call.page}" for n, call in enumerate(MENDED)])
def test_a_command_that_mends_something_is_taken(answers, call):
    code, said = answers[f"{call.page}: {call.text}"]

    assert code == 0, f"{call.text}\n{said}"
    assert not re.search(r"^Error|Exception\b.*:|^Usage|is not a recognized", said, re.MULTILINE), (
        said
    )
