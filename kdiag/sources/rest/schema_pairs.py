"""The last version of each subject of a registry, held against the one before.

Confluent's registry lists all versions of all subjects, page by page (GET /schemas). Apicurio
3.3.3 answers there too, but without subject and version, so what pages did not tell is asked
subject by subject: the last version, and the one before where there is one.

Both schemas are compared as they arrive and are not kept: they are large, and what of them matters
is why one cannot read the other. Where a schema refers to others, those are asked for.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kdiag.errors import KdiagError
from kdiag.schemas.compare import AnySchema, compare, is_same_name, parse
from kdiag.schemas.compatibility import FORMATS, WORDS, Break, Format, SchemaError
from kdiag.snapshot import Missing
from kdiag.sources.rest.allowlist import SCHEMAS, VERSION, VERSIONS
from kdiag.sources.rest.client import Answered, Odd, Rest, part
from kdiag.sources.rest.each_name import of_each

_AVRO: Format = "AVRO"
_PAGE = 500
_DEEPEST = 8  # references of references
_MOST_BREAKS = 5  # that are kept of a pair

Reasons = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Version:
    """One version of a subject, as the registry has it.

    references: name (as the schema has it), subject and version of each. properties: of its
    metadata.
    """

    subject: str
    number: int
    type: str
    text: str
    references: tuple[tuple[str, str, int], ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """The last version of a subject and the one before; backward, forward as in `SchemaPairs`.

    differs_in: properties of their metadata that are not the same. unjudged: what no rule tells of
    each direction, "" where all is told.
    """

    version: int
    earlier_version: int
    type: Format
    is_same_name: bool
    backward: Reasons
    forward: Reasons
    differs_in: frozenset[str]
    unjudged: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Pairs:
    """Pairs by subject, as far as they were told and could be compared. lacking: why not all."""

    by_subject: Mapping[str, Pair]
    lacking: Missing | None = None


async def read_pairs(rest: Rest, subjects: Sequence[str], seconds: float) -> Pairs:
    """Return the pair of each subject that has two versions; nothing is asked without subjects."""
    if not subjects:
        return Pairs({})
    reading = Reading(rest)
    until = asyncio.get_running_loop().time() + seconds
    try:
        async with asyncio.timeout(seconds):
            await reading.by_pages(frozenset(subjects))
    except TimeoutError:
        pass  # what is left is told below
    left = max(0.0, until - asyncio.get_running_loop().time())
    rest_of = [name for name in subjects if name not in reading.seen]
    found = await of_each(rest_of, reading.by_subject, left)
    return Pairs(reading.pairs, reading.lacking(found.lacking))


@dataclass
class Reading:
    """What was read so far. seen: subjects whose last two versions are known."""

    rest: Rest
    pairs: dict[str, Pair] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    _not_compared: Counter[str] = field(default_factory=Counter)
    _referred: dict[tuple[str, int], AnySchema] = field(default_factory=dict)

    async def by_pages(self, subjects: frozenset[str]) -> None:
        """Read pages while they tell what is wanted.

        Versions of a subject stand together; of one that comes again the last two are not known.
        """
        last: list[Version] = []
        again: set[str] = set()
        try:
            async for version in _pages(self.rest):
                if last and version.subject != last[-1].subject:
                    await self._take_once(last, subjects, again)
                    last = []
                last = sorted([*last, version], key=lambda each: each.number)[-2:]
        except KdiagError:
            last = []  # of the subject that was being read there may be more versions
        finally:
            self.seen -= again
        if last and last[-1].subject not in again:
            await self._take_once(last, subjects, again)
            self.seen -= again

    async def _take_once(
        self, versions: Sequence[Version], wanted: frozenset[str], again: set[str]
    ) -> None:
        subject = versions[-1].subject
        if subject in self.seen:
            again.add(subject)
            self.pairs.pop(subject, None)
        elif subject in wanted:
            await self._take(versions)

    async def by_subject(self, subject: str) -> None:
        """Ask for the last two versions of one subject."""
        newest = version_of(await self.rest.ask(VERSION, subject, "latest"))
        if newest.number <= 1:
            self.seen.add(subject)
            return
        try:
            earlier = await self.rest.ask(VERSION, subject, str(newest.number - 1))
        except Answered as error:
            if not error.is_not_there:
                raise
            earlier = await self._earlier(subject, newest.number)
        versions = [newest] if earlier is None else [version_of(earlier), newest]
        await self._take(versions)

    async def _earlier(self, subject: str, number: int) -> Any:
        """Return the version before a number where some were deleted; None without one."""
        told = await self.rest.ask(VERSIONS, subject)
        numbers = part({"versions": told}, "versions", tuple[int, ...])
        below = [each for each in numbers if each < number]
        return await self.rest.ask(VERSION, subject, str(max(below))) if below else None

    async def _take(self, versions: Sequence[Version]) -> None:
        """Compare the last two versions of a subject."""
        subject = versions[-1].subject
        self.seen.add(subject)
        if len(versions) < 2:
            return
        earlier, newest = versions
        format_ = format_of(newest)
        if format_ is None or format_of(earlier) is None:
            self._not_compared["another format"] += 1
            return
        try:
            old, new = await self.parsed(earlier), await self.parsed(newest)
            backward, forward = compare(new, old), compare(old, new)
        except (SchemaError, RecursionError):
            self._not_compared[f"{WORDS[format_]} that cannot be parsed"] += 1
            return
        self.pairs[subject] = Pair(
            newest.number,
            earlier.number,
            format_,
            is_same_name(new, old),
            _reasons(backward.breaks),
            _reasons(forward.breaks),
            frozenset(dict(newest.properties.items() ^ earlier.properties.items())),
            ("; ".join(backward.unjudged[:1]), "; ".join(forward.unjudged[:1])),
        )

    async def parsed(self, version: Version, depth: int = 0) -> AnySchema:
        """Return a schema, with what it refers to. Raises SchemaError."""
        format_ = format_of(version)
        if format_ is None:
            raise SchemaError("", "is of another format")
        known: dict[str, AnySchema] = {}
        for name, subject, number in version.references:
            if (subject, number) not in self._referred:
                self._referred[subject, number] = await self._other(subject, number, depth)
            known[name] = self._referred[subject, number]
        return parse(format_, version.text, known)

    async def _other(self, subject: str, number: int, depth: int) -> AnySchema:
        if depth == _DEEPEST:
            raise SchemaError("", "refers to others too often")
        try:
            told = version_of(await self.rest.ask(VERSION, subject, str(number)))
        except Answered:
            raise SchemaError("", f"refers to {subject}, which is not there") from None
        return await self.parsed(told, depth + 1)

    def lacking(self, untold: Missing | None) -> Missing | None:
        """Return why not every subject was compared; None where all were."""
        said = [
            f"the last two versions of {number} {'subject' if number == 1 else 'subjects'} were "
            f"not compared: {what}"
            for what, number in sorted(self._not_compared.items())
        ]
        if untold is not None:
            said.append(untold.reason)
        grant = None if untold is None else untold.grant
        return Missing("; ".join(said), grant) if said else None


async def _pages(rest: Rest) -> AsyncIterator[Version]:
    """Yield all versions, page by page; nothing where pages do not say whose they are.

    Until one is empty: a registry may have smaller pages than are wanted. Raises: as `Rest.ask`;
    Odd where a page brings what the one before had.
    """
    at, first = 0, None
    while True:
        query = (("offset", str(at)), ("limit", str(_PAGE)))
        told = part({"schemas": await rest.ask(SCHEMAS, query=query)}, "schemas", tuple[Any, ...])
        if not told:
            return
        page = [version_of(each) for each in told]
        if (page[0].subject, page[0].number) == first:
            raise Odd("it has no pages of schemas")
        first = (page[0].subject, page[0].number)
        for version in page:
            yield version
        at += len(page)


def version_of(told: Any) -> Version:
    """Return a version as a registry tells it. Raises Odd."""
    references = part(told, "references", tuple[Any, ...] | None) or ()
    metadata = part(told, "metadata", dict | None) or {}
    return Version(
        subject=part(told, "subject", str),
        number=part(told, "version", int),
        type=part(told, "schemaType", str | None) or _AVRO,
        text=part(told, "schema", str),
        references=tuple(map(_reference, references)),
        properties=part(metadata, "properties", Mapping[str, str] | None) or {},
    )


def format_of(version: Version) -> Format | None:
    """Return the format of a version; None where it is none that is known."""
    return next((each for each in FORMATS if each == version.type), None)


def _reference(told: Any) -> tuple[str, str, int]:
    name = part(told, "name", str | None) or ""
    return name, part(told, "subject", str), part(told, "version", int)


def _reasons(found: Sequence[Break]) -> Reasons:
    return tuple((each.kind, each.message) for each in found[:_MOST_BREAKS])
