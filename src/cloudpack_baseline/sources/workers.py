"""Threads for calls that may hang; they do not prevent the process from ending."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeAlias, TypeVar

__all__ = ["Workers"]

P = ParamSpec("P")
T = TypeVar("T")

_Task: TypeAlias = tuple[Future[Any], Callable[[], Any]]


class Workers(Executor):
    """A pool of daemon threads.

    `concurrent.futures.ThreadPoolExecutor` waits for its threads at the end of its block and
    of the process: after Ctrl-C, hanging calls would delay both until their time-outs.
    """

    def __init__(self, count: int) -> None:
        """Start nothing yet: a thread is started with each of the first `count` tasks."""
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._count = count

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run the function in one of the threads."""
        future: Future[T] = Future()
        self._tasks.put((future, lambda: function(*args, **kwargs)))
        if len(self._threads) < self._count:
            thread = Thread(target=_work, args=(self._tasks,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - of the base class
        """Let each thread end after its current task, without waiting."""
        while cancel_futures and not self._tasks.empty():
            with suppress(Empty):
                if (task := self._tasks.get_nowait()) is not None:
                    task[0].cancel()
        for _ in self._threads:
            self._tasks.put(None)


def _work(tasks: SimpleQueue[_Task | None]) -> None:
    while (task := tasks.get()) is not None:
        future, function = task
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            future.set_exception(error)
