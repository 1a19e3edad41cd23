"""One login module of `sasl.jaas.config`: class, control flag, options.

    org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";

Quoting as in org.apache.kafka.common.security.JaasConfig (a java.io.StreamTokenizer).
"""

import re
from typing import NamedTuple

from kdiag.errors import UsageError

_WORD = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s=;"']+"""
_HEAD = re.compile(r"\s*([\w.$]+)\s+(?:required|requisite|sufficient|optional)\b", re.IGNORECASE)
_OPTION = re.compile(rf"\s*({_WORD})\s*=\s*({_WORD})", re.DOTALL)
_END = re.compile(r"\s*;")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "b": "\b", "a": "\a", "v": "\v"}
_FORM = 'LoginModuleClass required username="..." password="...";'


class LoginModule(NamedTuple):
    """Class name without its package, and options; option values may be secrets."""

    name: str
    options: dict[str, str]

    def __repr__(self) -> str:
        return f"LoginModule({self.name}, {sorted(self.options)})"


def parse_jaas(text: str, origin: str) -> LoginModule:
    """Return the first login module; origin (file and key) names it in errors.

    Raises: UsageError that shows the form but nothing of the value.
    """
    head = _HEAD.match(text)
    if head is None:
        raise UsageError(f"{origin}: does not read {_FORM}")
    options: dict[str, str] = {}
    position = head.end()
    while option := _OPTION.match(text, position):
        options[_plain(option[1])] = _plain(option[2])
        position = option.end()
    if _END.match(text, position) is None:
        known = ", ".join(options) or "no option"
        raise UsageError(f"{origin}: cannot be read behind {known}; the form is {_FORM}")
    return LoginModule(head[1].rpartition(".")[2], options)


def _plain(word: str) -> str:
    if word[0] not in "\"'":
        return word
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), word[1:-1], flags=re.DOTALL)
