"""The rules of the lag triage, in the order of what excludes what."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from kdiag.analysis.drawn_names import is_drawn
from kdiag.analysis.lag import OLD_SECONDS, RARE_COMMIT_SECONDS, RHYTHM_RATIO, STALE_SECONDS
from kdiag.analysis.lag_case import Case, Member, Part

REBALANCING = ("PreparingRebalance", "CompletingRebalance", "Assigning", "Reconciling")
"""States in which members have no settled assignment (GroupState and ConsumerGroup of Kafka)."""

BURST_RATIO = 3.0
"""How many times its own baseline an input must be to be called a burst."""

HOT_RATIO = 5.0
"""How many times the median of the others a partition must get to be called hot."""

REMNANT_RECORDS = 2
"""What stays unread for ever where a client commits the offset of its last record instead of the
next one (KafkaConsumer, "Offsets and Consumer Position"), or where a transaction's marker ends the
log (KIP-98): one each."""

FILE_RATIO = 2.0
"""How many times its rotation a sink may be behind: a file is closed by the next record or commit
after that (S3 sink of Confluent, rotate.interval.ms), and then it has to be sent."""

_PERIOD_RATIO = 1.5
_KEPT_UP_RATIO = 0.8
_MOST_RATIO = 0.8
_LOSING_RATIO = 1.3  # as GROWTH_RATIO: what one member owns is few commits
_NO_TURNS = "without the history of commits a member that takes turns looks the same"
_SHORT = "without the history of commits the rates are those of a few seconds"
_ABORTED = "every transaction since then was aborted"
_REMNANT = "so few records may be the rest that commits of the last offset or markers leave"
_ONE_COMMIT = "a single commit was seen, and a group that commits rarely looks the same"
_FILE = "it is a sink, which commits when it closes a file, and none is due yet"
_DRAWN = "its name was drawn for one run, which has ended, and no other comes back to it"
_NO_HISTORY = "without the history of commits a rare rhythm looks the same"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says. reason: what is not known, where the confidence is not certain."""

    word: str
    confidence: str = "certain"
    reason: str | None = None
    members: tuple[str, ...] = ()
    partitions: tuple[int, ...] = ()


Rule = Callable[[Case], Verdict | None]


def judge(case: Case) -> Verdict:
    """Return the verdict of the first rule that has one."""
    for rule in _RULES:
        verdict = rule(case)
        if verdict is not None:
            return verdict
    return Verdict("moving" if case.consumed_per_second > 0 else "waiting")


def _abandoned(case: Case) -> Verdict | None:
    """Members are there, and none of them subscribes to the topic."""
    topic = case.key[1]
    if not case.members or any(member.topics is None for member in case.members):
        return None
    is_wanted = any(topic in (member.topics or ()) for member in case.members)
    is_assigned = any(part.owner is not None for part in case.parts)
    if is_wanted or is_assigned or case.moving:
        return None
    return Verdict("abandoned-topic")


def _idle_topic(case: Case) -> Verdict | None:
    """Nothing was written for so long that the rest of a backlog says nothing."""
    if case.written_lately:
        return None
    return Verdict("moving" if case.consumed_per_second > 0 else "waiting")


def _nobody(case: Case) -> Verdict | None:
    """No member is left, and nothing is committed any more."""
    if case.members or case.moving or case.consumed_per_second > 0:
        return None
    frozen = case.frozen
    if not frozen:
        return Verdict("waiting")
    if _is_periodic(case):
        return Verdict("periodic")
    if is_drawn(case.key[0]) and not case.empty_count:
        return Verdict("waiting", "likely", _DRAWN)
    if case.protocol_type == "" and _quiet_seconds(case) < STALE_SECONDS:
        return Verdict("waiting")  # assign() with commits: it never had members
    if case.empty_seconds is not None:
        return Verdict("group-dead")
    return Verdict("group-dead", "likely", _NO_HISTORY if not case.has_history else None)


def _is_periodic(case: Case) -> bool:
    """Tell whether it was empty, or silent, as long before, and more than once."""
    for silence, longest, times in (
        (case.empty_seconds, case.longest_empty_seconds, case.empty_count),
        (_quiet_seconds(case), _recurring_gap(case), 2),
    ):
        if silence is not None and longest is not None and times >= 2:
            return silence <= _PERIOD_RATIO * longest and longest >= OLD_SECONDS
    return False


def _quiet_seconds(case: Case) -> float:
    """Return how long nothing moved; at least as long as the oldest record is unread."""
    stands = [part.stands_seconds for part in case.parts if part.stands_seconds is not None]
    return min(stands) if stands else case.oldest_unread_seconds


def _recurring_gap(case: Case) -> float | None:
    gaps = [part.longest_gap_seconds for part in case.parts if part.longest_gap_seconds]
    return max(gaps, default=None)


