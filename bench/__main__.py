"""Runs the measurements that are named, or all: `python -m bench [help cold big …]`."""

import importlib
import sys

SUITES = (
    "help",
    "cold",
    "big",
    "files",
    "history",
    "analysis",
    "checks",
    "jmx",
    "beside",
    "exporter",
    "sizing",
    "audit",
)


def main() -> None:
    """Run the suites in order; an unknown name ends with the list of names."""
    names = sys.argv[1:] or list(SUITES)
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        sys.exit(f"no measurement {unknown[0]}; there are {', '.join(SUITES)}")
    for name in names:
        print(f"\n## {name}\n")
        importlib.import_module(f"bench.{name}_suite").run()


if __name__ == "__main__":
    main()
