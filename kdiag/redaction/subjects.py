"""Subjects of Schema Registry: most are a topic's name and which half of its records."""

from kdiag.analysis.subjects import topic_of
from kdiag.redaction.scope import Scope


def schema_subject(name: str, scope: Scope) -> str:
    """Replace what names a topic or a record; `-key`, `-value` and that there is a context stay."""
    context, bare, half = topic_of(name)
    before = f":.{scope.rename('value', context)}:" if context else ""
    return f"{before}{scope.rename('topic', bare)}{half}"
