"""A properties file as settings: of a client, a broker, a worker, or a standalone connector."""

from kdiag.lint.connectors import DEBEZIUM_POSTGRES, class_of, is_sink
from kdiag.lint.files import KeyedFile, Kind, Library, Setting
from kdiag.lint.kinds import STREAMS_TABLES, kind_of_settings, library_of, roles_of
from kdiag.wire.properties import entries

_ROLES = ("producer", "consumer", "streams", "admin")


def of_properties(
    text: str, path: str, kind: str | None, library: Library | None
) -> KeyedFile | None:
    """Return the settings of a text; None where it has none.

    kind: a word of `kinds.KINDS`, or None to tell it from the keys. Raises UsageError.
    """
    settings = tuple(
        Setting(entry.key, entry.value, (entry.line, entry.column)) for entry in entries(text, path)
    )
    if not settings:
        return None
    names = [setting.key for setting in settings]
    is_role = kind in _ROLES
    told: Kind = "client" if is_role else kind or kind_of_settings(names)  # type: ignore[assignment]
    if told == "client":
        used = library or library_of(names)
        roles = _roles(str(kind)) if is_role else roles_of(names)
        tables = ("librdkafka",) if used == "librdkafka" else roles
        return KeyedFile(path=path, kind="client", settings=settings, tables=tables, library=used)
    made = KeyedFile(path=path, kind=told, settings=settings, tables=(told,))
    if told == "connector":
        return connector(path, settings, made.value("name") or "", made.place)
    return made


def _roles(kind: str) -> tuple[str, ...]:
    return STREAMS_TABLES if kind == "streams" else (kind,)


def connector(
    path: str, settings: tuple[Setting, ...], name: str, place: tuple[int, int]
) -> KeyedFile:
    """Return a connector with the tables of its kind and class."""
    bare = KeyedFile(path=path, kind="connector", settings=settings, name=name, place=place)
    sink = is_sink(bare)
    tables = ("source", "sink") if sink is None else ("sink",) if sink else ("source",)
    if class_of(bare) == DEBEZIUM_POSTGRES:
        tables = (*tables, "debezium-postgres")
    return KeyedFile(
        path=path, kind="connector", settings=settings, tables=tables, name=name, place=place
    )
