"""Secrets out of files and commands: one line each; what is wrong is said without the secret."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from kdiag.bounded import read_text
from kdiag.errors import UsageError

COMMAND_SECONDS = 30


def of_file(where: str, file: Path) -> str:
    """Return the one line in a file.

    where: setting that names the file, for errors. Raises UsageError if it cannot be read, is empty
    or has more lines.
    """
    try:
        text = read_text(file)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{where}: {file} cannot be read: {why}") from None
    return one_line(where, text)


def of_command(where: str, words: Sequence[str]) -> str:
    """Return the one line that a command prints; no shell reads it, its stderr is not shown.

    Raises UsageError if it cannot be run, fails, takes longer than COMMAND_SECONDS, or prints
    anything but one line.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command
            list(words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except OSError as error:
        raise UsageError(f"{where}: {words[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"{where}: {words[0]} did not end within {COMMAND_SECONDS} s") from None
    return printed(where, words[0], done.returncode, done.stdout)


def printed(where: str, command: str, returncode: int, stdout: bytes) -> str:
    """Return the line that a command has printed. Raises UsageError if it failed, or is none."""
    if returncode:
        raise UsageError(f"{where}: {command} ended with {returncode}")
    try:
        return one_line(where, stdout.decode())
    except UnicodeDecodeError:
        raise UsageError(f"{where}: {command} prints what is not UTF-8") from None


def one_line(where: str, text: str) -> str:
    """Return a text without the line break at its end. Raises UsageError if it is not one line."""
    line = text.rstrip("\r\n")
    if not line:
        raise UsageError(f"{where} gives an empty value")
    if any(character in line for character in "\r\n\0"):
        raise UsageError(f"{where} gives more than one line")
    return line
