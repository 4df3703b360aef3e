"""Whether requests over plain HTTP, or with old versions of TLS, are denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.actions import KNOWN
from cloudpack_baseline.access.witnesses import sample_request_if_any

if TYPE_CHECKING:
    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.grants import Answers
    from cloudpack_baseline.access.requests import Request, RequestWitness
    from cloudpack_baseline.access.space import RequestSet

__all__ = ["clear_text", "clear_text_anonymous", "lowest_tls"]

_SECURE: Final = 2
_CLEAR: Final = 4
"""The classes of aws:SecureTransport: true comes first, so that witnesses use TLS."""
_TLS_VERSION: Final = "s3:tlsversion"


def _box(analysis: Analysis, secure: int) -> dict[int, int]:
    """Requests of known actions by channels that exist, over TLS or not."""
    layout = analysis.context.layout
    channels = analysis.context.channel_mask(lambda channel: channel.counts)
    return {layout.secure: secure, layout.action: KNOWN, layout.channel: channels}


def clear_text(answers: Answers) -> Request | None:
    """A request over plain HTTP, by any caller, that no Deny denies."""
    analysis = answers.analysis
    box = _box(analysis, _CLEAR)
    requests = analysis.open_high["policy"].within(box)
    if requests and not analysis.open_low["policy"].within(box):
        answers.uncertain.append("clear_text")
    return sample_request_if_any(analysis, requests)


def clear_text_anonymous(answers: Answers) -> RequestWitness | None:
    """An unsigned request over plain HTTP that is answered."""
    box = {answers.analysis.context.layout.secure: _CLEAR}
    return answers.witness("clear_text_anonymous", box, answers.unsigned)


def lowest_tls(answers: Answers) -> str | None:
    """The lowest TLS version that no Deny denies; None if every version is denied."""
    analysis = answers.analysis
    box = _box(analysis, _SECURE)
    high, low = analysis.open_high["policy"], analysis.open_low["policy"]
    version = _lowest(analysis, high.within(box))
    if low is not high and version != _lowest(analysis, low.within(box)):
        answers.uncertain.append("lowest_tls")
    return version


def _lowest(analysis: Analysis, requests: RequestSet) -> str | None:
    if not requests:
        return None
    level = analysis.context.layout.keys.get(_TLS_VERSION)
    if level is None:
        return "1.0"
    mask = requests.classes(level)
    samples = analysis.context.axes[_TLS_VERSION].samples
    return min((str(sample) for i, sample in enumerate(samples) if i and mask >> i & 1))
