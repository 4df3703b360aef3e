"""Connections of small networks, by the commands ``record`` and ``explain flow``.

`networks.json` holds recorded answers of each network, the flows, and the verdicts that
AWS's rules give, with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cloudpack_baseline.cli import main

CASES = json.loads(Path(__file__).with_name("networks.json").read_text(encoding="utf-8"))
VERDICTS = ("does not pass", "not known", "passes")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_flows(case, tmp_path, capsys):
    for name, content in case["answers"].items():
        path = tmp_path / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    baseline, snapshot = tmp_path / "baseline.toml", tmp_path / "snapshot.json"
    baseline.write_text(f"schema = 1\nregions = {json.dumps(case['regions'])}\n", encoding="utf-8")
    common = ["--file", str(baseline)]
    source = f"describe:{tmp_path / 'answers'}"
    main(["record", str(snapshot), "--source", source, "--control", "segmentation", *common])
    for flow in case["flows"]:
        capsys.readouterr()
        ends = [flow["from"], flow["to"], flow["service"]]
        main(["explain", "flow", *ends, "--source", f"snapshot:{snapshot}", *common])
        verdict = capsys.readouterr().out.splitlines()[0].rpartition(": ")[2]
        found = next(words for words in VERDICTS if words in verdict)
        assert found in flow["want"], (flow["id"], case["why"])
