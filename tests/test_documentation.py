"""Links of findings and reports to the documentation."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.reports import asff, ocsf, oscal, sarif
from cloudpack_baseline.testing import records

HOST = "https://cloudpack-baseline.example/docs"


def test_a_control_has_a_page_in_each_language():
    assert control_page("root-mfa") == f"{HOST}/en/reference/controls/root-mfa.html"
    assert control_page("root-mfa", "ja") == f"{HOST}/ja/reference/controls/root-mfa.html"


def test_a_control_of_your_own_has_no_page():
    assert control_page("x-mine") is None


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("report", [asff, ocsf, oscal, sarif])
def test_reports_link_to_pages_in_their_language(report, language):
    web = records.security_group("sg-web", [records.tcp(22, "0.0.0.0/0")])
    snapshot = records.snapshot(*records.small_account(), web)
    baseline = Baseline.from_mapping(records.SMALL_BASELINE)
    values = assess(snapshot, baseline, controls=["segmentation"]).to_json()
    text = report.render(values, language).decode()
    other = {"en": "ja", "ja": "en"}[language]
    assert f"{HOST}/{language}/reference/controls/segmentation.html" in text
    assert f"{HOST}/{other}/reference/controls/segmentation.html" not in text
