"""200,000 commits in `__consumer_offsets`, read by a consumer and by kdiag."""

from bench.seed import fill_history
from bench.timing import Run, best, line
from kdiag.lab import Lab


def run() -> None:
    """Compare records a second; kdiag's include decoding."""
    with Lab(brokers=1, fast_clocks=False) as lab:
        fill_history(lab)
        consumer = best(["-m", "bench.past", "consumer", lab.bootstrap], times=3)
        kdiag = best(["-m", "bench.past", "kdiag", lab.bootstrap], times=3)
    base, own = _rate(consumer), _rate(kdiag)
    line("confluent-kafka consumer, no decoding", consumer)
    line("kdiag, with decoding", kdiag, consumer)
    print(f"records a second: {base:,.0f} and {own:,.0f}, {own / base:.1f} x; at least 5 x")


def _rate(run: Run) -> float:
    """Return records a second, of a second reading in the same process."""
    records, seconds = run.output.split()
    return int(records) / float(seconds)
