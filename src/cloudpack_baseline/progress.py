"""How far a gathering or an assessment is, and one line of a terminal that shows it.

The counters know no terminal, and the line knows no counter: a face connects them, where there is
a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from types import TracebackType

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import Language, Text, text
from cloudpack_baseline.whitepaper import Control

__all__ = [
    "DELAY",
    "GatheringProgress",
    "GatheringState",
    "JudgingProgress",
    "ProgressLine",
    "SlowCall",
]

DELAY = 0.5
"""Seconds before the line is shown: what is done by then needs none."""

_INTERVAL = 0.2
"""Seconds between two lines: often enough to be seen to move, and no load."""

_SLOW = 2.0
"""Seconds after which a call is named: most calls take less than one."""


@frozen
class SlowCall:
    """A call that nobody has answered for some time.

    Attributes:
        operation: its ID, such as ``s3:GetBucketPolicy``.
        region: where it is sent to; empty: it belongs to no Region.
        seconds: since it was sent.
    """

    operation: str
    region: str
    seconds: float


@frozen(kw_only=True)
class GatheringState:
    """How far a gathering is.

    Attributes:
        accounts: how many were read in full, and how many there are.
        services: how many were read in full in the accounts that are under way, and how many there
            are.
        regions: how many are read.
        calls: how many were answered; each page counts.
        seconds: since the beginning.
        slow: the call that has been under way for the longest time, if that is long.
    """

    accounts: tuple[int, int]
    services: tuple[int, int]
    regions: int
    calls: int
    seconds: float
    slow: SlowCall | None

    def text(self) -> Text:
        """The state in words, in one line."""
        counts = {
            "accounts_read": self.accounts[0],
            "accounts": self.accounts[1],
            "calls": self.calls,
            "seconds": int(self.seconds),
        }
        if self.slow is None:
            return text(
                "progress.gathering",
                **counts,
                services_read=self.services[0],
                services=self.services[1],
                regions=self.regions,
            )
        return text(
            "progress.slow",
            **counts,
            operation=self.slow.operation,
            region=self.slow.region or "-",
            waiting=int(self.slow.seconds),
        )


class GatheringProgress:
    """Counts what a gathering does, in all of its threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now.

        Args:
            clock: seconds since any time.
        """
        self._clock = clock
        self._began = clock()
        self._lock = Lock()
        self._accounts = 1
        self._accounts_read = 0
        self._calls = 0
        self._open: dict[tuple[str, str], int] = {}
        self._services: set[tuple[str, str]] = set()
        self._regions: set[str] = set()
        self._under_way: dict[object, tuple[float, str, str]] = {}

    def expect(self, accounts: int) -> None:
        """Say how many accounts are read, from now on."""
        with self._lock:
            self._accounts = accounts
            self._began = self._clock()

    def begin(self, account: str, jobs: Iterable[tuple[str, str]]) -> None:
        """Say what is read of an account.

        Args:
            account: its ID.
            jobs: the service and the Region of each listing, with repetitions.
        """
        with self._lock:
            for service, region in jobs:
                key = (account, service)
                self._services.add(key)
                self._open[key] = self._open.get(key, 0) + 1
                self._regions |= {region} - {""}

    def end(self, account: str, service: str) -> None:
        """Say that a listing was read."""
        with self._lock:
            self._open[account, service] -= 1
            if not self._open[account, service]:
                del self._open[account, service]

    def end_account(self) -> None:
        """Say that an account was read."""
        with self._lock:
            self._accounts_read += 1

    @contextmanager
    def calling(self, operation: str, region: str) -> Iterator[Callable[[], None]]:
        """A call is under way inside the block; the function counts a page of its answer."""
        token = object()
        with self._lock:
            self._under_way[token] = (self._clock(), operation, region)
        try:
            yield self._count
        finally:
            with self._lock:
                del self._under_way[token]

    def _count(self) -> None:
        with self._lock:
            self._calls += 1

    def state(self) -> GatheringState:
        """How far it is."""
        with self._lock:
            now = self._clock()
            return GatheringState(
                accounts=(self._accounts_read, self._accounts),
                services=(len(self._services) - len(self._open), len(self._services)),
                regions=len(self._regions),
                calls=self._calls,
                seconds=now - self._began,
                slow=self._slowest(now),
            )

    def _slowest(self, now: float) -> SlowCall | None:
        if not self._under_way:
            return None
        began, operation, region = min(self._under_way.values())
        slow = SlowCall(operation, region, now - began)
        return slow if slow.seconds >= _SLOW else None

    def text(self) -> Text:
        """The state in words, in one line."""
        return self.state().text()


class JudgingProgress:
    """Counts the controls that were judged."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now.

        Args:
            clock: seconds since any time.
        """
        self._clock = clock
        self._began = clock()
        self._judged = 0
        self._number = 0
        self._control = ""

    def follow(self, controls: Sequence[Control]) -> Iterator[Control]:
        """The controls, one after the other as they are judged."""
        self._number += len(controls)
        for control in controls:
            self._control = control.id
            yield control
            self._judged += 1

    def text(self) -> Text:
        """The state in words, in one line."""
        return text(
            "progress.judging",
            judged=self._judged,
            number=self._number,
            control=self._control,
            seconds=int(self._clock() - self._began),
        )


class ProgressLine:
    """One line that is written over and over while the block runs, and erased at its end."""

    def __init__(
        self,
        words: Callable[[], Text],
        show: Callable[[str], None],
        language: Language = "en",
        *,
        delay: float | None = None,
    ) -> None:
        """Show nothing yet.

        Args:
            words: what the line says.
            show: puts a text in place of the line; the empty text erases it.
            language: of the text.
            delay: seconds before it is shown for the first time; by default `DELAY`.
        """
        self._words = words
        self._show = show
        self._language = language
        self._delay = DELAY if delay is None else delay
        self._ended = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        if self._ended.wait(self._delay):
            return
        with suppress(OSError, ValueError):  # the terminal was closed: nobody sees the line
            while not self._ended.is_set():
                self._show(self._words().in_language(self._language))
                self._ended.wait(_INTERVAL)
            self._show("")
