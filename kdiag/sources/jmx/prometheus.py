"""The Prometheus text format, read line by line: a large broker writes 50 MB of it.

Format: Prometheus, "Exposition formats", version 0.0.4.
"""

import re
from collections.abc import Iterable, Mapping

from kdiag.errors import RequestError
from kdiag.facts import FACTS, Fact
from kdiag.sources.http import answer
from kdiag.sources.jmx.endpoints import Access, Endpoint
from kdiag.sources.jmx.metrics import ALIASES, Alias, Labels, Spelling, by_spelling, words
from kdiag.sources.jmx.told import Told

_LABEL = re.compile(r'([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")
_LONGEST_LINE = 1 << 20


async def read(endpoint: Endpoint, access: Access, facts: Iterable[Fact], seconds: float) -> Told:
    """Ask for the page and keep the facts of it. Raises RequestError and its kin."""
    page = Page(list(facts), access.names)
    rest = b""
    async with answer(endpoint.server(access), seconds) as response:
        async for piece in response.aiter_bytes(1 << 18):
            lines, _, rest = (rest + piece).rpartition(b"\n")
            page.take(lines)
            if len(rest) > _LONGEST_LINE:
                raise RequestError(f"what answers at {endpoint.url} is no page of metrics")
    page.take(rest)
    if not page.has_metrics:
        raise RequestError(f"what answers at {endpoint.url} is no page of metrics")
    return page.told


class Page:
    """A page as far as it was read. names: metric name → fact, before all other spellings."""

    def __init__(self, facts: list[Fact], names: Mapping[str, str]) -> None:
        self.told, self.has_metrics = Told(), False
        self._wanted = {fact.name for fact in facts}
        self._spellings, self._names = by_spelling(facts), names
        self._types: dict[bytes, bytes] = {}
        self._known: dict[bytes, list[Spelling | Alias]] = {}

    def take(self, lines: bytes) -> None:
        """Read whole lines."""
        known = self._known
        for line in lines.split(b"\n"):
            if line.startswith(b"#"):
                said = line.split(maxsplit=3)
                if line.startswith(b"# TYPE ") and len(said) == 4:
                    self._types[said[2]] = said[3].strip()
                continue
            at = line.find(b"{")
            name = line[:at] if at >= 0 else line.partition(b" ")[0]
            if name not in known:
                known[name] = self.meanings(name)
            if known[name]:
                self._value(line[len(name) :], known[name])

    def meanings(self, raw: bytes) -> list[Spelling | Alias]:
        """Return what a metric of this name may be."""
        name = raw.decode("utf-8", "replace")
        self.has_metrics |= bool(name)
        if name in self._names:
            return [Spelling(FACTS[self._names[name]])]
        if name in ALIASES:
            return [ALIASES[name]] if ALIASES[name].fact in self._wanted else []
        is_gauge = self._types.get(raw) == b"gauge"
        return [
            each
            for each in self._spellings.get(words(name), ())
            if not (each.is_bare and each.fact.kind == "counter" and is_gauge)
        ]

    def _value(self, rest: bytes, meanings: list[Spelling | Alias]) -> None:
        text = rest.decode("utf-8", "replace")
        inside, closed, after = text.partition("{")[2].rpartition("}")
        fields = (after if closed else text).split()
        pairs = ((words(key), _ESCAPED.sub(r"\1", value)) for key, value in _LABEL.findall(inside))
        labels = {key: value for key, value in pairs if value}  # an empty one is none
        if not fields or "quantile" in labels:
            return
        try:
            value = float(fields[0])
        except ValueError:
            return
        for meaning in meanings:
            self._add(meaning, labels, value)

    def _add(self, meaning: Spelling | Alias, labels: Labels, value: float) -> None:
        if isinstance(meaning, Alias):
            fact = FACTS[meaning.fact]
            if all(labels.get(key) == wanted for key, wanted in meaning.where.items()):
                own = tuple(labels.get(words(meaning.renamed.get(n, n))) for n in fact.labels)
                self.told.add(fact, own, value / fact.scale)
        elif meaning.fits(labels):
            own = tuple(labels.get(words(name)) for name in meaning.fact.labels)
            self.told.add(meaning.fact, own, value)
