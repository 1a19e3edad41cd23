"""Pairs of versions of which no rule tells whether the level of their subject is kept."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kdiag.schemas.compatibility import WORDS
from kdiag.sources.rest.schema_pairs import Pair


def unjudged(pairs: Iterable[tuple[Pair, str | None]]) -> Sequence[str]:
    """Return a sentence for each reason, of pairs and the level that counts for each.

    Only what a level promises counts; without a known level all does.
    """
    why = Counter(reason for pair, level in pairs if (reason := _reason(pair, level)))
    return [
        f"the last two versions of {number} {'subject' if number == 1 else 'subjects'} were "
        f"not compared: {what}"
        for what, number in sorted(why.items())
    ]


def _reason(pair: Pair, level: str | None) -> str:
    backward, forward = pair.unjudged
    direction = (level or "FULL").removesuffix("_TRANSITIVE")
    if direction == "NONE":  # told where neither reads the other, and of types of one name
        both = [(pair.backward, backward), (pair.forward, forward)]
        is_fine = any(not broken and not unknown for broken, unknown in both)
        first = "" if is_fine or not pair.is_same_name else backward or forward
    elif direction == "BACKWARD":
        first = backward
    else:
        first = forward if direction == "FORWARD" else backward or forward
    return f"{WORDS[pair.type]}, {first}" if first else ""
