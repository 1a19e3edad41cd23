"""Plug-ins that differ between the workers of one Connect cluster, or do not fit their worker.

A connector runs wherever the next rebalance puts it. Where workers have different versions of its
plug-in, or one lacks it, it behaves differently there or fails. A connector whose version a worker
cannot tell was usually built for another release of Kafka: making one answers HTTP 500 and an empty
body.

Reads: GET /connector-plugins?connectorsOnly=false and GET / of each worker; GET /connectors.
"""

import re
from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    ConnectorConfigs,
    ConnectPlugins,
    ConnectWorkers,
    Finding,
    Said,
    Subject,
    check,
    listed,
)

_RUN = ("source", "sink")


@check(area="pipelines")
def connect_plugin_skew(
    plugins: ConnectPlugins, workers: ConnectWorkers, configs: ConnectorConfigs | None
) -> Said:
    """Plug-ins with other versions on another worker, missing there, or too old for the worker."""
    used = _used(configs)
    clusters = dict(zip(workers.rows["url"], workers.rows["connect_cluster"], strict=True))
    rows = plugins.rows.assign(cluster=[clusters.get(url, url) for url in plugins.rows["url"]])
    for _, theirs in rows.groupby("cluster"):
        yield from _skewed(theirs, used)
    yield from _unfit(rows)


def _used(configs: ConnectorConfigs | None) -> set[str]:
    """Return the classes that some connector is configured with."""
    if configs is None:
        return set()
    rows = configs.rows
    return set(rows.loc[rows["key"] == "connector.class", "value"].dropna())


def _skewed(rows: Any, used: set[str]) -> Iterator[Finding]:
    """Yield a finding for each plug-in that a worker has otherwise than most, or newer ones."""
    urls = set(rows["url"])
    for (class_name, type_), one in rows.groupby(["class_name", "type"]):
        by_url: dict[str, tuple[str, ...]] = {
            url: tuple(sorted(one.loc[one["url"] == url, "version"].fillna("not told")))
            for url in urls
        }
        told = list(by_url.values())
        usual = max(told, key=lambda versions: (told.count(versions), _newness(versions)))
        for url, versions in by_url.items():
            if versions != usual:
                yield _finding(
                    str(class_name), str(type_), url, versions, usual, class_name in used
                )


def _newness(versions: tuple[str, ...]) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", " ".join(versions))]


def _finding(
    class_name: str,
    type_: str,
    url: str,
    versions: tuple[str, ...],
    usual: tuple[str, ...],
    is_used: bool,
) -> Finding:
    has = f"version {', '.join(versions)} of" if versions else "no"
    others = f"have {', '.join(usual)}" if usual else "have none"
    return Finding(
        "warning" if is_used and not (versions and usual) else "info",
        Subject.of("worker", url=url),
        f"Worker {url} has {has} plug-in {class_name}, where the others {others}.",
        "A task that is moved there "
        + ("behaves differently." if versions and usual else "fails, or one that is moved away."),
        due="a task is moved",
        evidence={"class_name": class_name, "type": type_, "versions": versions, "usual": usual},
        actions=(Action("Give all workers of a cluster the same plug-ins, and restart them."),),
    )


def _unfit(rows: Any) -> Iterator[Finding]:
    without = rows[rows["version"].isna() & rows["type"].isin(_RUN)]
    for url, one in without.groupby("url"):
        names = sorted(one["class_name"])
        yield Finding(
            "warning",
            Subject.of("worker", url=str(url)),
            f"Worker {url} cannot tell the version of {listed(names)}.",
            "A connector of it cannot be made there: the answer is HTTP 500 with an empty body.",
            due="such a connector is made or moved there",
            cause="As a rule the plug-in was built for another release of Kafka.",
            evidence={"class_names": names},
            actions=(
                Action(
                    "Look for NoClassDefFoundError in the log of the worker, and take a release of "
                    "the plug-in that fits it.",
                ),
            ),
            confidence="likely",
        )
