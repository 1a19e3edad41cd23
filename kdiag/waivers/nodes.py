"""Nodes of YAML, taken for what they should be; what they are not is said with file and line."""

from collections.abc import Collection
from difflib import get_close_matches

import yaml

from kdiag.errors import UsageError


def root_of(text: str, name: str) -> yaml.Node | None:
    """Return the node of the document. Raises UsageError where it is not one of YAML."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{name}:{line}: is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{name}: is not YAML: {' '.join(str(error).split())}") from None


class Nodes:
    """Reads the nodes of one file. name: what errors call it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """Return the nodes of a list."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if isinstance(node, yaml.ScalarNode) and not node.value:
            return []
        raise self.wrong(node, "waivers must be a list")

    def mapping(self, node: yaml.Node, what: str, allowed: Collection[str]) -> dict[str, yaml.Node]:
        """Return the nodes of a mapping by key, each of them allowed and there only once."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(
                node, f"{what} must be keys with values; allowed are {', '.join(allowed)}"
            )
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.text(key, "a key")
            if name not in allowed:
                near = get_close_matches(name, list(allowed), n=1, cutoff=0.6)
                hint = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(allowed)}"
                raise self.wrong(key, f"{what} has no {name}; {hint}")
            if name in found:
                raise self.wrong(key, f"{what} has {name} twice")
            found[name] = value
        return found

    def text(self, node: yaml.Node, what: str) -> str:
        """Return a text as it is written, which must not be empty."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, f"{what} must be a text")
        text = str(node.value).strip()
        if not text:
            raise self.wrong(node, f"{what} is empty")
        return text

    def wrong(self, node: yaml.Node, what: str) -> UsageError:
        """Return the error for a node."""
        return UsageError(f"{self._name}:{node.start_mark.line + 1}: {what}")
