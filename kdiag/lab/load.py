"""Load on a lab: each in a process of its own, so that it can be killed or frozen.

`python -m kdiag.lab.load JSON`, where JSON has `kind` (the name of a class in `kdiag.lab.loads`),
`bootstrap`, and the fields of that class.
"""

import json
import signal
import sys
from collections.abc import Callable
from typing import Any

from kdiag.lab.connecting import connect
from kdiag.lab.consuming import consume
from kdiag.lab.joining import join
from kdiag.lab.loads import Connect, Consume, Freeze, Join, Produce, Renew, Repeat, Share, Stream
from kdiag.lab.processes import Process
from kdiag.lab.producing import produce
from kdiag.lab.renewing import renew
from kdiag.lab.repeating import repeat
from kdiag.lab.sharing import share
from kdiag.lab.streaming import stream
from kdiag.lab.supervising import (
    crash_again_and_again,
    die_with_parent,
    freeze_again_and_again,
    freeze_in_turn,
)


def main() -> None:
    """Run the load that the argument describes until its time is over or SIGTERM comes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    fields = json.loads(sys.argv[1], object_hook=_with_tuples)
    kind, bootstrap = fields.pop("kind"), fields.pop("bootstrap")
    if fields.pop("is_child", False):
        die_with_parent()
    _RUNS[kind](bootstrap, fields)


def _with_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(it) if isinstance(it, list) else it for key, it in fields.items()}


def _consume(bootstrap: str, fields: dict[str, Any]) -> None:
    load = Consume(**fields)
    if load.crash_every_seconds is not None:
        crash_again_and_again(sys.argv[1], load.crash_every_seconds, load.max_seconds)
    elif load.freeze_every_seconds is not None:
        freeze_again_and_again(
            sys.argv[1], load.freeze_every_seconds, load.freeze_seconds, load.max_seconds
        )
    else:
        consume(bootstrap, load)


def _freeze(fields: dict[str, Any]) -> None:
    load = Freeze(**fields)
    freeze_in_turn([Process(*each) for each in load.processes], load)


_RUNS: dict[str, Callable[[str, dict[str, Any]], None]] = {
    "Produce": lambda bootstrap, fields: produce(bootstrap, Produce(**fields)),
    "Consume": _consume,
    "Join": lambda bootstrap, fields: join(bootstrap, Join(**fields)),
    "Share": lambda bootstrap, fields: share(bootstrap, Share(**fields)),
    "Stream": lambda bootstrap, fields: stream(bootstrap, Stream(**fields)),
    "Renew": lambda bootstrap, fields: renew(bootstrap, Renew(**fields)),
    "Connect": lambda _, fields: connect(Connect(**fields)),
    "Repeat": lambda _, fields: repeat(Repeat(**fields)),
    "Freeze": lambda _, fields: _freeze(fields),
}


if __name__ == "__main__":
    main()
