"""Every baseline that a test here reads is judged by the JSON Schema, too."""

from __future__ import annotations

import pytest

from cloudpack_baseline.baseline import _file
from cloudpack_baseline.whitepaper import builtin
from schemas import assert_same_verdict

_SEPARATE = ("test_broken", "test_schema")
"""Thousands of baselines; those of the second are compared by itself."""


@pytest.fixture(autouse=True)
def _same_verdict_as_json_schema(request, monkeypatch):
    if request.module.__name__.rpartition(".")[2] in _SEPARATE:
        return
    structured = _file._structured

    def compared(kind, values, catalogue):
        baseline, mistakes = structured(kind, values, catalogue)
        if catalogue is builtin():
            assert_same_verdict(dict(values), [message for _, message in mistakes])
        return baseline, mistakes

    monkeypatch.setattr(_file, "_structured", compared)
