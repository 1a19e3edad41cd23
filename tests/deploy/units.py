"""systemd units, as their sections."""

from pathlib import Path

HOME = Path(__file__).resolve().parents[2] / "deploy/systemd"


def section(unit: str, name: str) -> dict[str, list[str]]:
    """Return the values of a section: key → each that is given, in order."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in (HOME / unit).read_text().splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif line and not line.startswith("#") and current == name:
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def command(unit: str) -> list[str]:
    """Return what a service runs."""
    [line] = section(unit, "Service")["ExecStart"]
    return line.split()
