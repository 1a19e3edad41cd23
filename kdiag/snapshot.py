"""What is known: immutable sections, and the snapshot that holds them.

A section holds what one kind of request returns, or what a pure function derived from others. A
section that could not be read is Missing, with the reason and the grant, flag or version that
would supply it; a section read in part lists what is missing under `errors`, target by target.
Nothing that could not be read is ever 0, absent or green.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from kdiag.finding import NotApplicable

if TYPE_CHECKING:
    import pandas

NEVER = datetime.fromtimestamp(0, UTC)

S = TypeVar("S", bound="Section")


@dataclass(frozen=True)
class Missing:
    """Stands where something could not be read: why, and the grant or flag that would help."""

    reason: str
    grant: str | None = None

    def __str__(self) -> str:
        return f"{self.reason} (needs {self.grant})" if self.grant else self.reason


@dataclass(frozen=True, eq=False, kw_only=True)
class Section:
    """What was read of one kind.

    read_at: UTC. errors: target (`broker 3`, `topic orders`) → what could not be read of it.
    needs_rows: where a check reads it first and it is empty, the check does not apply.
    """

    noun: ClassVar[str] = "objects"
    needs_rows: ClassVar[bool] = True

    read_at: datetime = NEVER
    errors: Mapping[str, Missing] = field(default_factory=dict)

    def unread(self, kind: str) -> dict[str, Missing]:
        """Return what could not be read of the targets of a kind, as `endpoint URL`: URL → why."""
        start = f"{kind} "
        return {
            target.removeprefix(start): why
            for target, why in self.errors.items()
            if target.startswith(start)
        }

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Table(Section):
    """A section of rows: a pandas DataFrame with exactly the columns that `columns` names.

    `columns` maps a column to its kind: str, int (nullable Int64), float, bool, time (UTC), or
    object (tuples, in the order in which Kafka gives them). A str that is not known is None, an
    int or time that is not known is <NA>. later_columns: those that older files may lack.
    """

    columns: ClassVar[Mapping[str, str]] = {}
    later_columns: ClassVar[tuple[str, ...]] = ()

    rows: "pandas.DataFrame"

    @classmethod
    def of(cls, values: Mapping[str, Sequence[Any]] | None = None, **fields: Any) -> Self:
        """Make the table from one sequence a column; columns that are not given are empty.

        Raises ValueError for a column that the table does not have, or lengths that differ.
        """
        return cls(rows=_frame(cls.columns, values or {}), **fields)

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]], **fields: Any) -> Self:
        """Make the table from one mapping a row; a value that is not given is not known."""
        unknown = sorted({key for row in rows for key in row} - set(cls.columns))
        if unknown:
            raise ValueError(f"{cls.__name__} has no column {', '.join(unknown)}")
        values = {name: [row.get(name) for row in rows] for name in cls.columns}
        return cls.of(values, **fields)

    def only(self, column: str, value: Any) -> "pandas.DataFrame":
        """Return the rows with a value in a column; a column is gone through once for all values.

        Tables of configs and facts are long, and are asked for one key after the other.
        """
        places = self._index(column).get(value)
        return self.rows.iloc[:0] if places is None else self.rows.take(places)

    def distinct(self, column: str) -> Set[Any]:
        """Return the values of a column, each once, without those that are not known."""
        return self._index(column).keys()

    def _index(self, column: str) -> Mapping[Any, Any]:
        """Return value → where it stands."""
        if column not in self._indexes:
            self._indexes[column] = self.rows.groupby(column, sort=False).indices
        return self._indexes[column]

    def numbered(self, *columns: str) -> "tuple[Any, pandas.DataFrame]":
        """Return the number of each row's key, from 0 in their order, and the keys by number.

        For long tables that are joined by the same columns more than once.
        """
        if columns not in self._numbers:
            numbers = self.rows.groupby(list(columns), sort=False).ngroup()
            keys = self.rows.loc[~numbers.duplicated(), list(columns)].reset_index(drop=True)
            self._numbers[columns] = numbers.to_numpy("int64"), keys
        return self._numbers[columns]

    @cached_property
    def _numbers(self) -> "dict[tuple[str, ...], tuple[Any, pandas.DataFrame]]":
        return {}

    @cached_property
    def _indexes(self) -> dict[str, Mapping[Any, Any]]:
        return {}

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        """Say the kind and size only: printing a large table costs more than reading it."""
        return f"<{type(self).__name__}: {len(self)} {self.noun}>"


def _frame(columns: Mapping[str, str], values: Mapping[str, Sequence[Any]]) -> "pandas.DataFrame":
    import pandas

    unknown = sorted(set(values) - set(columns))
    if unknown:
        raise ValueError(f"no column {', '.join(unknown)}; known: {', '.join(columns)}")
    length = max((len(column) for column in values.values()), default=0)
    made = {
        name: _column(kind, values.get(name, [None] * length)) for name, kind in columns.items()
    }
    return pandas.DataFrame(made)


def _column(kind: str, values: Sequence[Any]) -> Any:
    """Return the values as a pandas Series of the kind's dtype."""
    import pandas

    match kind:
        case "int":
            return pandas.Series(pandas.array(values, dtype="Int64"))
        case "time":
            return pandas.Series(pandas.to_datetime(list(values), utc=True).as_unit("ns"))
        case "float":
            return pandas.Series(values, dtype="float64")
        case "bool":
            return pandas.Series([bool(value) for value in values], dtype="bool")
        case _:
            items = values.tolist() if isinstance(values, pandas.Series) else list(values)
            return pandas.Series(items, dtype="object")


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """What is not in a snapshot although it was read, for the sake of who may see it.

    names: kind → how many names are pseudonyms (`--redact`). settings: keys whose values are left
    out, or are pseudonyms. texts: how many texts are left out, whole or in part.
    """

    names: Mapping[str, int] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    texts: int = 0


Held = Section | Missing | NotApplicable
"""A section, or what stands in its place."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything that was read in one pass, or loaded from a file.

    taken_at: start of the pass, UTC. requests: number of requests by API name. errors: target →
    what failed as a whole (a broker that did not answer). seconds: how long the sections took to
    read, by their names. earlier: the same kinds of section, read some seconds before, where rates
    are wanted. withheld: what a file leaves out. notes: what of a file was passed over.
    """

    taken_at: datetime
    sections: Mapping[type[Section], Held]
    duration_seconds: float = 0.0
    bootstrap: str = ""
    requests: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    earlier: "Snapshot | None" = None
    withheld: Withheld = Withheld()
    notes: tuple[str, ...] = ()

    def get(self, section: type[S]) -> S | Missing | NotApplicable:
        """Return a section, or what stands in its place."""
        found = self.sections.get(section, Missing("it was not asked for"))
        if isinstance(found, section | Missing | NotApplicable):
            return found
        raise TypeError(f"{type(found).__name__} stands where {section.__name__} should")
