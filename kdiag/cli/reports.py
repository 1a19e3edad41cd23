"""A report in a file, or the one on a snapshot in a file: which it is, its first bytes say."""

from pathlib import Path

from kdiag.cli.diagnosis import Chosen, report_of_file
from kdiag.errors import UsageError
from kdiag.finding import Report
from kdiag.recorded import read_report

_GZIP = b"\x1f\x8b"
_FORMAT = b'"format"'
_HEAD_BYTES = 100


def opened(path: Path, chosen: Chosen) -> Report:
    """Return the report in a file; a snapshot is judged first.

    Raises UsageError for a file that is neither.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if head.startswith(_GZIP) or _FORMAT in head:
        return report_of_file(chosen, path)
    return read_report(path)
