"""Reports of 10,000 findings: seconds of processor time, memory, and the size of the page.

    python bench/reports.py            the bars, each format in turn
    python bench/reports.py --profile  what takes the time of all formats

The findings are those of examples/template, of resources that all differ; one of five fails, with
a packet or a request as its witness.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path, PurePath
from typing import TypeVar

from _bars import report_bar
from attrs import evolve

from cloudpack_baseline import Baseline, assess, gather_template
from cloudpack_baseline.assessment import Assessment
from cloudpack_baseline.findings import Finding, Observation, Outcome
from cloudpack_baseline.reports.formats import SUFFIXES, renderer_of

FINDINGS, SECONDS, MEGABYTES, PAGE = 10_000, 5.0, 300.0, 5.0
SHARE = 4
"""Findings that pass, for each that fails; whatever does not apply would be shorter."""
EXAMPLE = Path(__file__).parents[1] / "examples/template"

T = TypeVar("T")


def assessment() -> Assessment:
    """The findings of the broken template, again and again under other names."""
    baseline = Baseline.load(EXAMPLE / "cloudpack-baseline.toml")
    judged = assess(gather_template(EXAMPLE / "broken.yaml", baseline=baseline), baseline)
    bad = [finding for finding in judged.findings if finding.outcome is Outcome.FAIL]
    passing = [finding for finding in judged.findings if finding.outcome is Outcome.PASS]
    mixed = cycle((*bad, *islice(cycle(passing), SHARE * len(bad))))
    findings = (another(finding, index) for index, finding in enumerate(islice(mixed, FINDINGS)))
    return evolve(judged, findings=tuple(findings))


def another(finding: Finding, index: int) -> Finding:
    """The same of another resource: no text is that of another finding."""
    place = evolve(finding.resource, key=f"{finding.resource.key}-{index}", name=f"name-{index}")
    observations = tuple(unlike(observation, index) for observation in finding.observations)
    return evolve(finding, resource=place, observations=observations)


def unlike(observation: Observation, index: int) -> Observation:
    """The same observation with a text of its own."""
    parameters = (*observation.message.parameters, ("zz", str(index)))
    return evolve(observation, message=evolve(observation.message, parameters=parameters))


def timed(make: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time, and the result."""
    begin = time.process_time()
    result = make()
    return time.process_time() - begin, result


def write_all(_: int) -> tuple[dict[str, float], float, float]:
    """In a process of its own: seconds by format, its megabytes, and those of the page."""
    judged = assessment()
    renderers = {suffix: renderer_of(PurePath(f"r{suffix}")) for suffix in SUFFIXES}
    seconds: dict[str, float] = {}
    seconds["values"], values = timed(judged.to_json)
    page = 0.0
    for suffix, render in renderers.items():
        seconds[suffix], content = timed(partial(render, values, "en"))
        page = len(content) / 1e6 if suffix == ".html" else page
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, megabytes, page


def profile() -> None:
    """Where the time goes."""
    judged = assessment()
    renderers = [renderer_of(PurePath(f"r{suffix}")) for suffix in SUFFIXES]
    profiler = cProfile.Profile()
    profiler.enable()
    values = judged.to_json()
    for render in renderers:
        render(values, "en")
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def main() -> int:
    """Measure; exit status 1 where a bar is missed."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        seconds, megabytes, page = pool.map(write_all, [0])[0]
    for name, took in seconds.items():
        print(f"      {took:7.3f} s           {name}")
    bars = [
        report_bar(f"all formats of {FINDINGS} findings", sum(seconds.values()), SECONDS),
        report_bar("memory of the process, with the assessment", megabytes, MEGABYTES, "MB"),
        report_bar("size of the page", page, PAGE, "MB"),
    ]
    return 0 if all(bars) else 1


if __name__ == "__main__":
    if "--profile" in sys.argv[1:]:
        profile()
        sys.exit(0)
    sys.exit(main())
