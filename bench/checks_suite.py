"""All checks on a cluster of 100,000 partitions and 5,000 groups, and whether they are linear."""

from bench.timing import best

_SMALL, _LARGE, _GROUPS = 100_000, 1_000_000, 5_000


def run() -> None:
    """Judge both sizes; the baseline is a plain walk over the same rows, in the same run."""
    ratios = {}
    for partitions, times in ((_SMALL, 3), (_LARGE, 1)):
        run_ = best(["-m", "bench.whole", str(partitions), str(_GROUPS)], times=times)
        seconds, plain, before, peak, found, unknown, slow = run_.output.split()
        ratios[partitions] = float(seconds) / float(plain)
        print(
            f"{partitions:,} partitions, {_GROUPS:,} groups: {float(seconds):.2f} s of CPU, "
            f"{ratios[partitions]:.2f} x a plain walk over the rows; peak "
            f"{int(peak) / 2**20:.0f} MiB, {int(before) / 2**20:.0f} before the checks\n"
            f"  found {found}\n  unknown {unknown}\n  slowest {slow}"
        )
    print(
        f"limits: 3 s and 1024 MiB for {_SMALL:,}; the ratio to the walk must not grow with the "
        f"size: {ratios[_LARGE]:.2f} after {ratios[_SMALL]:.2f}"
    )
