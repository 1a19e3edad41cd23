"""Words that name nobody: those of kdiag's own sources, of the system's errors and of Kafka's.

A text may hold a name that no table knows: of a deleted topic, of a machine in an error of the
system, of a principal in what a broker said. So a text keeps only words that everybody can know.
"""

import errno
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from kio.schema.errors import ErrorCode

_COMPOUND = re.compile(r"(?:--)?[A-Za-z_][\w.-]*\w|[A-Za-z]")
_JAVA = re.compile(r"(org\.apache\.kafka|java|javax)(\.[\w$]+)+")
_PARTS = ("errors.py", "wire", "sources", "collect", "schemas", "facts.py")
_SYSTEMS = """
Errno errno Connect call failed Multiple exceptions Name or service not known nodename nor servname
provided Temporary failure in name resolution No address associated with hostname SSL TLS
certificate verify unable to get local issuer self-signed self signed chain hostname mismatch is
not valid for expired wrong version number handshake alert unknown ca bad sslv3 tlsv1 EOF occurred
violation of protocol internal error unexpected eof while reading peer closed connection
authentication failed due to invalid credentials
Tolerance exceeded in error handler Exiting WorkerSinkTask due to unrecoverable exception Converting
byte to Kafka Connect data failed due to serialization error
"""


def names_nobody(text: str) -> bool:
    """Tell whether all words of a text are everybody's."""
    rest = _COMPOUND.sub("", text)
    words = _COMPOUND.findall(text)
    return not any(map(str.isalpha, rest)) and all(
        word.lower() in _everybodys() or _JAVA.fullmatch(word) for word in words
    )


@cache
def _everybodys() -> frozenset[str]:
    """Return the words, in lower case; a word with dots or dashes in it is one word."""
    words = {word for file in _sources() for word in _COMPOUND.findall(file.read_text("utf-8"))}
    words |= {word for code in errno.errorcode for word in os.strerror(code).split()}
    words |= {code.name for code in ErrorCode}
    words |= set(_SYSTEMS.split())
    return frozenset(word.lower() for word in words)


def _sources() -> Iterator[Traversable]:
    root = files("kdiag")
    waiting = [root / part for part in _PARTS]
    while waiting:
        place = waiting.pop()
        if place.is_dir():
            waiting += [each for each in place.iterdir() if each.name != "__pycache__"]
        elif place.name.endswith(".py"):
            yield place
