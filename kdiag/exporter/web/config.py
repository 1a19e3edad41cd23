"""The web configuration file: TLS, client certificates, users, headers.

The same file as every exporter that is built on exporter-toolkit takes, and `promtool check
web-config` accepts. Source: exporter-toolkit, docs/web-configuration.md.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kdiag.bounded import read_text
from kdiag.errors import UsageError

_TABLES: Mapping[str, tuple[str, ...]] = {
    "tls_server_config": (
        "cert_file",
        "key_file",
        "client_auth_type",
        "client_ca_file",
        "client_allowed_sans",
        "min_version",
        "max_version",
        "cipher_suites",
        "curve_preferences",
        "prefer_server_cipher_suites",
    ),
    "http_server_config": ("http2", "headers"),
    "basic_auth_users": (),
}
"""Table → its keys; users have names of their own."""

_HEADERS = frozenset(
    {
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "X-XSS-Protection",
    }
)
_VERSIONS = {
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_VERIFY = {
    "": ssl.CERT_NONE,
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_CURVES = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1"}
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")

_LISTS = frozenset({"cipher_suites", "curve_preferences", "client_allowed_sans"})
_FLAGS = frozenset({"prefer_server_cipher_suites"})


@dataclass(frozen=True)
class WebConfig:
    """How the pages are served.

    context: None for plain HTTP. users: name → bcrypt hash; empty lets everybody in. headers: of
    every answer. allowed_sans: names of which a client certificate must have one; empty for any.
    files: what was read, to be read again when it changes.
    """

    context: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    allowed_sans: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def read_web_config(file: Path | None) -> WebConfig:
    """Return what a file says; without one, plain HTTP for everybody.

    Paths in it are relative to the file. Raises UsageError for a file that cannot be read, a key
    or value that is not known, or one that cannot be done here.
    """
    if file is None:
        return WebConfig()
    document = _document(file)
    tls = document.get("tls_server_config") or {}
    http = document.get("http_server_config") or {}
    headers = http.get("headers") or {}
    if not isinstance(headers, dict):
        raise UsageError(f"{file}: http_server_config.headers must be a table")
    if unknown := sorted(map(str, set(headers) - _HEADERS)):
        raise _wrong(file, f"header {unknown[0]} cannot be set", sorted(_HEADERS))
    return WebConfig(
        context=_context(file, tls) if tls else None,
        users=_users(file, document.get("basic_auth_users") or {}),
        headers={str(name): str(value) for name, value in headers.items()},
        allowed_sans=tuple(tls.get("client_allowed_sans") or ()),
        files=(file, *_files(file, tls)),
    )


def _document(file: Path) -> Mapping[str, Any]:
    document = _parsed(file)
    if not isinstance(document, dict):
        raise _wrong(file, "is no table", sorted(_TABLES))
    for name, table in document.items():
        if name not in _TABLES:
            raise _wrong(file, f"{name} is not known", sorted(_TABLES))
        if not isinstance(table or {}, dict):
            raise UsageError(f"{file}: {name} must be a table")
        unknown = [key for key in table or {} if _TABLES[name] and key not in _TABLES[name]]
        if unknown:
            raise _wrong(file, f"{name}.{unknown[0]} is not known", sorted(_TABLES[name]))
    for key, value in (document.get("tls_server_config") or {}).items():
        _require_kind(file, key, value)
    return document


def _require_kind(file: Path, key: str, value: Any) -> None:
    """Require a text, or a list of texts where the key takes one; what is empty is not given."""
    if key in _FLAGS or not value:
        return
    if key not in _LISTS:
        if not isinstance(value, str):
            raise UsageError(f"{file}: tls_server_config.{key} must be a text")
    elif not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{file}: tls_server_config.{key} must be a list of texts")


def _parsed(file: Path) -> Any:
    try:
        return yaml.safe_load(read_text(file)) or {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is not UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" (line {mark.line + 1})"
        raise UsageError(f"{file}: is not YAML{where}") from None


def _wrong(file: Path, what: str, allowed: list[str]) -> UsageError:
    return UsageError(f"{file}: {what}; allowed are {', '.join(allowed)}")


def _users(file: Path, users: Mapping[Any, Any]) -> Mapping[str, str]:
    for name, hashed in users.items():
        if not isinstance(hashed, str) or not _BCRYPT.fullmatch(hashed):
            raise UsageError(f"{file}: basic_auth_users.{name} must be a bcrypt hash")
    return {str(name): hashed for name, hashed in users.items()}


def _files(file: Path, tls: Mapping[str, Any]) -> list[Path]:
    names = (tls.get(key) for key in ("cert_file", "key_file", "client_ca_file"))
    return [file.parent / name for name in names if name]


def _context(file: Path, tls: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for key, default in (("min_version", "TLS12"), ("max_version", "TLS13")):
        name = tls.get(key) or default
        if name not in _VERSIONS:
            raise _wrong(file, f"tls_server_config.{key} {name} is not offered", list(_VERSIONS))
        setattr(context, key.replace("min", "minimum").replace("max", "maximum"), _VERSIONS[name])
    _load_certificate(file, tls, context)
    _ask_clients(file, tls, context)
    if suites := tls.get("cipher_suites"):
        _choose(file, "cipher_suites", context.set_ciphers, ":".join(map(_openssl_name, suites)))
    if curves := tls.get("curve_preferences"):
        if len(curves) != 1 or curves[0] not in _CURVES:
            raise _wrong(file, "tls_server_config.curve_preferences takes one", list(_CURVES))
        context.set_ecdh_curve(_CURVES[curves[0]])
    return context


def _load_certificate(file: Path, tls: Mapping[str, Any], context: ssl.SSLContext) -> None:
    for key in ("cert_file", "key_file"):
        if not tls.get(key):
            raise UsageError(f"{file}: tls_server_config.{key} is missing")
    certificate, key = (file.parent / tls[name] for name in ("cert_file", "key_file"))
    for each in (certificate, key):
        _require_readable(each)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        why = getattr(error, "reason", None) or str(error)
        raise UsageError(f"{certificate}, {key}: no certificate with its key: {why}") from None


def _no_password() -> str:
    raise ValueError("the key has a password; it must have none")


def _ask_clients(file: Path, tls: Mapping[str, Any], context: ssl.SSLContext) -> None:
    kind, authorities = tls.get("client_auth_type") or "", tls.get("client_ca_file")
    if kind not in _VERIFY:
        raise _wrong(
            file,
            f"tls_server_config.client_auth_type {kind} is not offered",
            [name for name in _VERIFY if name],
        )
    if _VERIFY[kind] is ssl.CERT_NONE:
        if authorities or tls.get("client_allowed_sans"):
            raise UsageError(
                f"{file}: tls_server_config.client_ca_file and client_allowed_sans need a "
                "client_auth_type that verifies"
            )
        return
    if not authorities:
        raise UsageError(f"{file}: tls_server_config.client_ca_file is missing for {kind}")
    _require_readable(file.parent / authorities)
    _choose(file, "client_ca_file", context.load_verify_locations, file.parent / authorities)
    context.verify_mode = _VERIFY[kind]


def _choose(file: Path, key: str, setter: Any, value: Any) -> None:
    try:
        setter(value)
    except ssl.SSLError as error:
        raise UsageError(
            f"{file}: tls_server_config.{key}: {getattr(error, 'reason', None) or error}"
        ) from None


def _require_readable(file: Path) -> None:
    try:
        file.open("rb").close()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _openssl_name(suite: str) -> str:
    """Return a cipher suite as OpenSSL names it, from its name in the registry of TLS."""
    name = suite.removeprefix("TLS_").replace("_WITH", "")
    name = re.sub(r"AES_(\d+)", r"AES\1", name).replace("POLY1305_SHA256", "POLY1305")
    return name.replace("_", "-")
