"""The public names of the engine."""

from __future__ import annotations

import pytest

from cloudpack_baseline import reachability
from processes import run_python


@pytest.mark.parametrize("name", reachability.__all__)
def test_every_name_is_there(name):
    assert getattr(reachability, name) is not None


def test_no_other_name_is():
    with pytest.raises(AttributeError, match="Netwrok"):
        _ = reachability.Netwrok


def test_sets_of_traffic_load_nothing_of_the_engine():
    code = (
        "import sys; from cloudpack_baseline.reachability import TrafficSet; "
        "print(sorted(name for name in sys.modules if name.startswith('cloudpack_baseline')))"
    )
    completed = run_python("-c", code)
    assert "reachability.traffic" in completed.stdout
    assert "reachability.network" not in completed.stdout
    assert "model.ec2" not in completed.stdout
