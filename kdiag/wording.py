"""Numbers and lists as people read them: the same words in every finding and on every screen."""

from collections.abc import Iterable

_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_SPANS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


_SOURCES = {
    "topic": "set on the topic",
    "broker": "a dynamic setting of the broker",
    "cluster-default": "the cluster-wide dynamic default",
    "static": "set in the brokers' server.properties",
    "default": "Kafka's built-in default",
}

BEFORE_KAFKA_SECONDS = 15 * 365 * 86400
"""Age of what is stamped before the first release of Kafka; a stamp like that is no age."""


def set_where(source: str | None) -> str:
    """Return where a config value comes from, to follow "is": `set on the topic`."""
    return _SOURCES.get(source or "", "of a source that the broker does not tell")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return the number with its noun: `1 partition`, `1,200 partitions`."""
    word = noun if number == 1 else plural or f"{noun}s"
    return f"{number:,} {word}"


def listed(items: Iterable[object], most: int = 3) -> str:
    """Return the first items, and how many more there are: `a, b, c and 4 more`."""
    words = [str(item) for item in items]
    head = ", ".join(words[:most])
    return f"{head} and {len(words) - most:,} more" if len(words) > most else head


def size(bytes_: float) -> str:
    """Return a number of bytes in the binary unit that fits: `1.5 GiB`."""
    value = float(bytes_)
    for unit in _BYTE_UNITS:
        if abs(value) < 1024 or unit == _BYTE_UNITS[-1]:
            break
        value /= 1024
    return f"{value:.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"


def span(seconds: float) -> str:
    """Return a duration in its two largest units: `2 h 40 min`, `45 s`."""
    left = round(seconds)
    for large, large_name, small, small_name in _SPANS:
        if left >= large:
            rest = left % large // small
            return f"{left // large} {large_name}" + (f" {rest} {small_name}" if rest else "")
    return f"{left} s" if seconds >= 1 or seconds == 0 else f"{seconds:.1f} s"


def aged(least_seconds: float, most_seconds: float | None) -> str:
    """Return an age that is known as an interval: `2 min to 2 min 10 s old`, `over 30 s old`."""
    if least_seconds >= BEFORE_KAFKA_SECONDS:
        return "of unknown age (by its stamp, older than Kafka)"
    least = None if least_seconds != least_seconds else span(least_seconds)
    if most_seconds is None or most_seconds != most_seconds:
        return "of unknown age" if least is None else f"over {least} old"
    most = span(most_seconds)
    if least is None:
        return f"at most {most} old"
    return f"{least} old" if most == least else f"{least} to {most} old"
