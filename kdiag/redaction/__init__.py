"""Redaction: a snapshot with pseudonyms in place of names, and back.

What checks find on a redacted snapshot is what they find on the original, up to names: equal names
have equal pseudonyms wherever they stand, and what a name means to a check is kept (`shapes`).
Numbers, times, ports, ids of brokers and Kafka's own words are not touched.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kdiag.redaction.columns import COLUMNS, ORDERED, PLAIN
from kdiag.redaction.kinds import KINDS as KINDS
from kdiag.redaction.kinds import kind_of, named_by
from kdiag.redaction.pseudonyms import Maker, Names
from kdiag.redaction.scope import Scope
from kdiag.redaction.text import WITHHELD, Texts
from kdiag.redaction.walk import rewritten
from kdiag.sections import GenerationHistory, MemberHistory, Members, Partitions, PastMember
from kdiag.snapshot import Section, Snapshot, Table, Withheld

_GROUP_LOG = "__consumer_offsets"
_USUAL_PARTITIONS = 50  # offsets.topic.num.partitions


@dataclass(frozen=True)
class Redacted:
    """A snapshot without names, and the names: what is named → pseudonym → name."""

    snapshot: Snapshot
    names: Mapping[str, Mapping[str, str]]


def redacted(snapshot: Snapshot, kinds: Iterable[str], key: bytes) -> Redacted:
    """Replace the names of some kinds (see KINDS) by pseudonyms.

    key: of the hash that they come from. What may hold any name (values of settings that are not
    Kafka's own words, words of texts that are not everybody's, metadata of commits) is left out
    whatever the kinds are.
    """
    chosen = named_by(tuple(kinds))
    known = _names_in(snapshot)
    maker = Maker(key, _partitions(snapshot), dict(_owners(snapshot)))
    for category in sorted(known):
        if category in chosen:
            maker.add(category, known[category])

    def rename(category: str, name: str) -> str:
        return maker.of(category, name) if category in chosen else name

    kept = {name for category in known.keys() - chosen for name in known[category]}
    texts = _Counted(Texts(maker.made, rename, kept=kept))
    made = rewritten(snapshot, Scope(rename, texts, drops=True))
    settings = _changed_settings(snapshot, made)
    withheld = _withheld(snapshot.withheld, maker.made, settings, texts.count)
    return Redacted(
        dataclasses.replace(_reordered(made), withheld=withheld), _by_pseudonym(maker.made)
    )


def restored(snapshot: Snapshot, names: Mapping[str, Mapping[str, str]]) -> Snapshot:
    """Put the names back; what was left out stays out.

    names: what is named → pseudonym → name, as Redacted has them.
    """

    def rename(category: str, name: str) -> str:
        return names.get(category, {}).get(name, name)

    texts = Texts(names, rename, withholds=False)
    made = rewritten(snapshot, Scope(rename, texts))
    return dataclasses.replace(made, withheld=Withheld())


class _Counted:
    """Replaces names in texts and counts those of which words are left out."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.count = 0

    def __call__(self, text: str) -> str:
        made = self.texts(text)
        self.count += WITHHELD in made
        return made


def _names_in(snapshot: Snapshot) -> dict[str, set[str]]:
    """Return what is named → the names that a snapshot has of it."""
    known: dict[str, set[str]] = {}

    def note(category: str, name: str) -> str:
        known.setdefault(category, set()).add(name)
        return name

    rewritten(snapshot, Scope(note, lambda text: text))
    return known


def _samples(snapshot: Snapshot) -> Iterator[Snapshot]:
    yield snapshot
    if snapshot.earlier is not None:
        yield from _samples(snapshot.earlier)


def _partitions(snapshot: Snapshot) -> int:
    """Return how many partitions the log of the groups has."""
    for sample in _samples(snapshot):
        partitions = sample.get(Partitions)
        if isinstance(partitions, Partitions):
            number = int((partitions.rows["topic"] == _GROUP_LOG).sum())
            if number:
                return number
    return _USUAL_PARTITIONS


def _owners(snapshot: Snapshot) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield member and the client or instance that its id begins with."""
    for sample in _samples(snapshot):
        for member, instance, client in _members(sample):
            for category, owner in (("client", client), ("instance", instance)):
                if member and owner and member.startswith(f"{owner}-"):
                    yield member, (category, owner)


def _members(sample: Snapshot) -> Iterator[tuple[Any, Any, Any]]:
    """Yield id, instance id and client id of all members, past ones too."""
    for kind in (Members, MemberHistory):
        held = sample.get(kind)
        if isinstance(held, Table):
            columns = (held.rows[name] for name in ("member_id", "instance_id", "client_id"))
            yield from zip(*columns, strict=True)
    past = sample.get(GenerationHistory)
    if isinstance(past, GenerationHistory):
        for members in past.rows["members"]:
            for each in map(PastMember._make, members or ()):
                yield each.member_id, each.instance_id, each.client_id


def _changed_settings(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the keys of which some value was replaced, as the redacted snapshot has them."""
    changed: set[str] = set()
    for one, other in zip(_samples(before), _samples(after), strict=True):
        for kind, held in one.sections.items():
            made = other.sections[kind]
            if isinstance(held, Table) and isinstance(made, Table) and "value" in held.rows:
                is_same = held.rows["value"].isna() | (held.rows["value"] == made.rows["value"])
                if "key" in held.rows and made.rows["value"].dtype == object:
                    changed |= set(made.rows.loc[~is_same, "key"])
    return changed


def _withheld(before: Withheld, made: Names, settings: set[str], texts: int) -> Withheld:
    """Return what is left out, with what was before."""
    counts = Counter(dict(before.names))
    for category, names in made.items():
        replaced = sum(name != pseudonym for name, pseudonym in names.items())
        if replaced and kind_of(category) in KINDS:
            counts[kind_of(category)] += replaced
    return Withheld(
        names=dict(sorted(counts.items())),
        settings=tuple(sorted({*before.settings, *settings})),
        texts=before.texts + texts,
    )


def _by_pseudonym(made: Names) -> Names:
    return {
        category: {
            pseudonym: name for name, pseudonym in sorted(names.items()) if pseudonym != name
        }
        for category, names in sorted(made.items())
    }


def _reordered(snapshot: Snapshot) -> Snapshot:
    """Sort the rows by pseudonym where their order says nothing but how the names are sorted."""
    sections = {
        kind: _sorted(held) if isinstance(held, Table) else held
        for kind, held in snapshot.sections.items()
    }
    earlier = None if snapshot.earlier is None else _reordered(snapshot.earlier)
    return dataclasses.replace(snapshot, sections=sections, earlier=earlier)


def _sorted(table: Table) -> Section:
    contents = COLUMNS[type(table)]
    by = [name for name in table.columns if name == "broker" or contents.get(name, PLAIN) != PLAIN]
    if type(table) in ORDERED or not by:
        return table
    keys = table.rows[by].assign(
        **{name: table.rows[name].map(str) for name in by if name in contents}
    )
    order = keys.sort_values(by, kind="stable").index
    return dataclasses.replace(table, rows=table.rows.loc[order].reset_index(drop=True))
