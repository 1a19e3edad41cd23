"""Values of settings: numbers and Kafka's own words stay, all others are replaced.

What is known to hold addresses, paths, listeners, principals or a rack is taken apart, so that
equal names stay equal. What a setting holds otherwise (a class of somebody, options of a plug-in)
becomes a pseudonym as a whole: whether brokers differ in it can still be told.
"""

import re
from collections.abc import Callable

from kdiag.redaction.addresses import addresses
from kdiag.redaction.scope import Scope

_HARMLESS = re.compile(
    r"-?\d+(\.\d+)?([eE]-?\d+)?|true|false|[\d:,*]+|\d+\.\d+(-IV\d+)?"
    r"|(org\.apache\.kafka|kafka\.security|java|javax|sun|com\.sun)\.[\w.$]+"
    r"|SHA-?\d+|Hmac\w+|TLSv1(\.\d)?|TLS_\w+|PBKDF2\w+|SCRAM-SHA-\d+",
)
_WORDS_TEXT = """
delete compact producer uncompressed none gzip snappy lz4 zstd CreateTime LogAppendTime required
requested PLAINTEXT SSL SASL_PLAINTEXT SASL_SSL GSSAPI PLAIN OAUTHBEARER JKS PKCS12 PEM https
broker controller classic consumer share streams uniform range BIDIRECTIONAL UPGRADE DOWNGRADE
DISABLED earliest latest read_committed read_uncommitted INFO DEBUG WARN ERROR TRACE PKIX SunX509
DEFAULT kafka HTTP log disabled enabled
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_KAFKAS_TEXT = """
add advertised alter allow authorizer auto background broker client compression connection
connections control controlled controller create default delegation delete early errors eligible
fetch file flush follower group host index initial inter internal kafka kerberos leader listener
listeners local log max message metadata metric metrics min node num offset offsets password port
preallocate principal process producer quota queued remote replica replication request reserved
retention sasl security segment share socket ssl streams super telemetry timeout transaction
transactional unclean unstable zookeeper
"""
_KAFKAS = frozenset(_KAFKAS_TEXT.split())
"""First words of the keys of Kafka's own settings."""

_LISTENER_KEY = re.compile(r"(?P<before>listener\.name\.)(?P<name>[^.]+)(?P<behind>\..*)")
_ADDRESSES = re.compile(r"(^|\.)(listeners|zookeeper\.connect|bootstrap\.servers|quorum\.voters)$")
_LISTENERS = re.compile(r"listener\.names?$|^early\.start\.listeners$")
_PATHS = re.compile(r"\.(dir|dirs|path|location)$")
_HOSTS = re.compile(r"(^|\.)host\.?name$")


def setting_key(key: str, scope: Scope) -> str:
    """Replace a key that is not Kafka's, and the name of a listener in one that is."""
    if found := _LISTENER_KEY.fullmatch(key):
        listener = scope.rename("listener", found["name"].upper()).lower()
        return f"{found['before']}{listener}{found['behind']}"
    is_kafkas = key.partition(".")[0] in _KAFKAS
    return key if is_kafkas else scope.rename("setting", key)


def setting_value(key: str, value: str, source: str | None, scope: Scope) -> str:
    """Replace the value of a setting; one that is Kafka's built-in default names nobody."""
    if source == "default" or is_harmless(value):
        return value
    for pattern, replaced in _FAMILIES:
        if pattern.search(key):
            return replaced(value, scope)
    return scope.rename("value", value)


def is_harmless(value: str) -> bool:
    """Tell whether a value is made of numbers and of Kafka's own words."""
    parts = (part.strip() for part in value.split(","))
    return all(not part or part in _WORDS or _HARMLESS.fullmatch(part) for part in parts)


def _each(category: str, separator: str) -> Callable[[str, Scope], str]:
    """Return what replaces the names of a list."""

    def replaced(value: str, scope: Scope) -> str:
        return separator.join(scope.rename(category, part) for part in value.split(separator))

    return replaced


def _map_of_listeners(value: str, scope: Scope) -> str:
    pairs = (pair.partition(":") for pair in value.split(","))
    return ",".join(f"{scope.rename('listener', name)}:{what}" for name, _, what in pairs)


def _principals(value: str, scope: Scope) -> str:
    return ";".join(_principal(part, scope) for part in value.split(";"))


def _principal(text: str, scope: Scope) -> str:
    type_, colon, name = text.partition(":")
    return f"{type_}:{scope.rename('principal', name)}" if colon else _whole(text, scope)


def _whole(value: str, scope: Scope) -> str:
    return scope.rename("principal", value)


_FAMILIES: tuple[tuple[re.Pattern[str], Callable[[str, Scope], str]], ...] = (
    (_LISTENERS, _each("listener", ",")),
    (_ADDRESSES, addresses),
    (re.compile(r"^listener\.security\.protocol\.map$"), _map_of_listeners),
    (_PATHS, _each("path", ",")),
    (re.compile(r"^broker\.rack$"), _each("rack", ",")),
    (_HOSTS, addresses),
    (re.compile(r"^super\.users$"), _principals),
)
"""Key → how its value is taken apart; the first that fits."""
