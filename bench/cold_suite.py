"""The first answer: `kdiag doctor` in a new process against three brokers and 20 topics."""

from bench.timing import best, line
from kdiag.lab import Lab


def run() -> None:
    """Compare doctor without a second sample with the bare imports that it needs."""
    with Lab(brokers=3, fast_clocks=True) as lab:
        for number in range(20):
            lab.create_topic(f"topic-{number:02}")
            lab.produce(f"topic-{number:02}", 10)
        imports = best(["-c", "import kio.index, kio.serial, pandas, click"])
        line("python -c 'import kio, pandas, click'", imports)
        doctor = ["-m", "kdiag", "doctor", "--bootstrap-server", lab.bootstrap]
        once = best([*doctor, "--sample-seconds", "0"])
        line("kdiag doctor --sample-seconds 0", once, imports, "must be <= 1.0 s")
