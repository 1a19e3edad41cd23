"""What the name of a subject says, after Confluent's TopicNameStrategy (the default)."""

import re

_SUBJECT = re.compile(r"(?::\.(?P<context>[^:]*):)?(?P<bare>.*?)(?P<half>-key|-value|)", re.DOTALL)


def topic_of(subject: str) -> tuple[str, str, str]:
    """Return context, name and half (`-key`, `-value`) of `:.CONTEXT:NAME-value`.

    Context and half are empty where there is none. The name is a topic's only with a half: other
    strategies write a record's name, which has no hyphen, at the end.
    """
    found = _SUBJECT.fullmatch(subject)
    return (found["context"] or "", found["bare"], found["half"]) if found else ("", subject, "")
