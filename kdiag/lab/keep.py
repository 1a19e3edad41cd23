"""The keeper's process: clears a lab when its owner is gone, however it went.

`python -m kdiag.lab.keep DIRECTORY` waits until its standard input ends, which the kernel sees to.
"""

import sys
from pathlib import Path

from kdiag.lab.state import clear


def main() -> None:
    """Wait for the end of the owner, then clear its lab."""
    sys.stdin.buffer.read()
    clear(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
