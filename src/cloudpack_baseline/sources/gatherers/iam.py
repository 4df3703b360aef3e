"""AWS Identity and Access Management."""

from __future__ import annotations

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._iam_principals import PRINCIPALS
from cloudpack_baseline.sources.gatherers._iam_providers import PROVIDERS

__all__ = ["GATHERERS"]

_SUMMARY = "iam:GetAccountSummary"


def _account_summary(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    answer = calls.get(_SUMMARY)
    summary = answer if isinstance(answer, Unknown) else (answer or {}).get("SummaryMap")
    arn = Arn(calls.partition, "iam", "", calls.account, "root")
    record = AccountSummary(
        arn=str(arn),
        account=calls.account,
        name="root",
        origin=Origin(operation=_SUMMARY),
        mfa_enabled=_must(_flag(summary, "AccountMFAEnabled"), "AccountMFAEnabled"),
        password_present=_flag(summary, "AccountPasswordPresent"),
        access_keys_present=_flag(summary, "AccountAccessKeysPresent"),
        signing_certificates_present=_flag(summary, "AccountSigningCertificatesPresent"),
    )
    return Gathered((record,))


def _flag(summary: Answer | Unknown | None, name: str) -> Field[bool | None]:
    if isinstance(summary, Unknown):
        return summary
    value = summary.get(name) if isinstance(summary, dict) else None
    if value is None or isinstance(value, int):
        return None if value is None else value > 0
    return Unknown.because(Why.MALFORMED, operation=_SUMMARY, detail=name)


def _must(value: Field[bool | None], name: str) -> Field[bool]:
    if value is None:
        return Unknown.because(Why.MALFORMED, operation=_SUMMARY, detail=name)
    return value


GATHERERS = (
    Gatherer(kind=AccountSummary, run=_account_summary, operations=(_SUMMARY,), regional=False),
    *PRINCIPALS,
    *PROVIDERS,
)
