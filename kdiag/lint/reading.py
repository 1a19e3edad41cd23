"""Reads files and directories into the sections that rules judge. All I/O of lint is here.

What a file is, its content tells, or --kind. Of a directory only what is recognised is taken; a
file that is named must be of a known kind. One that cannot be parsed is an error with its place.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kdiag.errors import UsageError
from kdiag.finding import NotApplicable
from kdiag.lint import files as held
from kdiag.lint import sections
from kdiag.lint.connector_files import connectors_of
from kdiag.lint.files import Goal, Kind, Library
from kdiag.lint.kinds import kind_of_document
from kdiag.lint.nodes import Node, of_json, of_yaml
from kdiag.lint.properties import of_properties
from kdiag.lint.reassignments import reassignment
from kdiag.lint.schemas import Earlier, proto_schema_file, schema_files
from kdiag.lint.topics import topics_of
from kdiag.lint.validations import Ask, Validations, validations
from kdiag.schemas.compare import conflicts
from kdiag.snapshot import Held, Missing, Section, Snapshot

_TREE = (".json", ".avsc", ".yaml", ".yml")
_PROTO = ".proto"
_ENDINGS = (*_TREE, ".properties", _PROTO)
_MOST_BYTES = 4 << 20
_PASSED_OVER = {"node_modules", "__pycache__", "venv"}
STDIN = "-"


@dataclass(frozen=True)
class Asked:
    """What flags say of the files. kind: a word of KINDS, else it is told from the content.

    validate: asks a worker about a connector, where the user wants that.
    """

    kind: str | None = None
    library: Library | None = None
    goal: Goal | None = None
    earlier: Earlier = field(default_factory=Earlier)
    validate: Ask | None = None


@dataclass
class _Found:
    """What was read so far. trees: schemas that are JSON, and may refer to each other."""

    asked: Asked
    keyed: list[held.KeyedFile] = field(default_factory=list)
    topics: list[held.TopicDefinition] = field(default_factory=list)
    trees: list[tuple[str, Node]] = field(default_factory=list)
    schemas: list[held.SchemaFile] = field(default_factory=list)
    reassignments: list[held.ReassignmentFile] = field(default_factory=list)


@dataclass(frozen=True)
class Files:
    """The snapshot of files.

    paths: those that were read. unread: why files of directories could not be read or parsed.
    """

    snapshot: Snapshot
    paths: tuple[str, ...]
    unread: tuple[str, ...] = ()


def read_files(paths: Sequence[str], asked: Asked) -> Files:
    """Read files, and what directories hold; `-` is the standard input.

    Raises UsageError for a file that cannot be read or parsed, or that is of no known kind.
    """
    started = datetime.now(UTC)
    found, read, unread = _Found(asked), [], []
    for path, is_named in _walked(paths):
        try:
            if _take(found, path, is_named):
                read.append(path)
        except UsageError as error:
            if is_named or path.endswith(".avsc"):
                raise
            unread.append(str(error))
    if not read:
        raise UsageError(f"{', '.join(paths)}: no file of a kind that lint knows")
    return Files(_snapshot(found, started), tuple(read), tuple(unread))


def read_text(text: str, name: str, asked: Asked) -> Files:
    """Read the content of one file, which a caller holds; no file is opened.

    name: what it is called; its ending helps to tell what it is. Raises UsageError as read_files.
    """
    started = datetime.now(UTC)
    found = _Found(asked)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{name}: is not text: it has half a character of UTF-16") from None
    _take_text(found, name, _checked(data, name), is_named=True)
    return Files(_snapshot(found, started), (name,))


def _snapshot(found: _Found, started: datetime) -> Snapshot:
    found.schemas += schema_files(found.trees, found.asked.earlier)
    made = _sections(found, started)
    seconds = (datetime.now(UTC) - started).total_seconds()
    errors = {target: why.reason for one in made.values() for target, why in _errors(one)}
    return Snapshot(
        taken_at=started, duration_seconds=seconds, sections=made, requests={}, errors=errors
    )


def _errors(held_: Held) -> Iterable[tuple[str, Missing]]:
    return held_.errors.items() if isinstance(held_, Section) else ()


def _walked(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    for path in paths:
        if path == STDIN or not Path(path).is_dir():
            yield path, True
            continue
        for inner in sorted(Path(path).rglob("*")):
            parts = inner.relative_to(path).parts
            if any(part.startswith(".") or part in _PASSED_OVER for part in parts):
                continue
            if inner.suffix in _ENDINGS and inner.is_file():
                yield str(inner), False


def _take(found: _Found, path: str, is_named: bool) -> bool:
    """Take a file in, and tell whether it was of a known kind."""
    return _take_text(found, path, _text(path), is_named)


def _take_text(found: _Found, path: str, text: str, is_named: bool) -> bool:
    if path.endswith(_PROTO) and found.asked.kind in (None, "schema"):
        return _take_proto(found, path, text, is_named)
    if _is_tree(path, text, found.asked.kind):
        return _take_trees(found, path, text, is_named)
    return _take_properties(found, path, text, is_named)


def _text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1) if path == STDIN else _bytes(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    return _checked(data, path)


def _checked(data: bytes, path: str) -> str:
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{path}: is larger than 4 MiB, so it is no file of settings")
    if b"\0" in data:
        raise UsageError(f"{path}: is not text, but binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def _is_tree(path: str, text: str, kind: str | None) -> bool:
    """Tell whether a file is JSON or YAML; without an ending its first sign tells."""
    if path.endswith(".properties"):
        return False
    if path.endswith(_TREE) or kind in ("schema", "topic", "reassignment"):
        return True
    return text.lstrip()[:1] in ("{", "[")


def _take_trees(found: _Found, path: str, text: str, is_named: bool) -> bool:
    is_yaml = path.endswith((".yaml", ".yml")) or text.lstrip()[:1] not in ("{", "[", '"')
    trees = of_yaml(text, path) if is_yaml else [of_json(text, path)]
    taken = False
    for tree in trees:
        kind = _kind(found.asked, kind_of_document(tree.plain))
        if kind is None and path.endswith(".avsc"):
            kind = "schema"
        if kind is not None:
            _take_tree(found, path, tree, kind)
            taken = True
    if not taken and is_named:
        raise UsageError(
            f"{path}: is no connector, schema, definition of topics or reassignment; say which "
            "with --kind"
        )
    return taken


def _take_proto(found: _Found, path: str, text: str, is_named: bool) -> bool:
    made = proto_schema_file(text, path, found.asked.earlier)
    if made.fault is not None and not is_named:
        raise UsageError(f"{path}: is no {made.word} schema: {made.fault[1]}")
    found.schemas.append(made)
    return True


def _kind(asked: Asked, told: Kind | None) -> Any:
    if asked.kind in ("producer", "consumer", "streams", "admin"):
        return "client"
    return asked.kind or told


def _take_tree(found: _Found, path: str, tree: Node, kind: str) -> None:
    match kind:
        case "connector":
            found.keyed += connectors_of(tree, path)
        case "topic":
            found.topics += topics_of(tree, path)
        case "schema":
            found.trees.append((path, tree))
        case "reassignment":
            found.reassignments.append(reassignment(tree, path))
        case _:
            raise UsageError(f"{path}: a file of --kind {found.asked.kind} is no JSON or YAML")


def _take_properties(found: _Found, path: str, text: str, is_named: bool) -> bool:
    made = of_properties(text, path, found.asked.kind, found.asked.library)
    if made is None:
        if is_named:
            raise UsageError(f"{path}: has no line like acks=all, so it is no file of settings")
        return False
    is_foreign = made.kind == "client" and not any(map(made.known, (s.key for s in made.settings)))
    if is_foreign and not is_named:
        return False
    found.keyed.append(made)
    return True


def _sections(found: _Found, at: datetime) -> dict[type[Section], Held]:
    """Return a section for each kind; one that the files have nothing of does not apply."""
    keyed = (*found.keyed, *found.topics)
    by_kind = {kind: tuple(one for one in found.keyed if one.kind == kind) for kind in _KEYED}
    made: list[Section] = [
        sections.KeyedFiles(files=keyed, read_at=at),
        sections.ClientFiles(files=by_kind["client"], goal=found.asked.goal, read_at=at),
        sections.BrokerFiles(files=by_kind["broker"], read_at=at),
        sections.WorkerFiles(files=by_kind["worker"], read_at=at),
        sections.ConnectorFiles(files=by_kind["connector"], read_at=at),
        sections.TopicFiles(topics=tuple(found.topics), read_at=at),
        sections.SchemaFiles(files=tuple(found.schemas), read_at=at, errors=_untold(found.schemas)),
        sections.ReassignmentFiles(files=tuple(found.reassignments), read_at=at),
    ]
    told: dict[type[Section], Held] = {
        type(one): one if len(one) else NotApplicable(f"the files have no {one.noun}")
        for one in made
    }
    told[Validations] = validations(by_kind["connector"], found.asked.validate, at)
    return told


def _untold(schemas: Iterable[held.SchemaFile]) -> dict[str, Missing]:
    """Return why versions before are not known, or what no rule tells of them."""
    return {f"versions before {one.path}": why for one in schemas if (why := _why(one))}


def _why(one: held.SchemaFile) -> Missing | None:
    if one.untold is not None or one.schema is None:
        return one.untold
    told = [
        f"{conflict.version}: {reason}"
        for conflict in conflicts(one.schema, one.earlier, one.level)
        for reason in conflict.unjudged[:1]
    ]
    return Missing(f"{one.word} was not compared: {'; '.join(told)}") if told else None


_KEYED: tuple[Kind, ...] = ("client", "broker", "worker", "connector")
