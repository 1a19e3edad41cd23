"""The official schema of SARIF 2.1.0, out of Microsoft's package for it, kept in the cache."""

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from kdiag.lab.jars import cache_directory

_PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
_MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
_SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"


def schema():
    """Return the schema, None where this machine cannot fetch it. Another text is refused."""
    path = cache_directory().parent / "sarif-2.1.0.json"
    if not path.is_file() and not _fetched(path):
        return None
    text = path.read_bytes()
    assert hashlib.sha256(text).hexdigest() == _SHA256, f"{path} is not the schema: delete it"
    return json.loads(text)


def _fetched(path: Path) -> bool:
    npm = shutil.which("npm")
    if npm is None:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        command = [npm, "pack", "--silent", _PACKAGE]
        done = subprocess.run(command, cwd=scratch, capture_output=True, check=False)  # noqa: S603
        packed = list(Path(scratch).glob("*.tgz"))
        if done.returncode or not packed:
            return False
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(_MEMBER)
            text = member.read() if member else b""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(text)
    part.replace(path)
    return True
