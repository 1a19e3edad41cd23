"""The plain manifests, made out of the chart: `make manifests` writes them anew."""

import re
from collections.abc import Mapping

import yaml

from tests.deploy import tools
from tests.deploy.rendering import CHART, ROOT, run

HOME = ROOT / "deploy/kubernetes"
NAMESPACE = RELEASE = "kdiag"

_HEAD = "# Made by: make manifests\n"
_OF_HELM = re.compile(
    r"^ +(app\.kubernetes\.io/managed-by|helm\.sh/chart): .*\n"
    r"|^ +annotations:\n +checksum/config: .*\n",
    re.MULTILINE,
)
"""What only helm needs, and what only helm keeps true."""


def manifests(helm: str) -> Mapping[str, str]:
    """Return name of a file → its text."""
    values = yaml.safe_load((HOME / "values.yaml").read_text())
    place = ("--namespace", NAMESPACE, "--kube-version", "1.37")
    done = run(helm, "template", RELEASE, str(CHART), *place, values=values)
    assert done.returncode == 0, done.stderr
    parts = re.split(r"^---\n# Source: kdiag/templates/(\S+)\n", done.stdout, flags=re.MULTILINE)
    return {
        name: _HEAD + _OF_HELM.sub("", text).strip("\n") + "\n"
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def main() -> None:
    """Write them."""
    helm = tools.helm()
    assert helm is not None, "needs helm, which cannot be built here"
    for name, text in manifests(str(helm)).items():
        (HOME / name).write_text(text)


if __name__ == "__main__":
    main()
