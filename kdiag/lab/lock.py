"""Write a lock file from Maven's own resolution: `python -m kdiag.lab.lock 4.4.0`.

For maintainers, when a Kafka version is added. Needs `mvn`; users of the lab do not.
"""

import argparse
import hashlib
import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

ROOTS: dict[str, tuple[str, ...]] = {
    "4": (
        "org.apache.kafka:kafka_2.13:{kafka}",
        "org.apache.kafka:kafka-tools:{kafka}",
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
    ),
    "3": (
        "org.apache.kafka:kafka_2.13:{kafka}",
        "org.apache.kafka:kafka-tools:{kafka}",
        "org.slf4j:slf4j-reload4j:1.7.36",
        "ch.qos.reload4j:reload4j:1.2.25",
    ),
    "2": (  # its tools bring a logging binding
        "org.apache.kafka:kafka_2.13:{kafka}",
        "org.apache.kafka:kafka-tools:{kafka}",
    ),
}
"""What a lab needs, by major version of Kafka; a logging binding, else brokers log nothing."""


def main() -> None:
    """Resolve one Kafka version and write its lock file beside this module."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("kafka", help="Kafka version, for example 4.4.0")
    kafka = parser.parse_args().kafka
    roots = [root.format(kafka=kafka) for root in ROOTS[kafka.partition(".")[0]]]
    lock = Path(__file__).with_name(f"kafka-{kafka}.lock")
    lines = [f"# Kafka {kafka}: {', '.join(roots)}", *sorted(resolve(roots))]
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")


def resolve(roots: list[str]) -> list[str]:
    """Return a line of the lock file for each jar that Maven resolves from the roots."""
    with tempfile.TemporaryDirectory() as directory:
        pom, listing = Path(directory, "pom.xml"), Path(directory, "list")
        pom.write_text(_pom(roots), encoding="utf-8")
        command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:list"]
        options = [f"-DoutputFile={listing}", "-DoutputAbsoluteArtifactFilename=true"]
        subprocess.run([*command, "-DincludeScope=runtime", *options], check=True)  # noqa: S603
        lines = listing.read_text(encoding="utf-8").splitlines()
    return [_locked(line.split()[0]) for line in lines if ":jar:" in line]


def _locked(resolved: str) -> str:
    """Turn `group:artifact:jar[:classifier]:version:scope:path` into a line of the lock file."""
    group, artifact, _, *classifier, version, _, path = resolved.split(":")
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return f"{':'.join([group, artifact, version, *classifier])} {digest}"


def _pom(roots: list[str]) -> str:
    dependencies = "".join(
        "<dependency>"
        f"<groupId>{escape(group)}</groupId><artifactId>{escape(artifact)}</artifactId>"
        f"<version>{escape(version)}</version></dependency>"
        for group, artifact, version in (root.split(":") for root in roots)
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>kdiag</groupId>"
        "<artifactId>lab</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


if __name__ == "__main__":
    main()
