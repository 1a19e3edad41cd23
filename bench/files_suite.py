"""A file of 10,000 partitions, 2,000 groups, 50 committed offsets each: its size, and its times."""

from bench.timing import best

_COMMITS = (0, 200_000)
_LIMIT = "limits: 5 MB, loaded in 1 s (pandas is imported before)"


def run() -> None:
    """Save, load and redact it, with no history and with a long one."""
    for commits in _COMMITS:
        lines = [_line(what, commits) for what in ("save", "load", "redact")]
        print(f"{commits:,} commits of the past", *lines, sep="\n")
    print(_LIMIT)


def _line(what: str, commits: int) -> str:
    """Do one of the three, and say what it took; seconds at work are those of the processor."""
    run_ = best(["-m", "bench.filed", what, str(commits)], times=3)
    seconds, worked, size = run_.output.split()
    took = f"{float(seconds):5.2f} s, {float(worked):.2f} s of them at work"
    return f"  {what:7}{took}, {run_.peak_bytes / 2**20:.0f} MiB; file {int(size) / 1e6:.2f} MB"
