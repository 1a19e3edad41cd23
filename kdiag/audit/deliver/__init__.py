"""Delivery of a saved report: all channels at once, and a sentence for each that fails."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kdiag.audit.deliver.news import Notify, is_news
from kdiag.audit.written import Written
from kdiag.errors import KdiagError

log = logging.getLogger(__name__)

_GRACE_SECONDS = 5.0
"""Beyond its own limit, for a channel to say what went wrong."""


@dataclass(frozen=True)
class Target:
    """A channel with its settings.

    shown: where it leads, without a secret. notify: which reports it gets; files and metrics get
    all. send: raises DeliveryError. preview: what it would send.
    """

    channel: str
    shown: str
    timeout_seconds: float
    send: Callable[[Written], None]
    preview: Callable[[Written], str]
    notify: Notify = "always"


def deliver(targets: Sequence[Target], written: Written) -> list[str]:
    """Send a report by all channels that are to have it; return a sentence for each failure.

    A channel that does not end within its limit is left behind, and said.
    """
    failures: dict[str, str] = {}
    running = []
    for target in targets:
        if not is_news(written, target.notify):
            log.info("%s: nothing new to tell", target.channel)
            continue
        # A daemon: what hangs in a library must not keep the process.
        thread = threading.Thread(target=_sent, args=(target, written, failures), daemon=True)
        thread.start()
        running.append((target, thread, time.monotonic() + target.timeout_seconds + _GRACE_SECONDS))
    for target, thread, deadline in running:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            sentence = f"{target.shown} did not end within {target.timeout_seconds:g} s"
            failures[target.channel] = sentence
    return [failures[target.channel] for target in targets if target.channel in failures]


def _sent(target: Target, written: Written, failures: dict[str, str]) -> None:
    try:
        target.send(written)
    except KdiagError as error:
        failures[target.channel] = str(error)
    except Exception as error:  # noqa: BLE001 - said by its kind only: its text may hold a secret
        failures[target.channel] = f"{target.shown} crashed ({type(error).__name__})"
    else:
        log.info("%s: sent", target.shown)


def preview(targets: Sequence[Target], written: Written) -> Iterator[str]:
    """Yield what would be sent where, without secrets; nothing is sent."""
    for target in targets:
        if is_news(written, target.notify):
            yield f"{target.shown} would get:\n{target.preview(written).rstrip()}\n"
        else:
            yield f"{target.shown} would get nothing: there is no news ({target.notify}).\n"
