"""Bytes and documents that were right once: changed here and there, cut, or made longer."""

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("KDIAG_FUZZ_EXAMPLES", "40"))
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""So many examples for each test; `make fuzz` takes more."""

_NUMBERS = (b"\xff", b"\x00", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xff\xff\xff\xff\x0f")


@st.composite
def mutated(draw: Any, data: bytes) -> bytes:
    """Return the bytes with up to five changes; large counts and lengths are among them."""
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        piece = draw(st.one_of(st.binary(max_size=6), st.sampled_from(_NUMBERS)))
        kind = draw(st.sampled_from(("put", "insert", "cut", "drop")))
        if kind == "put":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        elif kind == "drop":
            data = data[:at] + data[at + draw(st.integers(1, 8)) :]
        else:
            data = data[:at]
    return data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
"""Any small document."""


@st.composite
def replaced(draw: Any, document: Any) -> Any:
    """Return the document with one of its parts replaced by anything, or left out."""
    if isinstance(document, dict) and document and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(document)))
        if not draw(st.integers(0, 9)):
            return {name: value for name, value in document.items() if name != key}
        return document | {key: draw(replaced(document[key]))}
    if isinstance(document, list) and document and draw(st.integers(0, 3)):
        at = draw(st.integers(0, len(document) - 1))
        return [*document[:at], draw(replaced(document[at])), *document[at + 1 :]]
    return draw(JSON)
