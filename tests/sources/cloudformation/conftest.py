"""Templates written into a folder, gathered and judged."""

import textwrap

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select


@pytest.fixture
def gathered(tmp_path):
    """Gathers what the controls read from the texts of templates."""

    def gather(*texts, controls=None, name="template.yaml"):
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        for index, text in enumerate(texts):
            file = folder / (name if not index else f"{index}-{name}")
            file.write_text(textwrap.dedent(text), encoding="utf-8")
        place = folder / name if len(texts) == 1 else folder
        with parse_source(f"template:{place}").open() as opened:
            return opened.gather(reads_of(select(controls)))

    return gather


@pytest.fixture
def judge_template(gathered):
    """The outcome of each finding of one control, by the name of the resource."""

    def judge(control, *texts, baseline=None):
        snapshot = gathered(*texts, controls=[control])
        assessment = assess(snapshot, baseline or Baseline(), controls=[control])
        return {finding.resource.name: finding.outcome.value for finding in assessment.findings}

    return judge
