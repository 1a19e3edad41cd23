"""From files that were read to the report: the engine of doctor, with rules in place of checks."""

from collections.abc import Sequence
from dataclasses import replace

from kdiag.check import Check
from kdiag.diagnose import diagnose
from kdiag.engine import Tunables
from kdiag.finding import Report, Verdict
from kdiag.lint.reading import Files
from kdiag.waivers.ledger import NONE, Waivers
from kdiag.wording import count


def judge(
    files: Files, rules: Sequence[Check], tunables: Tunables, waivers: Waivers = NONE
) -> Report:
    """Return what the rules say of the files."""
    report = diagnose(files.snapshot, rules, tunables, waivers=waivers)
    verdict = report.verdict
    blind = sum(result.status == "unknown" for result in report.results)
    if verdict.status == "healthy" and blind:
        verdict = Verdict("unknown", f"No verdict: {count(blind, 'rule')} could not be evaluated.")
    elif verdict.status == "healthy":
        what = count(len(files.paths), "file")
        verdict = Verdict("healthy", f"Nothing is wrong with {what} as far as can be told.")
    return replace(report, files=files.paths, verdict=verdict)
