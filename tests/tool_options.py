"""The options of Kafka's command-line tools, as their own --help prints them.

Recorded in tests/data/tool_options.json: release → tool → subcommand ("" for none) → option →
whether it needs a value. Written anew by `python -m tests.tool_options`, for all releases of the
lab whose jars have the tools.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kdiag.lab.jars import read_lock, versions
from kdiag.lab.java import runtime
from tests.one_jvm import NO_CLASS, run_all, run_alone

FILE = Path(__file__).with_name("data") / "tool_options.json"

_T = "org.apache.kafka.tools."
TOOLS = {
    "kafka-acls.sh": f"{_T}AclCommand kafka.admin.AclCommand",
    "kafka-broker-api-versions.sh": (
        f"{_T}BrokerApiVersionsCommand kafka.admin.BrokerApiVersionsCommand"
    ),
    "kafka-client-metrics.sh": f"{_T}ClientMetricsCommand",
    "kafka-cluster.sh": f"{_T}ClusterTool kafka.tools.ClusterTool",
    "kafka-configs.sh": f"{_T}ConfigCommand kafka.admin.ConfigCommand",
    "kafka-console-consumer.sh": f"{_T}consumer.ConsoleConsumer kafka.tools.ConsoleConsumer",
    "kafka-consumer-groups.sh": (
        f"{_T}consumer.group.ConsumerGroupCommand kafka.admin.ConsumerGroupCommand"
    ),
    "kafka-delegation-tokens.sh": (
        f"{_T}DelegationTokenCommand kafka.admin.DelegationTokenCommand"
    ),
    "kafka-delete-records.sh": f"{_T}DeleteRecordsCommand kafka.admin.DeleteRecordsCommand",
    "kafka-dump-log.sh": f"{_T}DumpLogSegments kafka.tools.DumpLogSegments",
    "kafka-features.sh": f"{_T}FeatureCommand kafka.admin.FeatureCommand",
    "kafka-get-offsets.sh": f"{_T}GetOffsetShell kafka.tools.GetOffsetShell",
    "kafka-groups.sh": f"{_T}GroupsCommand",
    "kafka-leader-election.sh": f"{_T}LeaderElectionCommand kafka.admin.LeaderElectionCommand",
    "kafka-log-dirs.sh": f"{_T}LogDirsCommand kafka.admin.LogDirsCommand",
    "kafka-metadata-quorum.sh": f"{_T}MetadataQuorumCommand kafka.admin.MetadataQuorumCommand",
    "kafka-reassign-partitions.sh": (
        f"{_T}reassign.ReassignPartitionsCommand kafka.admin.ReassignPartitionsCommand"
    ),
    "kafka-share-groups.sh": f"{_T}consumer.group.ShareGroupCommand",
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-streams-application-reset.sh": f"{_T}StreamsResetter kafka.tools.StreamsResetter",
    "kafka-streams-groups.sh": f"{_T}streams.StreamsGroupCommand",
    "kafka-topics.sh": f"{_T}TopicCommand kafka.admin.TopicCommand",
    "kafka-transactions.sh": f"{_T}TransactionsCommand",
    "org.apache.kafka.tools.JmxTool": f"{_T}JmxTool kafka.tools.JmxTool",
}
"""Script, or class for kafka-run-class.sh → main classes, that of the newest releases first."""

SCRIPT_SINCE = {"kafka-get-offsets.sh": (3, 0)}
"""Release that first had the script, where the class is older (KAFKA-13136)."""

SUBCOMMANDS = {
    "kafka-cluster.sh": ("cluster-id", "list-endpoints", "unregister"),
    "kafka-features.sh": (
        "describe",
        "disable",
        "downgrade",
        "feature-dependencies",
        "upgrade",
        "version-mapping",
    ),
    "kafka-metadata-quorum.sh": ("add-controller", "describe", "remove-controller"),
    "kafka-storage.sh": ("feature-dependencies", "format", "info", "random-uuid"),
    "kafka-transactions.sh": (
        "abort",
        "describe",
        "describe-producers",
        "find-hanging",
        "forceTerminateTransaction",
        "list",
    ),
}

Options = dict[str, bool]
ByTool = dict[str, dict[str, Options]]


def recorded() -> dict[str, ByTool]:
    """Return what the data file has."""
    known: dict[str, ByTool] = json.loads(FILE.read_text())
    return known


def releases() -> list[str]:
    """Return the releases of the lab whose jars have the tools."""
    return [one for one in versions() if any(j.artifact == "kafka-tools" for j in read_lock(one))]


def printed(release: str) -> ByTool:
    """Return what the tools of a release print."""
    java = runtime(release)
    plain = [(tool, "") for tool in TOOLS if tool not in SUBCOMMANDS]
    others = [(tool, sub) for tool, subs in SUBCOMMANDS.items() for sub in ("", *subs)]
    said = run_all(java, [_help(*one) for one in plain])
    with ThreadPoolExecutor(2) as pool:  # these end the Java machine whenever help was asked for
        said += pool.map(lambda one: run_alone(java, _help(*one)), others)
    found: ByTool = {}
    for (tool, sub), ran in zip(plain + others, said, strict=True):
        if ran == NO_CLASS or tuple(_numbers(release)) < SCRIPT_SINCE.get(tool, ()):
            continue
        options = dict(sorted(_options(ran[1].splitlines())))
        if not sub and not options:  # it has no --help, and tells when it is given nothing
            [ran] = run_all(java, [[TOOLS[tool]]])
            options = dict(sorted(_options(ran[1].splitlines())))
        is_same = len(options) > 1 and options == found.get(tool, {}).get("")
        if not sub or (options and not is_same):
            found.setdefault(tool, {})[sub] = options
    return found


def _help(tool: str, sub: str) -> list[str]:
    return [TOOLS[tool], *([sub] if sub else []), "--help"]


def _numbers(release: str) -> Iterator[int]:
    return (int(part) for part in release.split("."))


def _options(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield option and whether it needs a value; one that may have a value does not.

    Two libraries write the text: jopt-simple in two columns, in which both sides wrap
    (`--topic <String: topic>`), argparse4j with indented options (`  --topic TOPIC`).
    """
    widths = [line.index(" -", 1) + 1 for line in lines if re.match(r"^-+ +-+\s*$", line)]
    if widths:
        yield from _of_columns([line[: widths[0]].rstrip() for line in lines])
        return
    for line in lines:
        match = re.match(r"^  (?:-\w[^,]*, )?(--[\w.-]+)( [A-Z\[{<]\S*|$|  )", line)
        match = match or re.match(r"^  (?:-\w[^,]*, )?(--[\w.-]+)( \S+)", line)
        match = match or re.match(r"^  (--[\w.-]+), -\w()(?:$|  )", line)
        if match:
            yield match[1], match[2].strip() != ""


def _of_columns(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    joined: list[str] = []
    for line in lines:
        if line.startswith("-") and not line.startswith("---"):
            joined.append(line)
        elif line.startswith("  ") and joined:
            joined[-1] += " " + line.strip()
    for text in joined:
        for name in re.findall(r"(?:^|, )(--[\w.-]+)", text):
            yield name, "<" in text


def main() -> None:
    """Write the data file anew."""
    known = {release: printed(release) for release in releases()}
    FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{FILE}: {', '.join(known)}\n")


if __name__ == "__main__":
    main()
