"""Whether people are told of a report."""

from typing import Literal

from kdiag.audit.deliver.summary import standing
from kdiag.audit.written import Written
from kdiag.compare import ALARMING, KINDS

Notify = Literal["always", "change", "new-critical"]

NOTIFY: tuple[Notify, ...] = ("always", "change", "new-critical")


def is_news(written: Written, notify: Notify) -> bool:
    """Tell whether a report is what somebody wants to be told of.

    A report without a verdict always is, for nobody may take silence for health; so is the first
    one, for `change`, and for `new-critical` where it has anything critical. `new-critical` is
    what is critical and new, seen for the first time, back after a waiver, or worse than it was; a
    finding that does not say what it is may be, where anything is.
    """
    if notify == "always" or written.document["verdict"]["status"] == "unknown":
        return True
    changes = written.changes
    if notify == "change":
        return not changes or any(changes.get(kind) for kind in KINDS)
    is_alarming = not changes or any(changes.get(kind) for kind in ALARMING)
    unsaid = "new" if is_alarming else "known"
    critical = [one for one in standing(written.document) if one["severity"] == "critical"]
    return any(one.get("novelty", unsaid) in ALARMING for one in critical)
