"""The classes of options: one for each control that has options, loaded when it is used."""

from __future__ import annotations

import pytest

from cloudpack_baseline.baseline.options import OPTIONS
from cloudpack_baseline.checks import entry_of
from cloudpack_baseline.whitepaper import controls
from processes import run_python

LOADED = "print(*(name for name in sys.modules if '.baseline.options.' in name))"
PROBE = f"""
import sys
from cloudpack_baseline import Baseline
Baseline.from_mapping({{"controls": {{%s}}}})
{LOADED}
"""


@pytest.mark.parametrize("control", OPTIONS)
def test_the_class_of_a_control_is_named_after_it_in_the_theme_of_its_check(control):
    options = OPTIONS[control]
    assert options.__name__.lower() == control.replace("-", "") + "options"
    theme = entry_of(controls()[control]).name.split(".")[0]
    assert options.__module__ == f"cloudpack_baseline.baseline.options.{theme}"


def test_a_control_without_options_has_no_class():
    assert "root-mfa" not in OPTIONS
    with pytest.raises(KeyError):
        OPTIONS["root-mfa"]


@pytest.mark.parametrize(
    ("table", "themes"),
    [("", []), ('"rds-backup": {}', ["cloudpack_baseline.baseline.options.databases"])],
)
def test_a_baseline_loads_the_options_that_it_configures(table, themes):
    assert run_python("-c", PROBE % table).stdout.split() == themes