def _left_out(case: Case) -> Verdict | None:
    """Find partitions that nobody commits any more, of a group that never has members.

    Its consumers assign partitions to themselves, so nobody takes over those of one that ends.
    """
    if case.members or not case.moving:
        return None
    without = [part for part in case.frozen if _is_given_up(part)]
    if not without:
        return None
    return Verdict("unowned-partition", "likely", partitions=_numbers(without))


def _is_given_up(part: Part) -> bool:
    """Tell whether a partition was committed regularly, and has not been for much longer."""
    rhythm = part.longest_gap_seconds
    if part.stands_seconds is None or rhythm is None:
        return False
    return part.stands_seconds >= RHYTHM_RATIO * max(rhythm, RARE_COMMIT_SECONDS)


def _rebalances(case: Case) -> Verdict | None:
    """See that it is between two assignments, and nobody reads."""
    if case.state in REBALANCING and not case.moving:
        return Verdict("rebalancing")
    return None


def _by_transaction(case: Case) -> Verdict | None:
    """Everything that stands, stands at the last stable offset, which stands too."""
    frozen = case.frozen
    if not frozen or not all(part.held for part in frozen):
        return None
    return Verdict("reader-blocked-by-transaction", partitions=_numbers(frozen))


def _unowned(case: Case) -> Verdict | None:
    """Find partitions of a subscribed topic that no member owns."""
    if case.state != "Stable" or any(member.partitions is None for member in case.members):
        return None
    without = tuple(part for part in case.frozen if part.owner is None)
    if not case.members or not without:
        return None
    return Verdict("unowned-partition", partitions=_numbers(without))


def _aborted(case: Case) -> Verdict | None:
    """Nothing was written since but what was aborted: a reader of committed records gets none."""
    standing = case.frozen
    if not standing or any(
        part.stands_seconds is None
        or part.stands_seconds >= case.aborted_seconds.get(part.partition, 0.0)
        for part in standing
    ):
        return None
    return Verdict("waiting", "likely", _ABORTED)


def _remnant(case: Case) -> Verdict | None:
    """No partition is behind by more than a commit of the last offset, or a marker, leaves."""
    if any(part.lag_records > REMNANT_RECORDS for part in case.behind):
        return None
    return Verdict("waiting", "likely", _REMNANT) if case.behind else None


def _fills_files(case: Case) -> Verdict | None:
    """See a sink that commits when it closes a file, and that none of its files is due."""
    is_early = case.oldest_unread_seconds < FILE_RATIO * case.file_seconds
    if case.frozen and all(
        is_early or (not case.file_seconds and part.lag_records < case.file_records)
        for part in case.frozen
    ):
        return Verdict("waiting", "likely", _FILE)
    return None


def _stuck(case: Case) -> Verdict | None:
    """Find members that stand on everything that they are behind on."""
    standing = [
        part
        for part in case.frozen
        if part.owner is not None and part.owner.member_id not in case.advancing
    ]
    if not standing:
        return None
    owners = {part.owner.member_id: part.owner for part in standing if part.owner is not None}
    word = "static-zombie" if _are_zombies(owners, standing) else "stuck-consumer"
    confidence, reason = ("certain", None) if case.has_history else ("possible", _NO_HISTORY)
    if case.has_history and all(map(_is_first_commit, standing)):
        confidence, reason = "possible", _ONE_COMMIT
    if not case.has_history and case.oldest_unread_seconds >= STALE_SECONDS:
        confidence, reason = "likely", None
    return Verdict(word, confidence, reason, tuple(owners), _numbers(standing))


def _is_first_commit(part: Part) -> bool:
    """Tell whether a single commit was seen, and a client that commits rarely could be silent."""
    return (
        part.stands_seconds is not None
        and part.stands_seconds < RHYTHM_RATIO * RARE_COMMIT_SECONDS
        and part.longest_gap_seconds is None
        and not part.repeats
    )


def _are_zombies(owners: dict[str, Member], standing: list[Part]) -> bool:
    """Tell whether all are static members that may be gone: their sessions have not ended yet.

    A dynamic member that dies leaves with its session; one that stands for longer than that sends
    heartbeats, so it lives.
    """
    return all(
        part.owner is not None
        and part.owner.instance_id is not None
        and part.owner.session_timeout_seconds is not None
        and part.stands_seconds is not None
        and not part.repeats
        and OLD_SECONDS < part.stands_seconds < part.owner.session_timeout_seconds
        for part in standing
    )


def _poison(case: Case) -> Verdict | None:
    """One partition stands while its own member moves on others."""
    standing = tuple(
        part for part in case.frozen if part.owner is not None and _is_unusual(part, case)
    )
    if not standing:
        return None
    confidence = "likely" if case.has_history else "possible"
    owners = dict.fromkeys(part.owner.member_id for part in standing if part.owner is not None)
    return Verdict(
        "poison-record",
        confidence,
        None if case.has_history else _NO_TURNS,
        tuple(owners),
        _numbers(standing),
    )


