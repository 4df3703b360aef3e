"""A transport that answers from a table, and remembers what it was asked."""

from __future__ import annotations

from threading import Lock

from cloudpack_baseline.sources.calls import NOT_PROVIDED, CallError, Calls
from support import ACCOUNT, REGION


class FakeTransport:
    """Answers by operation id, or by (id, region), (id, subject), (id, region, subject).

    A list is pages, a dict is one page, a string is an error code; an exception is raised.
    """

    assumptions = frozenset()

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.released = []
        self._lock = Lock()

    def pages(self, operation, region, parameters):
        subject = operation.subject_of(parameters)
        with self._lock:
            self.asked.append((operation.id, region, subject))
        yield from self._found(operation.id, region, subject)

    def _found(self, key, region, subject):
        for name in ((key, region, subject), (key, subject), (key, region), key):
            if name in self.answers:
                answer = self.answers[name]
                break
        else:
            raise CallError(NOT_PROVIDED, f"no answer to {key}")
        for page in answer if isinstance(answer, list) else [answer]:
            if isinstance(page, str):
                raise CallError(page)
            if isinstance(page, Exception):
                raise page
            yield page

    def release(self, client, region):
        with self._lock:
            self.released.append((client, region))


def calls(answers, **changes):
    defaults = {
        "transport": FakeTransport(answers),
        "account": ACCOUNT,
        "partition": "aws",
        "region": REGION,
    }
    return Calls(**(defaults | changes))
