"""What a process that runs for months tells its C library about memory."""

import ctypes
import sys

_MMAP_THRESHOLD = -3
_LARGE_BYTES = 128 << 10
"""M_MMAP_THRESHOLD, and what it is in a process that has not freed anything yet: mallopt(3)."""


def return_large_blocks() -> None:
    """Give each large block, such as a column, back to the system when it is freed.

    glibc raises the limit of what is large to that of the largest block freed so far, 32 MiB at
    most; then columns come from heaps, one a thread, that stay as large as they ever were. Where
    the C library is another one nothing is said.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
