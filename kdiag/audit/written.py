"""A report that was saved: what is delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kdiag.audit.names import stem


@dataclass(frozen=True)
class Written:
    """A report that was saved: its document and its files.

    document: as in the file, with the schema of doctor's report; findings have a `novelty` where
    there was a report before. changes: since that one, how many findings by the kinds of
    kdiag.compare, and `unchanged`; empty on the first run.
    """

    document: Mapping[str, Any]
    directory: Path
    json: Path
    html: Path
    markdown: Path
    changes: Mapping[str, int]

    @property
    def cluster(self) -> str:
        """Return what people call the cluster."""
        known = self.document["cluster"]
        return " ".join(str(known.get("name") or known.get("id") or "unnamed cluster").split())

    @property
    def at(self) -> datetime:
        """Return when the cluster was read."""
        return datetime.fromisoformat(self.document["started_at"])

    def name(self, kind: str) -> str:
        """Return the name under which a file goes out, wherever it lies here: one for each report.

        kind: json, html or md.
        """
        return f"{stem(self.cluster, self.at)}.{kind}"

    @property
    def id(self) -> str:
        """Return what tells this report from any other: the cluster, and when it was read."""
        known = self.document["cluster"]
        return f"{known.get('id') or self.cluster} {self.document['started_at']}"
