"""10,000 partitions, 2,000 groups, 50 committed offsets each, on three brokers."""

import json
import time

from bench.seed import fill
from bench.timing import best, line
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
        doctor = ["-m", "kdiag", "doctor", "--bootstrap-server", lab.bootstrap]
        run_ = best([*doctor, "--sample-seconds", "0", "-o", "json", "--fail-on", "never"])
        line("kdiag doctor --sample-seconds 0", run_, bare)
        report = json.loads(run_.output)
        requests = report["requests"]["total"]
        print(f"bare wire {bare_seconds:.2f} s; limit {2 * bare_seconds + 0.7:.2f} s (2 x + 0.7 s)")
        print(f"requests {requests}, limit {10 * _BROKERS + 4 + 1}")
        print(f"peak memory {run_.peak_bytes / 2**20:.0f} MiB, limit 250 MiB")
