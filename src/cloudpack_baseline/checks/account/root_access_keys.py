"""Whether the root user has access keys or signing certificates."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["root_access_keys"]


@check(reads(AccountSummary))
def root_access_keys(view: AccountView) -> Iterator[Finding]:
    """Reads ``AccountAccessKeysPresent`` and ``AccountSigningCertificatesPresent``.

    GetAccountSummary counts inactive keys as well: the root user could activate them. Central
    management of root access in AWS Organizations does not remove keys by itself, so it does not
    excuse any.
    """
    for summary in view.all(AccountSummary):
        yield view.finding(
            summary,
            _absent(summary, "access_keys_present", "AccountAccessKeysPresent", "keys"),
            _absent(
                summary,
                "signing_certificates_present",
                "AccountSigningCertificatesPresent",
                "certificates",
            ),
        )


def _absent(summary: AccountSummary, field: str, name: str, words: str) -> Observation:
    present: Field[bool | None] = getattr(summary, field)
    expected, origin = f"{name}=0", summary.origin_of(field)
    if present is None:
        present = Unknown.because(
            Why.NOT_PROVIDED, operation="iam:GetAccountSummary", detail=f"no {name}"
        )
    if isinstance(present, Unknown):
        return unknown(name, present, expected=expected, origin=origin)
    if present:
        message = text(f"account.root-{words}")
        return failed(message, read=f"{name}=1", expected=expected, origin=origin)
    message = text(f"account.root-{words}-none")
    return passed(message, read=expected, expected=expected, origin=origin)
