"""Whether a value out of JSON is what a type says."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

_INT64 = range(-(1 << 63), 1 << 63)
"""What columns of whole numbers hold; JSON has larger ones."""


def fits(value: Any, hint: Any) -> bool:
    """Tell whether a value out of JSON is what a type says."""
    if isinstance(hint, type) and type(value) is hint:  # most of them
        return hint is not int or value in _INT64
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is tuple:
        return isinstance(value, list) and (
            all(fits(item, inner[0]) for item in value)
            if inner[1:] == (...,)
            else len(value) == len(inner) and all(map(fits, value, inner))
        )
    if origin is not None and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(fits(item, inner[1]) for item in value.values())
    if hint is float:
        return type(value) in (int, float)
    return type(value) is (hint or NoneType) and (hint is not int or value in _INT64)