def _is_unusual(part: Part, case: Case) -> bool:
    """Tell whether a partition stands for longer than a member that takes turns would leave it."""
    if part.stands_seconds is None:
        return case.oldest_unread_seconds >= STALE_SECONDS
    usual = max(OLD_SECONDS, _recurring_gap(case) or 0.0)
    if any(other.behind and other.moving and other.owner == part.owner for other in case.parts):
        usual = max(usual, STALE_SECONDS / 2)  # the others have records waiting too: it takes turns
    return part.stands_seconds >= 2 * usual


def _burst(case: Case) -> Verdict | None:
    """Input is far above its own baseline, and the group reads what it always read."""
    baseline = case.baseline_per_second
    if not case.losing or baseline is None or baseline <= 0:
        return None
    is_burst = case.produced_per_second >= BURST_RATIO * baseline
    kept_up = case.consumed_per_second >= _KEPT_UP_RATIO * baseline
    return Verdict("producer-burst", "likely") if is_burst and kept_up else None


def _hot(case: Case) -> Verdict | None:
    """Only partitions that get far more than the others fall behind, and what they drag along.

    Their owner has no time left for what else it owns.
    """
    losing = case.losing
    others = [part.produced_per_second for part in case.parts if not part.losing]
    if not losing or not others:
        return None
    least = HOT_RATIO * max(median(others), 0.1)
    hot = tuple(part for part in losing if part.produced_per_second >= least)
    owners = _owners(hot)
    dragged = [part for part in losing if part not in hot]
    if not hot or any(p.owner is None or p.owner.member_id not in owners for p in dragged):
        return None
    return Verdict("hot-partition", *_measured(hot), owners, _numbers(hot))


def _slow_member(case: Case) -> Verdict | None:
    """All that some members own falls behind, and nothing of the others."""
    behind = case.behind
    slow = set(_owners(behind))
    everyone = set(_owners(case.parts))
    if not case.losing or not slow or 2 * len(slow) > len(everyone):
        return None
    if any(part.owner is None for part in behind):
        return None
    names = tuple(sorted(slow)), _numbers(behind)
    return Verdict("slow-member", *_measured(case.losing), *names)


def _slow(case: Case) -> Verdict | None:
    """Everything that gets input falls behind, of each member taken together.

    A member that takes turns on its partitions falls behind on those that wait.
    """
    losing = case.losing
    if not losing or not (_most_lose(case) or _all_members_lose(case)):
        return None
    topic = case.key[1]
    readers = [m for m in case.members if m.topics is None or topic in m.topics] or case.members
    is_full = bool(case.members) and len(readers) >= _partitions(case)
    word = "partition-ceiling" if is_full else "slow-consumer"
    return Verdict(word, *_measured(losing), partitions=_numbers(losing))


def _partitions(case: Case) -> int:
    """Return how many partitions the group reads, those that it has not yet committed for too."""
    assigned = {
        number
        for member in case.members
        for topic, number in member.partitions or ()
        if topic == case.key[1]
    }
    return len(assigned | {part.partition for part in case.parts})


def _most_lose(case: Case) -> bool:
    fed = [part for part in case.parts if part.produced_per_second > 0]
    return len(case.losing) >= _MOST_RATIO * len(fed)


def _all_members_lose(case: Case) -> bool:
    """Tell whether every member with input reads less than is written to what it owns."""
    owned: dict[str, list[Part]] = {}
    for part in case.parts:
        if part.owner is None:
            return False
        owned.setdefault(part.owner.member_id, []).append(part)
    return all(
        sum(p.produced_per_second for p in parts)
        > _LOSING_RATIO * sum(p.consumed_per_second for p in parts)
        and any(p.losing for p in parts)
        for parts in owned.values()
        if any(p.produced_per_second > 0 for p in parts)
    )


def _growing(case: Case) -> Verdict | None:
    losing = case.losing
    grows = case.produced_per_second > case.consumed_per_second
    if not losing or not grows:
        return None
    return Verdict("lag-growing", "likely", members=_owners(losing), partitions=_numbers(losing))


def _measured(losing: tuple[Part, ...]) -> tuple[str, str | None]:
    """Return confidence and reason of a verdict that rests on rates."""
    if all(part.is_measured for part in losing):
        return "certain", None
    return "likely", _SHORT


def _numbers(parts: tuple[Part, ...] | list[Part]) -> tuple[int, ...]:
    return tuple(part.partition for part in parts)


def _owners(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.owner.member_id for part in parts if part.owner is not None))


_RULES: tuple[Rule, ...] = (
    _abandoned,
    _idle_topic,
    _nobody,
    _left_out,
    _rebalances,
    _by_transaction,
    _unowned,
    _aborted,
    _remnant,
    _fills_files,
    _stuck,
    _poison,
    _burst,
    _hot,
    _slow_member,
    _slow,
    _growing,
)
