"""The contract: a check is a function, and its signature says what it reads.

Positional parameters are sections by type, raw or derived; keyword-only ones are tunables with a
unit in their name and a default. Markers on a type say how it is wanted:

    X             must have been read, at least in part
    X | None      only refines: None where it could not be read
    Whole[X]      for conclusions from absence: read in part counts as missing
    Earlier[X]    the same section in the sample before this one

The collection plan, `kdiag explain`, the needed grants and every UNKNOWN follow from this alone.
"""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, TypeGuard, TypeVar, Union, get_args, get_origin, get_type_hints

from kdiag.errors import CheckError
from kdiag.finding import Control, Finding, NotApplicable
from kdiag.snapshot import Section

X = TypeVar("X")

_WHOLE = "whole"
_EARLIER = "earlier"

Whole = Annotated[X, _WHOLE]
"""Marks a section that must have been read completely."""

Earlier = Annotated[X, _EARLIER]
"""Marks the section as the sample before this one had it."""

AREAS: dict[str, str] = {
    "lag": "Lag",
    "groups": "Groups",
    "replication": "Replication and durability",
    "controller": "Controller, KRaft, ZooKeeper, versions",
    "disk": "Disk and log",
    "topics": "Partitions, topics, messages",
    "transactions": "Transactions and producers",
    "brokers": "Brokers",
    "security": "Security",
    "pipelines": "Connect, Schema Registry, ksqlDB, MirrorMaker, databases",
    "itself": "What kdiag itself could see",
    "files": "Files, before they are used (kdiag lint)",
}
"""Areas of checks: the word for `--only`, and the heading."""

UNITS = (
    "_seconds",
    "_bytes",
    "_ratio",
    "_percent",
    "_per_second",
    "_count",
    "_records",
    "_replicas",
    "_partitions",
    "_brokers",
    "_members",
    "_days",
    "_names",
    "_regex",
)
"""Endings of a tunable's name: its unit."""

Said = Iterator[Finding | NotApplicable]
"""What a check returns."""

F = TypeVar("F", bound=Callable[..., Iterator[Finding | NotApplicable]])


@dataclass(frozen=True)
class Need:
    """One section that a function reads, and how it wants it."""

    parameter: str
    section: type[Section]
    is_optional: bool = False
    is_whole: bool = False
    is_earlier: bool = False


@dataclass(frozen=True)
class Check:
    """One check: what it says, what it reads, and what may be tuned.

    explained_by: all ids that may be its root, those of excused_by too.
    """

    id: str
    area: str
    title: str
    about: str
    run: Callable[..., Iterator[Finding | NotApplicable]]
    needs: tuple[Need, ...]
    tunables: Mapping[str, Any]
    tunable_docs: Mapping[str, str]
    configs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    any_of: tuple[type[Section], ...] = ()
    explained_by: tuple[str, ...] = ()
    excused_by: tuple[str, ...] = ()
    escalate: bool = False
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """A pure function that makes one section from others."""

    section: type[Section]
    run: Callable[..., Any]
    needs: tuple[Need, ...]
    configs: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


DERIVATIONS: dict[type[Section], Derivation] = {}
"""Derived section → how it is made; filled by `derive`."""


def check(
    *,
    area: str,
    configs: tuple[str, ...] = (),
    facts: tuple[str, ...] = (),
    any_of: tuple[type[Section], ...] = (),
    explained_by: tuple[str, ...] = (),
    excused_by: tuple[str, ...] = (),
    escalate: bool = False,
) -> Callable[[F], F]:
    """Declare a function as a check; its id is its name with hyphens.

    configs: config keys that it reads, in their dotted spelling. facts: JMX facts that it reads.
    any_of: sections that are ways to see one fault; findings from any count, silence with one of
    them missing is unknown. explained_by: ids that may be its root, then at least as severe.
    excused_by: ids that may be its root and make it matter less (nobody reads this group any more),
    so that they stay as they are. escalate: a red flag that is marked for escalation.

    Raises CheckError, at import, for a malformed declaration.
    """

    def declare(function: F) -> F:
        function.check = _declared(  # type: ignore[attr-defined]
            function, area, configs, facts, any_of, (explained_by, excused_by), escalate
        )
        return function

    return declare


