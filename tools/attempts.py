"""Attempts at killing mutants: processes that run tests, several at once."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.context import ForkProcess
from typing import TypeVar, cast

SLOWEST = 30.0
"""Seconds that one test may take on a quiet machine; longer is a kill."""

# Without rewritten assertions: nobody reads them, and what is loaded already stays as it is.
OPTIONS = ("-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=ci")
"""Of pytest, for the tests of mutants."""

T = TypeVar("T")


class Alarm:
    """As a plugin of pytest: a test that takes too long ends the process, which is a kill."""

    @staticmethod
    def pytest_runtest_logstart() -> None:
        Alarm.start()

    @staticmethod
    def start() -> None:
        """From now; a busy machine has more time."""
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        signal.alarm(int(SLOWEST * max(1.0, load)))


def _run_in_silence(run: Callable[[], int]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    Alarm.start()
    code = 1
    try:
        code = run()
    finally:
        os._exit(code)


def outcomes(subjects: Iterable[tuple[T, Callable[[], int]]], jobs: int) -> Iterator[tuple[T, int]]:
    """Each subject with the exit code of its tests, as they come; negative: by a signal.

    One thread starts and watches all processes: of a process with several threads, a fork
    may inherit a lock that nobody lets go.
    """
    context = multiprocessing.get_context("fork")
    waiting = iter(subjects)
    running: dict[int, tuple[T, ForkProcess]] = {}
    while True:
        while len(running) < jobs and (following := next(waiting, None)):
            subject, run = following
            process = context.Process(target=_run_in_silence, args=(run,))
            process.start()
            running[process.sentinel] = subject, process
        if not running:
            return
        for sentinel in multiprocessing.connection.wait(list(running)):
            subject, process = running.pop(cast("int", sentinel))
            process.join()
            yield subject, process.exitcode or 0
