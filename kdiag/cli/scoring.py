"""How well doctor does: each fault named at its root and on its object, each look-alike silent."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kdiag.cli.around import services_of_lab
from kdiag.cli.demo import meets
from kdiag.cli.releases import Tried, rows, try_releases
from kdiag.errors import KdiagError, LabError, UsageError
from kdiag.finding import Report, Reported

if TYPE_CHECKING:
    from kdiag.lab.fault import Fault
    from kdiag.lab.score import Batch

_SECONDS = 150.0
"""For a diagnosis, and for what happens meanwhile."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Scored:
    """What doctor said of one fault or look-alike.

    error: why it could not be made or diagnosed. is_seen: each expected check spoke; is_object: on
    the object that is broken; is_root: as a root, or folded under another expected one. wrong: ids
    that must be silent on its objects, and were not; of a look-alike, all above info. seconds:
    from the first injection of its lab to the report.
    """

    name: str
    title: str
    expected: tuple[str, ...]
    error: str | None = None
    is_seen: bool = False
    is_object: bool = False
    is_root: bool = False
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Tell whether everything expected was said, and nothing else."""
        is_named = self.is_seen and self.is_object and self.is_root
        return self.error is None and not self.wrong and (is_named or not self.expected)


def score(names: Iterable[str], say: Say) -> Iterator[Scored | Tried]:
    """Make faults and look-alikes on real brokers, and try healthy clusters of other releases.

    All of them without names. Raises: UsageError for a name that the lab does not know.
    """
    from kdiag.lab import FAULTS, KNOWN, LOOKALIKES
    from kdiag.lab.releases import RELEASES
    from kdiag.lab.score import batches

    wanted = tuple(names) or (*KNOWN, *RELEASES)
    if unknown := [name for name in wanted if name not in KNOWN and name not in RELEASES]:
        raise UsageError(
            f"the lab has no fault {unknown[0]} (kdiag lab break lists them), and no release of "
            f"that name; those are {', '.join(RELEASES)}"
        )
    for kind in (FAULTS, LOOKALIKES):
        for batch in batches(kind[name] for name in wanted if name in kind):
            yield from _score_batch(batch, say)
    yield from try_releases((RELEASES[name] for name in wanted if name in RELEASES), say)


def _score_batch(batch: "Batch", say: Say) -> Iterator[Scored]:
    say(f"Starting a lab for {', '.join(fault.name for fault in batch.faults)}")
    try:
        report, failed, seconds = _try(batch, say)
    except KdiagError as error:
        for fault in batch.faults:
            yield _failed(fault, error)
        return
    for fault in batch.faults:
        if fault.name in failed:
            yield _failed(fault, failed[fault.name])
        else:
            yield judge(fault, report, seconds)


def _try(batch: "Batch", say: Say) -> tuple[Report, Mapping[str, LabError], float]:
    """Return the report on a lab with these faults, those that were not made, and the time."""
    from kdiag.collect import Limits, collect
    from kdiag.diagnose import diagnose
    from kdiag.lab import Lab
    from kdiag.lab.fault import inject_what_can_be
    from kdiag.plan import plan
    from kdiag.profiles.expect import expecting
    from kdiag.profiles.profile import NONE
    from kdiag.profiles.read import read_profile
    from kdiag.registry import load_checks
    from kdiag.sources.jmx import Access
    from kdiag.wire.settings import read_settings

    checks = load_checks().checks
    tunables = {id_: values for fault in batch.faults for id_, values in fault.tunables.items()}
    with Lab(**batch.options) as lab:
        started = time.monotonic()
        failed = inject_what_can_be(lab, batch.faults)
        settle_seconds = max(fault.settle_seconds for fault in batch.faults)
        say(f"Made in {time.monotonic() - started:.0f} s; waiting {settle_seconds:g} s")
        time.sleep(settle_seconds)
        access = Access(urls=lab.jmx_urls())
        services = services_of_lab(lab)
        limits = Limits(
            timeout_seconds=_SECONDS,
            sample_records=any(fault.is_in_records for fault in batch.faults),
        )
        snapshot = collect(
            plan(checks),
            lab.bootstrap_of(batch.connects_by),
            read_settings(lab.client_properties(batch.connects_by)),
            limits,
            on_first_sample=lambda *_: batch.meanwhile(lab),
            access=access,
            services=services,
        )
        profile = read_profile(batch.profile) if batch.profile else NONE
        report = diagnose(expecting(snapshot, profile), checks, tunables)
    return report, failed, time.monotonic() - started


def _failed(fault: "Fault", error: Exception) -> Scored:
    expected = tuple(dict.fromkeys(check for check, _ in fault.expects))
    return Scored(fault.name, fault.title, expected, error=str(error))


def judge(fault: "Fault", report: Report, seconds: float) -> Scored:
    """Return what a report says of one fault or look-alike."""
    about = [item for item in report.findings if _concerns(item, fault)]
    named = [
        [i for i in about if i.check == check and meets(i, sub)] for check, sub in fault.expects
    ]
    expected = tuple(dict.fromkeys(check for check, _ in fault.expects))
    roots = {item.fingerprint for item in report.findings if item.check in expected}
    return Scored(
        name=fault.name,
        title=fault.title,
        expected=expected,
        is_seen=all(any(item.check == check for item in about) for check in expected),
        is_object=all(named),
        is_root=all(any(i.is_root or i.explained_by in roots for i in items) for items in named),
        wrong=tuple(sorted({item.check for item in about if _is_wrong(item, fault)})),
        seconds=seconds,
    )


def _concerns(item: Reported, fault: "Fault") -> bool:
    """Tell whether a finding is about an object of a fault; any is where the fault has none."""
    own = set(fault.objects) or _named(fault)
    if not own or any(meets(item, subject) for _, subject in fault.expects):
        return True
    subjects = [item.finding.subject.as_dict(), *(one["subject"] for one in item.objects)]
    return any(own & _texts(subject) for subject in subjects)


def _named(fault: "Fault") -> set[str]:
    return {
        subject[kind]
        for _, subject in fault.expects
        for kind in ("group", "topic")
        if kind in subject
    }


def _texts(subject: Mapping[str, Any]) -> set[str]:
    return {value for value in subject.values() if isinstance(value, str)}


def _is_wrong(item: Reported, fault: "Fault") -> bool:
    is_loud = not fault.expects and bool(fault.objects) and item.finding.severity != "info"
    return item.is_root and (is_loud or item.check in fault.forbids)


def markdown(scored: Sequence[Scored | Tried]) -> str:
    """Return the tables of a score."""
    from kdiag.lab.score import NOT_MADE

    made = [one for one in scored if isinstance(one, Scored)]
    tried = [one for one in scored if isinstance(one, Tried)]
    faults = [one for one in made if one.expected]
    lookalikes = [one for one in made if not one.expected]
    lines = [
        "# What doctor says of faults and of healthy look-alikes",
        "",
        "Made by `kdiag lab score` on real brokers of this release.",
        "",
        f"{_ratio(faults)} faults are named: the expected check, on the broken object, as the "
        f"root, and no forbidden one. {_ratio(lookalikes)} look-alikes are silent.",
        "",
        "| Fault | Expected | Seen | Object | Root | Wrongly said | Seconds |",
        "|---|---|---|---|---|---|---|",
        *(_fault_row(one) for one in faults),
        "",
        "| Look-alike | Silent | Said | Seconds |",
        "|---|---|---|---|",
        *(_lookalike_row(one) for one in lookalikes),
        "",
        f"{_ratio(tried)} releases, each a healthy cluster at work, are told as they are: release "
        "and mode, no finding above info but those about the release itself, and for each check "
        "that is unknown a reason that holds on it.",
        "",
        *rows(tried),
        "",
        "| Not made here | Why |",
        "|---|---|",
        *(f"| {name} | {why} |" for name, why in NOT_MADE.items()),
    ]
    return "\n".join(lines) + "\n"


def _ratio(scored: Sequence[Scored | Tried]) -> str:
    return f"{sum(one.is_right for one in scored)} of {len(scored)}"


def _fault_row(one: Scored) -> str:
    answers = [_yes(one.is_seen), _yes(one.is_object), _yes(one.is_root)]
    wrong = one.error or ", ".join(one.wrong)
    cells = [one.name, ", ".join(one.expected), *answers, wrong, f"{one.seconds:.0f}"]
    return f"| {' | '.join(cells)} |"


def _lookalike_row(one: Scored) -> str:
    said = one.error or ", ".join(one.wrong)
    return f"| {one.name} | {_yes(one.is_right)} | {said} | {one.seconds:.0f} |"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
