"""Load on a lab: one producer or consumer per process, so that each can be killed or frozen.

`python -m kdiag.lab.load JSON`, where JSON has `kind` (Produce or Consume), `bootstrap`, and the
fields of that class in `kdiag.lab.loads`.
"""

import json
import signal
import sys

from kdiag.lab.consuming import consume
from kdiag.lab.crashing import crash_again_and_again, die_with_parent
from kdiag.lab.loads import Consume, Produce
from kdiag.lab.producing import produce


def main() -> None:
    """Run the load that the argument describes until its time is over or SIGTERM comes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    fields = json.loads(sys.argv[1])
    kind, bootstrap = fields.pop("kind"), fields.pop("bootstrap")
    if fields.pop("is_child", False):
        die_with_parent()
    if kind == "Produce":
        produce(bootstrap, Produce(**fields))
        return
    load = Consume(**{**fields, "topics": tuple(fields["topics"])})
    if load.crash_every_seconds is not None:
        crash_again_and_again(sys.argv[1], load.crash_every_seconds, load.max_seconds)
    else:
        consume(bootstrap, load)


if __name__ == "__main__":
    main()
