"""`kdiag --help`: what a person waits for who mistyped something."""

from bench.timing import best, line


def run() -> None:
    """Compare it with an empty interpreter and with one that imports click."""
    empty = best(["-c", "pass"], 10)
    line("python -c pass", empty)
    line("python -c 'import click'", best(["-c", "import click"], 10), empty)
    line("kdiag --help", best(["-m", "kdiag", "--help"], 10), empty, "must be < 0.3 s")
