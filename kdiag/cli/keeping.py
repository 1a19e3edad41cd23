"""Where the files of an audit are, and which earlier ones it looks at: the flags."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from kdiag.cli.flags import bundled, flag

if TYPE_CHECKING:
    from kdiag.audit.audit import Audit
    from kdiag.audit.written import Written

F = TypeVar("F", bound=Callable[..., Any])

_ENDINGS = {
    "csv": "csv",
    "github": "github.txt",
    "junit": "junit.xml",
    "nagios": "nagios.txt",
    "sarif": "sarif",
}
"""Format of doctor → how its file ends."""

_DIRECTORY = click.Path(path_type=Path, file_okay=False)


@dataclass(frozen=True)
class Keeping:
    """Where files go. history: a directory of earlier reports; None looks at none.

    also: formats of doctor that are written beside the three files.
    """

    output_dir: Path
    also: tuple[str, ...]
    history: Path | None
    keep: int | None
    keep_days: float | None
    cluster_name: str | None

    def require_writable(self) -> None:
        """Raise UsageError where a directory cannot be written: before the cluster is read."""
        from kdiag.audit.keeping import require_writable

        require_writable(self.output_dir)
        if self.history is not None:
            require_writable(self.history)

    def earlier(self, cluster_id: str | None) -> Sequence[Mapping[str, Any]]:
        """Return the documents of earlier reports on a cluster, the oldest first."""
        from kdiag.audit.keeping import history

        if self.history is None:
            return ()
        return history(self.history, cluster_id, say=_say)

    def written(self, made: "Audit") -> "Written":
        """Write the files, report.json before anything is drawn, and keep copies of them."""
        import json

        from kdiag.audit import html, markdown
        from kdiag.audit.keeping import keep, write
        from kdiag.audit.written import Written
        from kdiag.render import renderer

        files = {"json": json.dumps(made.document, indent=1, allow_nan=False) + "\n"}
        paths = {"json": write(self.output_dir, "report.json", files["json"])}
        for kind, render in (("html", html.render), ("md", markdown.render)):
            files[kind] = render(made)
            paths[kind] = write(self.output_dir, f"report.{kind}", files[kind])
        for format_ in dict.fromkeys(self.also):
            text = renderer(format_)(made.report)
            write(self.output_dir, f"report.{_ENDINGS[format_]}", text)
        if self.history is not None:
            at = made.report.started_at
            keep(self.history, made.name, at, files, self.keep, self.keep_days)
        return Written(
            made.document, self.output_dir, paths["json"], paths["html"], paths["md"], made.changes
        )


def _say(sentence: str) -> None:
    click.echo(f"kdiag: {sentence}", err=True)


_KEEPING = (
    flag(
        "--output-dir",
        type=_DIRECTORY,
        required=True,
        metavar="DIR",
        help="Where report.json, report.html and report.md go.",
    ),
    flag(
        "--also",
        type=click.Choice(list(_ENDINGS)),
        multiple=True,
        help="Write the findings in this format there, too. May be repeated.",
    ),
    flag(
        "--history",
        type=_DIRECTORY,
        metavar="DIR",
        help="Keep a copy of each report there, with latest.html and the like, and compare with "
        "those before.",
    ),
    flag(
        "--keep",
        type=click.IntRange(min=1),
        metavar="N",
        help="Keep the newest N reports of the cluster there.  [default: all]",
    ),
    flag(
        "--keep-days",
        type=click.FloatRange(min=0, min_open=True),
        metavar="DAYS",
        help="Keep reports that are no older.  [default: all]",
    ),
    flag(
        "--cluster-name",
        metavar="NAME",
        help="What people call the cluster; without it, its id.",
    ),
)


def keeping(function: F) -> F:
    """Add the flags of files; the command gets them as `keeping`."""
    return cast(F, bundled(function, "keeping", Keeping, _KEEPING))
