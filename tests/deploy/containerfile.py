"""A Containerfile, as its instructions."""

import json
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "deploy/container/Containerfile"


class Instruction(NamedTuple):
    word: str
    rest: str

    @property
    def argv(self) -> list[str]:
        """Return the words of an instruction in JSON form: no shell takes part."""
        return json.loads(self.rest)


def instructions(text: str = "") -> list[Instruction]:
    """Return the instructions in order, without comments, continued lines joined."""
    text = text or PATH.read_text()
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines()]


def stages() -> list[list[Instruction]]:
    """Return the instructions of each stage, the first being its FROM."""
    found: list[list[Instruction]] = []
    for each in instructions():
        if each.word == "FROM":
            found.append([])
        if found:
            found[-1].append(each)
    return found


def environment(stage: list[Instruction]) -> dict[str, str]:
    """Return the variables that ENV sets."""
    return dict(
        pair
        for each in stage
        if each.word == "ENV"
        for pair in re.findall(r"(\w+)=(\S+)", each.rest)
    )


def entrypoint() -> list[str]:
    """Return what the image runs, before its arguments."""
    return _last("ENTRYPOINT").argv


def command() -> list[str]:
    """Return the arguments that it has by itself."""
    return _last("CMD").argv


def _last(word: str) -> Instruction:
    return [each for each in stages()[-1] if each.word == word][-1]
