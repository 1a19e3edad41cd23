"""Names as a client could choose them, and reports that hold them."""

from dataclasses import replace

from kdiag.finding import (
    About,
    Action,
    CheckResult,
    Finding,
    Reported,
    Verdict,
    Waiver,
    fingerprint,
    group,
)
from tests.render.reports import broken

NAMES = [
    "a|b|c",
    "'quoted' \"twice\"",
    "``` `code` ```",
    "first\nsecond\r\nthird\rfourth",
    "]]> <![CDATA[",
    "<script>alert(1)</script>",
    "</td><img src=x onerror=alert(1)>",
    "::error title=x::owned",
    "\n::error::owned\n##[error]owned",
    "%0A::error::owned%25",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\uff1d1",
    "[link](http://evil.example) ![i](http://evil.example/i.png)",
    "http://evil.example www.evil.example <http://evil.example>",
    "@octocat #1 !2 owner/repo#3 ~label $x^2$",
    "# heading",
    "- item",
    "1. item",
    "--- | ---",
    "***bold*** __u__ ~~gone~~",
    "&lt;b&gt; &#64;octocat",
    "\\",
    "emoji \U0001f680 订单 \U00020000",
    "\x00\x1b[2J\x07\x7f\x9b\u202e\u2028\ufeff\ufffe\udc80",
    "a,b;c:d=e/../..",
    "..",
    "x" * 5000,
]
"""Each is the name of a group."""


def item(name, severity="critical", check="lag-growing", **more):
    subject = group(name)
    finding = Finding(
        severity,
        subject,
        f"Group {name} is behind.",
        f"Readers of {name} get old records.",
        cause=f"{name} is slow.",
        evidence={"name": name},
        actions=(Action(f"Look at {name}.", f"kafka-consumer-groups.sh --group {name}"),),
    )
    return Reported(check, finding, fingerprint(check, "c", subject), **more)


def report(name):
    """A report in which everything that a cluster can say is the name."""
    waived = replace(item(name, check="stuck-consumer"), waiver=Waiver(name, name, "2026-12-01"))
    merged_ = item(name, check="hot-partition")
    objects = tuple(
        {
            "subject": group(name, name, number).as_dict(),
            "fingerprint": f"{number}",
            "symptom": name,
            "evidence": {},
            "actions": (),
        }
        for number in range(2)
    )
    return broken(
        cluster={"id": name, "name": name, "mode": "kraft", "version": "4.4", "brokers": []},
        errors=((name, name),),
        verdict=Verdict("critical", f"Group {name} is behind."),
        findings=(item(name), replace(merged_, objects=objects), waived),
        results=(
            CheckResult("lag-growing", "problem", about=About("lag")),
            CheckResult("stuck-consumer", "problem", unseen=(name,), about=About("lag")),
            CheckResult("a", "unknown", reason=name, needs=name, about=About("lag")),
        ),
    )


def many(count):
    """A report with so many causes."""
    findings = tuple(item(f"app-{number}", "warning") for number in range(count))
    return broken(findings=findings, results=(CheckResult("lag-growing", "problem"),))
