"""A request before its version is chosen: what is asked, of whichever broker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kdiag.wire.allowlist import Api
from kdiag.wire.request import Request, make_request
from kdiag.wire.versions import choose

Fields = Mapping[str, object] | Callable[[int], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of request with its fields, or a function from the chosen version to them.

    newest: the highest version that the caller can use. droppable: fields that a version may lack.
    seconds: from sending it on.
    """

    api: Api
    fields: Fields | None
    newest: int | None
    droppable: frozenset[str]
    seconds: float

    def request(self, ranges: Mapping[int, tuple[int, int]]) -> Request:
        """Return the request for a broker that speaks these versions. Raises Unsupported."""
        version = choose(self.api, ranges, self.newest)
        plain = self.fields(version) if callable(self.fields) else self.fields or {}
        return make_request(self.api, version, plain, self.droppable)
