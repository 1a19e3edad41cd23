"""What differs between two reports on one cluster: causes that are new, worse, better or gone."""

from collections.abc import Iterator

from kdiag.finding import SEVERITIES, Report, Reported


def changes(before: Report, after: Report) -> list[str]:
    """Return a line for each cause that came, went, or changed its severity."""
    was, is_ = _causes(before), _causes(after)
    return [*_came(was, is_), *_went(was, is_), *_moved(was, is_)]


def _causes(report: Report) -> dict[str, Reported]:
    return {
        item.fingerprint: item for item in report.findings if item.is_root and item.waiver is None
    }


def _came(was: dict[str, Reported], is_: dict[str, Reported]) -> Iterator[str]:
    for print_, item in is_.items():
        if print_ not in was:
            yield f"new    {item.finding.severity:8}  {_name(item)}"


def _went(was: dict[str, Reported], is_: dict[str, Reported]) -> Iterator[str]:
    for print_, item in was.items():
        if print_ not in is_:
            yield f"gone   {item.finding.severity:8}  {_name(item)}"


def _moved(was: dict[str, Reported], is_: dict[str, Reported]) -> Iterator[str]:
    for print_, item in is_.items():
        if print_ in was and was[print_].finding.severity != item.finding.severity:
            before = SEVERITIES.index(was[print_].finding.severity)
            now = SEVERITIES.index(item.finding.severity)
            word = "worse" if now < before else "better"
            yield f"{word:6} {item.finding.severity:8}  {_name(item)}"


def _name(item: Reported) -> str:
    return f"{item.check}  {item.finding.subject}"
