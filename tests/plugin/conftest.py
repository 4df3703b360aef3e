"""A project for each test; the plugins of this environment stay out of its runs."""

from __future__ import annotations

import pytest

from plugin.project import Project


@pytest.fixture
def project(pytester, monkeypatch):
    """A project with one account whose root user has MFA."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "cloudpack_baseline.pytest_plugin,xdist.plugin")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    # These tests may run on a worker themselves; the runs that they start do not.
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)
    # Where CI is set, pytest cuts no summary line to the width of the terminal.
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    # Nor do they annotate the job that runs these tests.
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    project = Project(pytester)
    project.baseline()
    project.recorded()
    return project
