"""10,000 partitions, 2,000 groups, 50 committed offsets each, on three brokers."""

import json
import time

from bench.seed import fill
from bench.timing import Run, best, line
from kdiag.lab import Lab

_BROKERS = 3


def run() -> None:
    """Compare doctor with the same requests sent bare."""
    properties = {"log.index.size.max.bytes": "4096", "log.segment.bytes": "1048576"}
    with Lab(brokers=_BROKERS, fast_clocks=False, properties=properties) as lab:
        started = time.perf_counter()
        fill(lab)
        print(f"seeded in {time.perf_counter() - started:.0f} s")
        bare = best(["-m", "bench.bare", lab.bootstrap])
        bare_seconds = float(bare.output)
        line("the same requests, bare (whole process)", bare)
        print(f"bare wire {bare_seconds:.2f} s")
        _doctor(
            lab, bare, ["--history-seconds", "0"], f"{2 * bare_seconds + 0.7:.2f} s (2 x + 0.7)"
        )
        _doctor(lab, bare, [], "history within its 5 s and 64 MiB")


def _doctor(lab: Lab, bare: Run, flags: list[str], limit: str) -> None:
    """Print what one sample takes; bare: the requests of a sample without the past."""
    doctor = ["-m", "kdiag", "doctor", "--bootstrap-server", lab.bootstrap, *flags]
    run_ = best([*doctor, "--sample-seconds", "0", "-o", "json", "--fail-on", "never"])
    report = json.loads(run_.output)
    by_api = report["requests"]["by_api"]
    line(" ".join(["kdiag doctor --sample-seconds 0", *flags]), run_, bare, limit)
    print(
        f"requests {report['requests']['total']}, of these ListOffsets {by_api['ListOffsets']}, "
        f"Fetch {by_api.get('Fetch', 0)}; at most {10 * _BROKERS + 6} besides {26 * _BROKERS} "
        f"ListOffsets of the past; peak memory {run_.peak_bytes / 2**20:.0f} MiB, limit 250 MiB"
    )
