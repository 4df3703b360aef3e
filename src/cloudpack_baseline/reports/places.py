"""Where code review shows a finding: a file with a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["account_places", "origins_of"]


def origins_of(finding: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The places in templates, plans and baseline files that a finding is about.

    They are those of the observations. A flow between segments has none of its own, so it is shown
    at the last rule of a security group that its packet passes, which is that of the target.
    """
    observations = finding["observations"]
    origins = [observation["origin"] for observation in observations]
    if places := [origin for origin in origins if origin and origin.get("file")]:
        return places
    witnesses = (observation["witness"] or {"packet": None} for observation in observations)
    rules = [
        hop["origin"]
        for witness in witnesses
        for hop in (witness["packet"]["hops"] if witness["packet"] else ())
        if hop["kind"] == "security-group" and hop["origin"]
    ]
    return rules[-1:]


def account_places(values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Where the baseline file declares each account, by its ID; of any other, its first line.

    Code scanning of GitHub rejects a whole file for one result without a file. What an account has
    is in none, so it is shown at what it is judged against. Empty: nothing was declared in a file.
    """
    baseline = values["baseline"]
    layout = baseline["layout"]
    if not layout:
        return {}
    lines = {tuple(steps): line for steps, line in layout["lines"]}
    places: dict[str, Mapping[str, Any]] = {"": {"file": layout["file"], "line": 1}}
    for name, account in baseline["declared"].get("accounts", {}).items():
        line = lines.get((*layout["prefix"], "accounts", name), 1)
        places[account["id"]] = {"file": layout["file"], "line": line}
    return places
