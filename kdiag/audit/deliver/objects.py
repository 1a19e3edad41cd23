"""An object store: what fsspec reaches, as s3://, gs://, abfs://, sftp:// or file://.

Credentials are found as the package of each store finds them (environment, profile, role), or
given as options.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kdiag.audit.names import KINDS, outdated
from kdiag.audit.written import Written
from kdiag.errors import DeliveryError, UsageError
from kdiag.wire.secret import Secret

_LONGEST = 200


@dataclass(frozen=True)
class Objects:
    """A folder of an object store.

    options, secrets: what its package takes, by name. keep_count, keep_days: which reports of the
    cluster stay there, None for all.
    """

    url: str
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    keep_count: int | None = None
    keep_days: float | None = None
    timeout_seconds: float = 300.0


def require_package(url: str) -> None:
    """Raise UsageError where a URL has no scheme that is known, or the package of it is missing."""
    import fsspec

    scheme, found, _ = url.partition("://")
    if not found:
        raise UsageError(f"{url}: expected SCHEME://FOLDER, as s3://bucket/kdiag")
    try:
        fsspec.get_filesystem_class(scheme)
    except ImportError as error:
        raise UsageError(f"{url}: needs a package that is missing: {_line(error)}") from None
    except ValueError:
        raise UsageError(f"{url}: fsspec knows no {scheme}://") from None


def send(settings: Objects, written: Written) -> None:
    """Store the files under their names and as `latest.*`; remove what is not kept any more.

    Raises DeliveryError.
    """
    try:
        _store(settings, written)
    except Exception as error:  # noqa: BLE001 - packages raise what they like; said in one line
        raise DeliveryError(
            f"Objects at {settings.url} cannot be stored: {_safe(settings, error)}"
        ) from None


def preview(settings: Objects, written: Written) -> str:
    """Return the names of the objects that would be stored."""
    folder = settings.url.rstrip("/")
    return "\n".join(f"{folder}/{name}" for _, name in _names(written))


def _store(settings: Objects, written: Written) -> None:
    import fsspec

    secrets = {name: secret.value for name, secret in settings.secrets.items()}
    options = {**settings.options, **secrets, "skip_instance_cache": True}
    store, folder = fsspec.url_to_fs(settings.url, **options)
    folder = folder.rstrip("/")
    for path, name in _names(written):
        store.put_file(str(path), f"{folder}/{name}")
    if settings.keep_count is None and settings.keep_days is None:
        return
    there = [str(name).rpartition("/")[2] for name in store.ls(folder, detail=False)]
    for old in outdated(
        there, written.cluster, written.at, settings.keep_count, settings.keep_days
    ):
        store.rm_file(f"{folder}/{old}")


def _names(written: Written) -> Sequence[tuple[Path, str]]:
    """Return file and name of each object; the latest come last, when all others are there."""
    files = dict(zip(KINDS, (written.json, written.html, written.markdown), strict=True))
    return [
        *((path, written.name(kind)) for kind, path in files.items()),
        *((path, f"latest.{kind}") for kind, path in files.items()),
    ]


def _safe(settings: Objects, error: Exception) -> str:
    """Return what a package says, without the secrets that it was given."""
    said = _line(error)
    for secret in settings.secrets.values():
        said = said.replace(secret.value, "***")
    return said


def _line(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:_LONGEST]
