"""Groups whose members come and go: how often, who, and why; one verdict a group.

What is counted is members that were seen to come and to go, not generations: a rolling deploy
replaces each member once, a cooperative rebalance takes two generations, Streams rebalances every
ten minutes to look for warm standby tasks (probing.rebalance.interval.ms), and all of them end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from kdiag.analysis.comebacks import TIMES, Comeback, comebacks
from kdiag.analysis.commit_timeline import CommitTimeline
from kdiag.analysis.history_span import HistorySpan
from kdiag.analysis.lag import OLD_SECONDS, PartitionLag
from kdiag.analysis.member_lives import MemberLives
from kdiag.analysis.nameless_storms import UNCHANGED, UNEXPLAINED, storm
from kdiag.analysis.rebalances import Rebalances
from kdiag.analysis.silences import Silences
from kdiag.analysis.values import known
from kdiag.check import derive
from kdiag.sections import Groups
from kdiag.snapshot import Table

_VERDICTS = {
    "poll-eviction": "poll-eviction-storm",
    "session-loss": "session-loss-storm",
    "restart": "crash-looping-member",
    "job": "periodic",
}
_QUIET: dict[str, Any] = {"verdict": "quiet", "clients": (), "others": ()}
_HOUR = timedelta(hours=1)
_FOLLOW_UP_SECONDS = 60.0


class Churn(Table):
    """One row a group with a rebalance in the history.

    known_from: see HistorySpan. window_seconds: the part of the last hour that is known; from the
    first rebalance on where known_from is not. rebalances, failed: completed ones, and generations
    that never completed, in the window; a group that the broker drives does not stop for one.
    unchanged: those that brought and took nobody.
    spacing_seconds: median between two that completed. members_least, members_most: in the window.
    verdict: the id of a check (poll-eviction-storm, session-loss-storm, crash-looping-member,
    rebalance-storm), periodic (a job that comes and goes), or quiet. clients: tuple of (client id,
    host) that leave and come back, or (group.instance.id,); times: how often they left in this
    series; lasted_seconds, away_seconds: how long they stay, and how long until they are back;
    silent_seconds: how long partitions were not committed before they left; medians. others: tuple
    of further verdicts on other clients. confidence: certain where commits confirm it.
    first_at, last_at: first and last departure of this series, as far as the history reaches.
    """

    noun = "groups with a history"
    needs_rows = False
    columns = {
        "group": "str",
        "kind": "str",
        "protocol": "str",
        "known_from": "time",
        "window_seconds": "float",
        "rebalances": "int",
        "failed": "int",
        "unchanged": "int",
        "spacing_seconds": "float",
        "members_least": "int",
        "members_most": "int",
        "verdict": "str",
        "confidence": "str",
        "clients": "object",
        "times": "int",
        "lasted_seconds": "float",
        "away_seconds": "float",
        "silent_seconds": "float",
        "rebalance_timeout_seconds": "float",
        "session_timeout_seconds": "float",
        "others": "object",
        "first_at": "time",
        "last_at": "time",
    }


@derive()
def churn(
    lives: MemberLives,
    rebalances: Rebalances,
    span: HistorySpan,
    groups: Groups,
    commits: CommitTimeline | None,
    lag: PartitionLag | None,
) -> Churn:
    """Judge each group by the stays of its members that ended lately."""
    now = groups.read_at
    known_from = span.rows.set_index("group")["known_from"]
    done = _marked(rebalances.rows[rebalances.rows["group"].isin(known_from.index)], now)
    lived = lives.rows[lives.rows["group"].isin(known_from.index)]
    seen = lived[lived["began_at"].notna() & lived["ended_at"].notna()]
    restless = _restless(seen, done)
    silences = Silences.of(commits, restless)
    stays, rebalanced = _by_group(lived, restless), _by_group(done, restless)
    standing = {} if lag is None else _standing(lag.rows[lag.rows["group"].isin(restless)])
    found = []
    for row in _counted(done, known_from, now).to_dict("records"):
        group, verdict = row["group"], _QUIET
        if group in restless:
            mine = stays.get(group, [])
            back = list(comebacks(mine, silences, now, standing.get(group, 0.0)))
            verdict = _judged(back, mine, rebalanced[group], row["members_most"], now)
        found.append({**row, **verdict})
    return Churn.from_rows(found)


def _by_group(rows: Any, groups: set[str]) -> dict[str, list[Any]]:
    """Return the rows of these groups as plain lists."""
    found: dict[str, list[Any]] = {}
    for row in rows[rows["group"].isin(groups)].itertuples():
        found.setdefault(row.group, []).append(row)
    return found


def _standing(rows: Any) -> dict[str, float]:
    """Return group → for how long nothing of it moved, of those for which old records wait."""
    waiting = set(rows.loc[rows["oldest_unread_seconds"] >= OLD_SECONDS, "group"])
    stands = rows[rows["group"].isin(waiting)].groupby("group")["stands_seconds"].min()
    return {str(group): float(seconds) for group, seconds in stands.dropna().items()}


def _marked(done: Any, now: datetime) -> Any:
    """Mark the rebalances of the last hour, and those that brought and took nobody.

    A cooperative rebalance revokes first and assigns in a second one (KIP-429): the second one is
    part of the change.
    """
    by_group = done.groupby("group")
    since = by_group["completed_at"].diff().dt.total_seconds()
    same = (done["joined"].eq(0) & done["left"].eq(0)).fillna(False).astype("bool")
    before = same.groupby(done["group"]).shift(1, fill_value=True)
    return done.assign(
        since=since,
        is_recent=done["completed_at"] >= now - _HOUR,
        is_unchanged=same & (before | (since > _FOLLOW_UP_SECONDS)),
    )


def _restless(seen: Any, done: Any) -> set[str]:
    """Return the groups that are worth a closer look: few of many thousands."""
    clients = seen.groupby(["group", "client_id", "client_host"], dropna=False).size()
    stays = seen.groupby("group").size()
    recent = done[done["is_recent"]].groupby("group")
    failed, unchanged = recent["failed_before"].sum(), recent["is_unchanged"].sum()
    return {
        *clients[clients >= TIMES].index.get_level_values("group"),
        *stays[stays >= UNEXPLAINED].index,
        *failed[failed >= UNEXPLAINED].index,
        *unchanged[unchanged >= UNCHANGED].index,
    } & set(done["group"])


def _counted(done: Any, known_from: Any, now: datetime) -> Any:
    """Count the rebalances of each group within the last hour, as far as it is known."""
    latest = done.drop_duplicates("group", keep="last").set_index("group")[["kind", "protocol"]]
    recent = done[done["is_recent"]].groupby("group")
    rows = latest.assign(
        known_from=known_from.reindex(latest.index),
        rebalances=recent.size(),
        failed=recent["failed_before"].sum(),
        unchanged=recent["is_unchanged"].sum(),
        spacing_seconds=recent["since"].median(),
        members_least=recent["member_count"].min(),
        members_most=recent["member_count"].max(),
    )
    counts = ["rebalances", "failed", "unchanged"]
    rows[counts] = rows[counts].fillna(0).astype("int64")
    begin = rows["known_from"].fillna(recent["completed_at"].min())
    known = (now - begin).dt.total_seconds()
    rows["window_seconds"] = known.clip(lower=0, upper=_HOUR.total_seconds())
    return rows.reset_index()


def _judged(
    back: Sequence[Comeback],
    lives: Sequence[Any],
    done: Sequence[Any],
    members_most: Any,
    now: datetime,
) -> dict[str, Any]:
    """Return the verdict and what belongs to it."""
    most = known(members_most) or 1
    by_verdict: dict[str, list[Comeback]] = {}
    for one in back:
        by_verdict.setdefault(_VERDICTS.get(one.why or "", "rebalance-storm"), []).append(one)
    is_job = by_verdict.pop("periodic", None) is not None
    if not by_verdict:
        found = None if is_job else storm(lives, done, most, now)
        if found is None:
            return {**_QUIET, "verdict": "periodic" if is_job else "quiet"}
        return {**_QUIET, "verdict": "rebalance-storm", "confidence": "likely", **found}
    verdict, *others = sorted(by_verdict, key=lambda verdict: -_times(by_verdict[verdict]))
    told = by_verdict[verdict]
    if verdict == "crash-looping-member" and 2 * len(told) > max(2, most):
        verdict = "rebalance-storm"
    return {"verdict": verdict, "others": tuple(others), **_told(told)}


def _times(told: Sequence[Comeback]) -> int:
    return sum(len(one.stays) for one in told)


def _told(told: Sequence[Comeback]) -> dict[str, Any]:
    """Return what the clients of a verdict have in common, by the one that left most often."""
    worst = max(told, key=lambda one: len(one.stays))
    return {
        "clients": tuple(one.client for one in told),
        "times": _times(told),
        "confidence": "certain" if worst.is_certain else "likely",
        "lasted_seconds": worst.lasted_seconds,
        "away_seconds": worst.away_seconds,
        "silent_seconds": worst.silent_seconds,
        "rebalance_timeout_seconds": worst.rebalance_timeout_seconds,
        "session_timeout_seconds": worst.session_timeout_seconds,
        "first_at": min(one.first_at for one in told),
        "last_at": max(one.last_at for one in told),
    }
