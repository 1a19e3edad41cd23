"""200,000 commits in `__consumer_offsets`, read by a consumer and by kdiag."""

from bench.seed import fill_history
from bench.timing import Run, best, line
from kdiag.lab import Lab


def run() -> None:
    """Compare records a second; kdiag's include decoding."""
    with Lab(brokers=1, fast_clocks=False) as lab:
        fill_history(lab)
        ways = ("poll", "consume", "kdiag")
        polled, consumed, kdiag = (
            best(["-m", "bench.past", way, lab.bootstrap], times=3) for way in ways
        )
    line("confluent-kafka, poll(), no decoding", polled)
    line("confluent-kafka, consume(500), no decoding", consumed, polled)
    line("kdiag, with decoding", kdiag, polled)
    own = _rate(kdiag)
    print(
        f"records a second: {_rate(polled):,.0f} polled, {_rate(consumed):,.0f} consumed, "
        f"{own:,.0f} read by kdiag: {own / _rate(polled):.1f} x what polls, at least 5 x; "
        f"{own / _rate(consumed):.1f} x what consumes"
    )


def _rate(run: Run) -> float:
    """Return records a second, of a second reading in the same process."""
    records, seconds = run.output.split()
    return int(records) / float(seconds)
