"""The header of a run: what is judged, against what, and with which credentials."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from cloudpack_baseline._pytest.plan import RunPlan
from cloudpack_baseline._pytest.settings import FILED_SOURCES
from cloudpack_baseline.texts import Text, printable, text

__all__ = ["header", "moment_text", "source_text"]


def header(plan: RunPlan, environment: Mapping[str, str]) -> list[str]:
    """The lines above the run: source, baseline file, time, controls; the endpoint of AWS.

    Args:
        plan: of the run.
        environment: of the process.
    """
    moment = plan.settings.as_of
    lines = [
        text(
            "plugin.header",
            source=source_text(plan),
            file=os.path.relpath(plan.anchor, plan.settings.folder),
            moment=moment_text(moment) if moment else text("plugin.moment-of-gathering"),
            controls=_controls(plan),
        )
    ]
    if plan.settings.source == "aws":
        lines += _overrides(environment)
    language = plan.settings.language
    return [f"cloudpack-baseline: {line.in_language(language)}" for line in lines]


def _controls(plan: RunPlan) -> str | Text:
    controls = plan.settings.controls
    if plan.settings.narrowed:
        promises = [item.control for item in plan.items if not item.account]
        return ", ".join([*(control.id for control in controls), *promises])
    return text("plugin.all-controls", number=len(controls))


def _overrides(environment: Mapping[str, str]) -> Iterator[Text]:
    """What of the environment decides who is asked: without it, a mock would pass for AWS."""
    for name, value in sorted(environment.items()):
        endpoint = name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_")
        if value and (endpoint or name == "AWS_PROFILE"):
            printed = without_password(value) if endpoint else value
            yield text("plugin.environment", name=name, value=printable(printed))


def moment_text(moment: datetime) -> str:
    """A time as it is shown: ``2026-11-28T00:00:00Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def source_text(plan: RunPlan) -> str:
    """The source as the user writes it: files from here, and no password of a URL."""
    kind, colon, place = plan.settings.source.partition(":")
    if kind in FILED_SOURCES:
        place = os.path.relpath(place, plan.settings.folder)
    return f"{kind}{colon}{without_password(place)}"


def without_password(url: str) -> str:
    """The URL without user and password; anything else as it is."""
    try:
        url_parts = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    if url_parts.username is None:
        return url
    return urlunsplit(url_parts._replace(netloc=url_parts.netloc.rpartition("@")[2]))
