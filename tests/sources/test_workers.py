"""Threads that do not keep the process from ending."""

from __future__ import annotations

from threading import Event

import pytest

from cloudpack_baseline.sources.workers import Workers
from processes import run_python

HANGING = """
import _thread, signal, threading
from cloudpack_baseline.sources.workers import Workers

# A shell that starts a job in the background lets it ignore Ctrl-C, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
begun, never = threading.Event(), threading.Event()

def hang():
    begun.set()
    never.wait()

try:
    with Workers(2) as workers:
        future = workers.submit(hang)
        begun.wait()
        _thread.interrupt_main()
        future.result()
except KeyboardInterrupt:
    print("interrupted")
"""


def test_results_and_faults_come_back_in_order():
    with Workers(3) as workers:
        assert list(workers.map(lambda n: n * n, range(50))) == [n * n for n in range(50)]
        with pytest.raises(ZeroDivisionError):
            workers.submit(lambda: 1 // 0).result()


def test_what_has_not_begun_is_cancelled():
    begun, go = Event(), Event()
    workers = Workers(1)
    first = workers.submit(lambda: (begun.set(), go.wait()))
    begun.wait()
    second = workers.submit(lambda: None)
    workers.shutdown(cancel_futures=True)
    go.set()
    assert first.result() == (None, True)
    assert second.cancelled()


def test_a_task_that_hangs_holds_up_neither_ctrl_c_nor_the_end():
    done = run_python("-c", HANGING, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")
