"""A container of a pod as a process here: its arguments, its variables, its files."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.deploy.containerfile import entrypoint, environment, stages
from tests.deploy.rendering import Document

Files = Mapping[str, str]


class Process(NamedTuple):
    argv: list[str]
    environ: dict[str, str]


def placed(
    pod: Document, documents: list[Document], secrets: Mapping[str, Files], home: Path
) -> Process:
    """Return the first container of a pod template, with what it mounts below a directory.

    secrets: name → key → text. The pod's labels are those of the template and its index, 1.
    """
    spec = pod["spec"]
    [container] = spec["containers"]
    volumes = {each["name"]: each for each in spec["volumes"]}
    paths = [each["mountPath"] for each in container["volumeMounts"]]
    pattern = re.compile("|".join(sorted(map(re.escape, paths), key=len, reverse=True)))

    def here(text: str) -> str:
        return pattern.sub(lambda found: f"{home}{found[0]}", text)

    for mount in container["volumeMounts"]:
        where = Path(f"{home}{mount['mountPath']}")
        where.mkdir(parents=True)
        for name, text in _files(volumes[mount["name"]], documents, secrets).items():
            (where / name).write_text(here(text))
    variables = {
        **environment(stages()[-1]),
        **{each["name"]: _value(each, documents) for each in container["env"]},
    }
    argv = [*entrypoint(), *(_expanded(word, variables) for word in container["args"])]
    return Process(list(map(here, argv)), {name: here(value) for name, value in variables.items()})


def _files(volume: Document, documents: list[Document], secrets: Mapping[str, Files]) -> Files:
    if "configMap" in volume:
        data = _config_map(documents, volume["configMap"]["name"])
        return {each["path"]: data[each["key"]] for each in volume["configMap"]["items"]}
    return secrets[volume["secret"]["secretName"]] if "secret" in volume else {}


def _value(variable: Document, documents: list[Document]) -> str:
    if "value" in variable:
        return str(variable["value"])
    source: dict[str, Any] = variable["valueFrom"]
    if "configMapKeyRef" in source:
        key = source["configMapKeyRef"]
        return str(_config_map(documents, key["name"])[key["key"]])
    assert source["fieldRef"]["fieldPath"] == "metadata.labels['apps.kubernetes.io/pod-index']"
    return "1"


def _config_map(documents: list[Document], name: str) -> Files:
    [found] = [
        each["data"]
        for each in documents
        if each["kind"] == "ConfigMap" and each["metadata"]["name"] == name
    ]
    return found


def _expanded(word: str, variables: Mapping[str, str]) -> str:
    """Return a word of a command as Kubernetes expands it: $(NAME)."""
    return re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], word)
