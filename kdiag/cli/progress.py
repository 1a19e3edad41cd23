"""Signs of life on stderr for what takes longer than two seconds: plain lines, nothing moves."""

import threading
import time
from types import TracebackType
from typing import Self

import click

from kdiag.render.layout import clean

_FIRST_SECONDS = 2.0
_AGAIN_SECONDS = 10.0


class Progress:
    """Says what is being done while a block runs, at first after two seconds."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._started = time.monotonic()
        self._changed = threading.Event()
        self._is_over = False
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
        self._thread.join(1)

    def end(self) -> None:
        """Give no further sign of life."""
        self._is_over = True
        self._changed.set()

    def say(self, sentence: str) -> None:
        """Say something now; the next sign of life comes later by itself."""
        click.echo(clean(sentence), err=True)
        self._changed.set()

    def _watch(self) -> None:
        wait = _FIRST_SECONDS
        while not self._is_over:
            if not self._changed.wait(wait):
                seconds = time.monotonic() - self._started
                click.echo(clean(f"{self._doing}, {seconds:.0f} s so far"), err=True)
            self._changed.clear()
            wait = _AGAIN_SECONDS
