"""The errors that a person may see: one sentence each, never a traceback.

KdiagError                 the message is for the operator
├─ UsageError              a flag, file or value is wrong: what, where, what is allowed   exit 2
├─ ConnectError            no broker could be reached or would let us in; names the hop   exit 3
├─ RequestError            one request failed; costs its part of the answer
│  ├─ TimedOut             no answer within the deadline
│  ├─ Unreachable          one broker cannot be reached, or closed the connection
│  ├─ Denied               the principal lacks a grant; names it
│  └─ Unsupported          the broker does not speak this request or version
├─ DeliveryError           a report was saved, and could not be sent somewhere            exit 5
├─ CheckError              a check is malformed; raised at import only
└─ LabError                the lab cannot start or do what was asked                      exit 2
"""


class KdiagError(Exception):
    """Base of all errors whose message is a sentence for the operator."""


class UsageError(KdiagError):
    """A flag, file or value is wrong."""


class ConnectError(KdiagError):
    """No broker could be reached, or none would let us in."""


class Stranger(ConnectError):
    """What answers at an address is a broker of another cluster."""


class RequestError(KdiagError):
    """One request failed; the answer loses its part."""


class TimedOut(RequestError):
    """No answer came within the deadline."""


class Unreachable(RequestError):
    """One broker cannot be reached, or closed the connection."""


class Denied(RequestError):
    """The principal lacks a grant."""

    def __init__(self, message: str, grant: str) -> None:
        super().__init__(message)
        self.grant = grant


class Unsupported(RequestError):
    """The broker does not speak this request, or not in a version that kdiag reads."""


class DeliveryError(KdiagError):
    """A report could not be sent; the message names the channel and holds no secret."""


class CheckError(KdiagError):
    """A check is malformed."""


class LabError(KdiagError):
    """The lab cannot start, or cannot do what was asked."""
