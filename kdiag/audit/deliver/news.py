"""Whether people are told of a report."""

from typing import Literal

from kdiag.audit.deliver.summary import standing
from kdiag.audit.written import Written

Notify = Literal["always", "change", "new-critical"]

NOTIFY: tuple[Notify, ...] = ("always", "change", "new-critical")
_MOVED = ("new", "gone", "worse", "better")


def is_news(written: Written, notify: Notify) -> bool:
    """Tell whether a report is what somebody wants to be told of.

    A report without a verdict always is, for nobody may take silence for health; so is the first
    one, for `change`, and for `new-critical` where it has anything critical. A finding that got
    worse may have become critical, and one that does not say whether it is new may be.
    """
    if notify == "always" or written.document["verdict"]["status"] == "unknown":
        return True
    critical = [one for one in standing(written.document) if one["severity"] == "critical"]
    changes = written.changes
    if not changes:
        return notify == "change" or bool(critical)
    if notify == "change":
        return any(changes.get(name) for name in _MOVED)
    is_worse = bool(changes.get("worse")) and bool(critical)
    return is_worse or any(one.get("is_new", bool(changes.get("new"))) for one in critical)
