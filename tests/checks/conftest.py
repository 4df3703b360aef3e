"""What a check says can be read, in each language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.texts import LANGUAGES


@pytest.fixture(scope="session", autouse=True)
def each_text_exists() -> Iterator[None]:
    """Each finding is read in both languages: its texts exist and have their parameters."""
    finding_of = AccountView.finding

    def finding(self, *arguments, **keywords):
        result = finding_of(self, *arguments, **keywords)
        messages = [observation.message for observation in result.observations]
        for words in (*messages, *result.notes):
            for language in LANGUAGES:
                words.in_language(language)
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AccountView, "finding", finding)
        yield
