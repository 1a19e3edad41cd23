"""The triage over the commits of a long history: seconds, memory, and whether it is linear."""

from bench.timing import best

_COMMITS = 1_000_000


def run() -> None:
    """Judge 100,000 pairs of group and partition with one and with six million commits."""
    seconds = {}
    for commits in (_COMMITS, 6 * _COMMITS):
        run_ = best(["-m", "bench.judging", str(commits)], times=3)
        took, above, words = run_.output.split()
        seconds[commits] = float(took)
        print(
            f"{commits:,} commits: {float(took):.2f} s, {int(above) / 2**20:.0f} MiB above the "
            f"input, verdicts {words}"
        )
    ratio = seconds[6 * _COMMITS] / seconds[_COMMITS]
    print(f"limits: 2 s and 300 MiB for a million; six times as many took {ratio:.1f} x")