def _declared(
    function: Callable[..., Iterator[Finding | NotApplicable]],
    area: str,
    configs: tuple[str, ...],
    facts: tuple[str, ...],
    any_of: tuple[type[Section], ...],
    roots: tuple[tuple[str, ...], tuple[str, ...]],
    escalate: bool,
) -> Check:
    name = function.__name__
    if area not in AREAS:
        raise CheckError(f"{name}: no area {area}; areas are {', '.join(AREAS)}")
    title, _, body = (inspect.getdoc(function) or "").partition("\n")
    if not title.endswith("."):
        raise CheckError(f"{name}: its docstring needs a first line that ends in a full stop")
    tunables = _tunables(function)
    return Check(
        id=name.replace("_", "-"),
        area=area,
        title=title,
        about=inspect.getdoc(inspect.getmodule(function)) or "",
        run=function,
        needs=_needs(function, any_of),
        tunables=tunables,
        tunable_docs=_tunable_docs(name, body, tunables),
        configs=configs,
        facts=facts,
        any_of=any_of,
        explained_by=(*roots[0], *roots[1]),
        excused_by=roots[1],
        escalate=escalate,
    )


D = TypeVar("D", bound=Callable[..., Any])


def derive(*, configs: tuple[str, ...] = (), facts: tuple[str, ...] = ()) -> Callable[[D], D]:
    """Declare a function that makes one section from others.

    It returns that section; or Missing or NotApplicable where the inputs do not allow it. What it
    needs and misses passes on to whatever reads the derived section.
    """

    def declare(function: D) -> D:
        hints = get_type_hints(function, include_extras=True)
        made = [part for part in _union(hints.get("return")) if _is_section(part)]
        if len(made) != 1:
            raise CheckError(f"{function.__name__}: must return exactly one section")
        needs = _needs(function, ())
        DERIVATIONS[made[0]] = Derivation(made[0], function, needs, configs, facts)
        return function

    return declare


def closure(needs: Sequence[Need]) -> Iterator[Need]:
    """Yield the needs and, for derived sections, the needs behind them, down to raw sections.

    What stands behind an optional section is optional; behind an earlier one, earlier.
    """
    for need in needs:
        yield need
        derivation = DERIVATIONS.get(need.section)
        if derivation is not None:
            for inner in closure(derivation.needs):
                yield Need(
                    inner.parameter,
                    inner.section,
                    is_optional=inner.is_optional or need.is_optional,
                    is_whole=inner.is_whole or need.is_whole,
                    is_earlier=inner.is_earlier or need.is_earlier,
                )


def _needs(function: Callable[..., Any], any_of: tuple[type[Section], ...]) -> tuple[Need, ...]:
    hints = get_type_hints(function, include_extras=True)
    positional = [
        parameter
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    if not positional:
        raise CheckError(f"{function.__name__}: reads no section")
    return tuple(_need(function.__name__, p.name, hints.get(p.name), any_of) for p in positional)


def _need(name: str, parameter: str, hint: Any, any_of: tuple[type[Section], ...]) -> Need:
    parts = _union(hint)
    wanted = [part for part in parts if part is not NoneType]
    marks: tuple[Any, ...] = ()
    section: Any = wanted[0] if len(wanted) == 1 else None
    while get_origin(section) is Annotated:
        section, *more = get_args(section)
        marks += tuple(more)
    if not _is_section(section):
        raise CheckError(f"{name}: parameter {parameter} must name one section by its type")
    return Need(
        parameter,
        section,
        is_optional=NoneType in parts or section in any_of,
        is_whole=_WHOLE in marks,
        is_earlier=_EARLIER in marks,
    )


def _union(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _is_section(hint: Any) -> TypeGuard[type[Section]]:
    return isinstance(hint, type) and issubclass(hint, Section)


def _tunables(function: Callable[..., Any]) -> dict[str, Any]:
    tunables = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        if parameter.default is inspect.Parameter.empty:
            raise CheckError(f"{function.__name__}: tunable {parameter.name} has no default")
        if not parameter.name.endswith(UNITS):
            raise CheckError(
                f"{function.__name__}: tunable {parameter.name} does not end in a unit"
            )
        tunables[parameter.name] = parameter.default
    return tunables


def _tunable_docs(name: str, body: str, tunables: Mapping[str, Any]) -> dict[str, str]:
    """Return the sentence that the docstring has for each tunable (`name: sentence`)."""
    docs = {}
    for tunable in tunables:
        found = re.search(rf"^{tunable}: (.+?)(?=^\w+: |^\s*$|\Z)", body, re.DOTALL | re.MULTILINE)
        if found is None:
            raise CheckError(f"{name}: its docstring does not describe {tunable}")
        docs[tunable] = " ".join(found.group(1).split())
    return docs
