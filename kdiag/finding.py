"""What is said: subjects, actions, findings, results of checks, and the report made of them.

A check yields findings, one per object. The engine turns what a check yielded into a CheckResult;
correlation folds symptoms under their causes; everything that kdiag shows is rendered from the
one Report at the end.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from kdiag.command import Value, written

Severity = Literal["critical", "warning", "info"]
Confidence = Literal["certain", "likely", "possible"]
Effect = Literal["reads", "safe", "disruptive"]
Status = Literal["ok", "problem", "unknown", "not_applicable"]
WaiverStatus = Literal["active", "expiring", "expired", "unused"]
Novelty = Literal["new", "seen", "returned", "worse", "better", "known"]
VerdictStatus = Literal["healthy", "degraded", "critical", "unknown"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")


def at_least(severity: Severity | None) -> tuple[Severity, ...]:
    """Return the severities that are as bad as one, or worse; none for None."""
    return () if severity is None else SEVERITIES[: SEVERITIES.index(severity) + 1]


SUBJECT_KEYS: dict[str, tuple[str, ...]] = {
    "cluster": (),
    "broker": ("id",),
    "log_dir": ("broker", "path"),
    "listener": ("broker", "name"),
    "topic": ("topic",),
    "partition": ("topic", "partition"),
    "group": ("group", "topic", "partition"),
    "member": ("group", "member_id", "client_id", "host"),
    "client": ("client_id", "user"),
    "transactional_id": ("transactional_id",),
    "principal": ("principal",),
    "connector": ("connector", "task", "connect_cluster"),
    "worker": ("url",),
    "schema_subject": ("schema_subject",),
    "query": ("query", "service_id"),
    "slot": ("slot",),
    "endpoint": ("url",),
    "file": ("path", "line", "column", "key"),
}
"""Types of subject and the keys that each may have, in the order in which they are shown."""


@dataclass(frozen=True)
class Subject:
    """The object that a finding is about: a type and the keys that identify it."""

    type: str
    keys: tuple[tuple[str, str | int], ...] = ()

    @classmethod
    def of(cls, type_: str, **keys: str | int | None) -> "Subject":
        """Make a subject from plain values; keys that are None are left out.

        Raises ValueError for a type or key that SUBJECT_KEYS does not have.
        """
        allowed = SUBJECT_KEYS.get(type_)
        if allowed is None or not set(keys) <= set(allowed):
            raise ValueError(f"no subject {type_} with keys {', '.join(keys)}")
        given = ((key, keys.get(key)) for key in allowed)
        return cls(type_, tuple((key, _plain(value)) for key, value in given if value is not None))

    def __getitem__(self, key: str) -> str | int:
        return dict(self.keys)[key]

    def get(self, key: str) -> str | int | None:
        """Return the value of a key, or None where this subject does not have it."""
        return dict(self.keys).get(key)

    def as_dict(self) -> dict[str, str | int]:
        """Return the subject as the report has it: type first, then the keys."""
        return {"type": self.type, **dict(self.keys)}

    def __str__(self) -> str:
        values = dict(self.keys)
        match self.type:
            case "cluster":
                return "cluster"
            case "partition":
                return f"partition {values['topic']}-{values['partition']}"
            case "log_dir":
                return f"log dir {values['path']} of broker {values['broker']}"
            case "group":
                return _group_text(values)
            case "connector" if "connect_cluster" in values:
                place = values.pop("connect_cluster")
                return f"{' '.join(['connector', *map(str, values.values())])} of {place}"
            case "file":
                parts = (values["path"], values.get("line"), values.get("column"))
                return ":".join(str(part) for part in parts if part is not None)
            case _:
                name = self.type.replace("_", " ")
                return " ".join([name, *(str(value) for value in values.values())])


def _plain(value: str | int) -> str | int:
    """Turn a number of a table library into a plain int, so that it compares and serialises."""
    return value if isinstance(value, str) else int(value)


def _group_text(values: Mapping[str, str | int]) -> str:
    text = f"group {values['group']}"
    if "topic" in values:
        text += f", topic {values['topic']}"
    if "partition" in values:
        text += f"-{values['partition']}"
    return text


CLUSTER = Subject("cluster")


def broker(id_: int) -> Subject:
    """Return the subject for a broker."""
    return Subject.of("broker", id=id_)


def topic(name: str) -> Subject:
    """Return the subject for a topic."""
    return Subject.of("topic", topic=name)


def partition(topic_name: str, number: int) -> Subject:
    """Return the subject for a partition."""
    return Subject.of("partition", topic=topic_name, partition=number)


def log_dir(broker_id: int, path: str) -> Subject:
    """Return the subject for a log directory of a broker."""
    return Subject.of("log_dir", broker=broker_id, path=path)


def connector(name: str, task: int | None = None, connect_cluster: str | None = None) -> Subject:
    """Return the subject for a connector, or one task of it.

    connect_cluster: only where connectors of several clusters have the name.
    """
    return Subject.of("connector", connector=name, task=task, connect_cluster=connect_cluster)


def slot(name: str) -> Subject:
    """Return the subject for a replication slot of a database."""
    return Subject.of("slot", slot=name)


def listener(broker_id: int, name: str) -> Subject:
    """Return the subject for a listener of a broker."""
    return Subject.of("listener", broker=broker_id, name=name)


def principal(name: str) -> Subject:
    """Return the subject for a principal, as `User:alice`."""
    return Subject.of("principal", principal=name)


def group(name: str, topic_name: str | None = None, number: int | None = None) -> Subject:
    """Return the subject for a group, or for a group on a topic or partition."""
    return Subject.of("group", group=name, topic=topic_name, partition=number)


@dataclass(frozen=True)
class Action:
    """What to do next. `command` is a literal with `{name}` where a value stands.

    values: what stands there; they are quoted for the shell (kdiag.command), and several repeat
    the option before them. `{bootstrap}` stays, the report fills it in.
    effect: reads (looks only), safe (changes something that is easy to undo and stops nothing),
    disruptive (may stop clients, move data, or lose something).
    """

    text: str
    command: str | None = None
    effect: Effect = "reads"
    values: InitVar[Mapping[str, Value | Iterable[Value]] | None] = None

    def __post_init__(self, values: Mapping[str, Value | Iterable[Value]] | None) -> None:
        if values is not None and self.command is not None:
            object.__setattr__(self, "command", written(self.command, values))

    @property
    def mark(self) -> str:
        """Return the effect as it stands before the text; "" where nothing is typed or changed."""
        is_plain = self.command is None and self.effect == "reads"
        return "" if is_plain else f"({self.effect}) "


@dataclass(frozen=True)
class NotApplicable:
    """Said instead of findings, or in place of a section: the question does not arise here."""

    reason: str


@dataclass(frozen=True)
class Finding:
    """One fault on one object.

    symptom: what is seen, one sentence that names the object and the number. impact: what it
    breaks, now or next; due: when, as seconds from now (0: it does), or the event that it waits
    for ("one more broker is lost"). cause: why, as far as tested. evidence: keys with unit
    suffixes. covers: for a root, the objects whose trouble it explains. because_of: the objects
    that a root must cover to explain this, where they are not the subject itself (a quorum that
    lost two voters). since: UTC. kind: which one, where a check knows several causes; findings of
    different kinds are not told together as "the same".
    """

    severity: Severity
    subject: Subject
    symptom: str
    impact: str
    cause: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    confidence: Confidence = "certain"
    since: datetime | None = None
    covers: frozenset[Subject] = frozenset()
    because_of: frozenset[Subject] = frozenset()
    due: float | str = 0.0
    kind: str = ""

    @property
    def due_order(self) -> tuple[bool, float]:
        """Return what comes first first: what hurts now, what does in a while, what may."""
        return (True, 0.0) if isinstance(self.due, str) else (False, self.due)


@dataclass(frozen=True)
class Control:
    """A requirement of a framework that findings of a check bear on. name: of the framework."""

    framework: str
    reference: str
    name: str
    reason: str

    @property
    def tag(self) -> str:
        """Return the control in one word."""
        return f"{self.framework}:{self.reference}"


@dataclass(frozen=True)
class About:
    """What kind of check it is, for outputs that group by it."""

    area: str = "other"
    title: str = ""
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """What one check said: its status, its findings, and what it could not see.

    reason: why it is unknown or not applicable, or which part it did not see. needs: the grant,
    flag or version that would supply it. examined: how much it looked at. unseen: parts that it
    did not see although it ran, each target with its reason.
    """

    check: str
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
    needs: str | None = None
    examined: str | None = None
    unseen: tuple[str, ...] = ()
    duration_seconds: float = 0.0
    about: About = About()


@dataclass(frozen=True)
class Waiver:
    """Why a finding is accepted for now. expires: the last day, or never."""

    reason: str
    owner: str | None = None
    expires: str | None = None
    ticket: str | None = None
    allow_critical: bool = False


@dataclass(frozen=True)
class WaiverState:
    """What became of a waiver: how many findings it waives, and for how many it does not hold.

    days_left: until it ends or is to be reviewed, negative where that is over. line: in its file.
    """

    waiver: Waiver
    check: str | None
    match: Mapping[str, str]
    fingerprints: tuple[str, ...]
    line: int
    status: WaiverStatus
    days_left: int | None
    waived: int
    returned: int


@dataclass(frozen=True, eq=False)
class Reported:
    """One finding as the report shows it: equal ones merged, symptoms pointing to their root.

    fingerprint: check, cluster and object, never a value, so that it survives a change of numbers.
    objects: what was merged, each with its own fingerprint. explained_by: fingerprint of the root.
    notes: sentences beside it, as on a waiver that does not hold any more. novelty: against an
    earlier report, where there is one.
    """

    check: str
    finding: Finding
    fingerprint: str
    objects: tuple[Mapping[str, Any], ...] = ()
    explained_by: str | None = None
    escalate: bool = False
    waiver: Waiver | None = None
    notes: tuple[str, ...] = ()
    novelty: Novelty | None = None

    @property
    def is_root(self) -> bool:
        """Tell whether no other finding explains this one."""
        return self.explained_by is None

    @property
    def object_count(self) -> int:
        """Return how many objects this stands for."""
        return max(1, len(self.objects))


@dataclass(frozen=True)
class Verdict:
    """The answer in one word and one sentence."""

    status: VerdictStatus
    sentence: str


@dataclass(frozen=True)
class Baseline:
    """An earlier report, and what became of its findings.

    gone, unseen: findings that are not there any more, one for each object; those of which it is
    not known, since their checks did not see everything, are unseen. hidden: severity → how many
    known causes are left out.
    """

    started_at: datetime
    version: str
    gone: tuple[Reported, ...] = ()
    unseen: tuple[Reported, ...] = ()
    hidden: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """Everything that was found; every output is rendered from this one value.

    fail_on: the least severe finding that counts as a failure; None where none does. strict: what
    was not seen counts as one, too.
    pseudonyms: kinds of name (topics, hosts…) that are pseudonyms, where the snapshot is redacted.
    files: paths of the files that were judged, where it was no cluster.
    """

    cluster: Mapping[str, Any]
    started_at: datetime
    duration_seconds: float
    requests: Mapping[str, int]
    errors: tuple[tuple[str, str], ...]
    verdict: Verdict
    findings: tuple[Reported, ...]
    results: tuple[CheckResult, ...]
    bootstrap: str
    version: str
    counts: Mapping[str, int] = field(default_factory=dict)
    fail_on: Severity | None = "critical"
    strict: bool = False
    waivers: tuple[WaiverState, ...] = ()
    baseline: Baseline | None = None
    pseudonyms: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @cached_property
    def standing(self) -> tuple[Reported, ...]:
        """Return what is waived neither by itself nor with its cause."""
        return tuple(item for item in self.findings if self.waiver_of(item) is None)

    @cached_property
    def failing(self) -> tuple[Reported, ...]:
        """Return what stands and is at least as severe as `fail_on`."""
        severe = at_least(self.fail_on)
        return tuple(item for item in self.standing if item.finding.severity in severe)

    @cached_property
    def by_fingerprint(self) -> Mapping[str, Reported]:
        """Return the findings by their fingerprints, as `explained_by` names them."""
        return {item.fingerprint: item for item in self.findings}

    @property
    def waived_count(self) -> int:
        """Return on how many objects a finding is waived, by itself or with its cause."""
        return sum(item.object_count for item in self.findings if self.waiver_of(item))

    def waiver_of(self, item: Reported) -> Waiver | None:
        """Return the waiver of a finding, its own or that of its cause."""
        root = self.by_fingerprint.get(item.explained_by or "")
        return item.waiver or (root.waiver if root else None)

    @property
    def is_incomplete(self) -> bool:
        """Tell whether there is no verdict, or not as much was seen as was asked for."""
        is_partial = any(result.status == "unknown" or result.unseen for result in self.results)
        return self.verdict.status == "unknown" or (self.strict and is_partial)

    @property
    def coverage(self) -> dict[str, int]:
        """Count the checks by what became of them."""
        states = [result.status for result in self.results]
        return {
            "evaluated": states.count("ok") + states.count("problem"),
            "unknown": states.count("unknown"),
            "not_applicable": states.count("not_applicable"),
            "total": len(states),
        }


def fingerprint(check: str, cluster_id: str | None, subject: Subject, root: str = "") -> str:
    """Return 16 hex digits that identify a finding: check, cluster and object, and no value.

    A setting in a file is the same one in another line.
    """
    keys = subject.as_dict()
    if subject.type == "file" and "key" in keys:
        keys = {key: value for key, value in keys.items() if key not in ("line", "column")}
    parts = [check, cluster_id or "", str(sorted(keys.items())), root]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
