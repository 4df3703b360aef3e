"""The public names of the engine."""

from __future__ import annotations

import pytest

from cloudpack_baseline import access
from processes import run_python


@pytest.mark.parametrize("name", access.__all__)
def test_every_name_is_there(name):
    assert getattr(access, name) is not None


def test_no_other_name_is():
    with pytest.raises(AttributeError, match="Bukcet"):
        _ = access.Bukcet


def test_no_name_is_that_of_a_module_which_would_hide_it():
    code = (
        "import importlib, sys; from cloudpack_baseline import access\n"
        "for home in access._HOMES: importlib.import_module(f'cloudpack_baseline.access.{home}')\n"
        "print(*(name for name in access.__all__ if type(getattr(access, name)) is type(sys)))"
    )
    assert run_python("-c", code).stdout.split() == []


def test_a_question_about_a_bucket_loads_nothing_of_roles_and_sharing():
    code = (
        "import sys; from cloudpack_baseline.access import BucketAccess, compare_access; "
        "print(*(name for name in sys.modules if name.startswith('cloudpack_baseline.access')))"
    )
    loaded = run_python("-c", code).stdout.split()
    assert "cloudpack_baseline.access.analysis" in loaded
    assert {
        f"cloudpack_baseline.access.{name}" for name in ("role_assumption", "sharing")
    }.isdisjoint(loaded)


def test_the_earlier_name_of_the_comparison_is_kept():
    assert access.compare is access.compare_access
