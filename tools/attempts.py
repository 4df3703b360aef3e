"""Attempts at killing mutants: processes that run tests, several at once."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

SLOWEST = 120.0
"""Seconds that the tests of one mutant may take on a quiet machine; longer is a kill."""

# Without rewritten assertions: nobody reads them, and what is loaded already stays as it is.
OPTIONS = ("-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=ci")
"""Of pytest, for the tests of mutants."""

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """A mutant whose tests are running.

    Attributes:
        subject: what is tried.
        process: runs its tests; its exit code is 0 if all pass.
        deadline: when they have taken too long, which is noticing.
    """

    subject: T
    process: ForkProcess
    deadline: float

    @classmethod
    def start(cls, subject: T, run: Callable[[], int]) -> Attempt[T]:
        """Begin; a busy machine has more time."""
        process = multiprocessing.get_context("fork").Process(target=_run_in_silence, args=(run,))
        process.start()
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        return cls(subject, process, time.monotonic() + SLOWEST * max(1.0, load))

    def is_over(self) -> bool:
        """Whether the tests are done, or have taken too long."""
        if self.process.is_alive():
            if time.monotonic() < self.deadline:
                return False
            self.process.kill()
        self.process.join()
        return True

    @property
    def exit_code(self) -> int:
        """Of the tests, once they are over; negative if they were ended."""
        code = self.process.exitcode
        return -1 if code is None else code


def _run_in_silence(run: Callable[[], int]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    code = 1
    try:
        code = run()
    finally:
        os._exit(code)


def outcomes(subjects: Iterable[tuple[T, Callable[[], int]]], jobs: int) -> Iterator[tuple[T, int]]:
    """Each subject with the exit code of its tests, as they come.

    One thread starts and watches all processes: of a process with several threads, a fork
    may inherit a lock that nobody lets go.
    """
    waiting = iter(subjects)
    running: list[Attempt[T]] = []
    while True:
        while len(running) < jobs and (following := next(waiting, None)):
            running.append(Attempt.start(*following))
        if not running:
            return
        multiprocessing.connection.wait(
            [attempt.process.sentinel for attempt in running], timeout=5
        )
        over = [attempt for attempt in running if attempt.is_over()]
        running = [attempt for attempt in running if attempt not in over]
        yield from ((attempt.subject, attempt.exit_code) for attempt in over)
