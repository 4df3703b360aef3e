"""Whether users with a console password have MFA."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["console_user_mfa"]


@check(reads(UserDetail, "password", "mfa_devices"), planned=False)
def console_user_mfa(view: AccountView) -> Iterator[Finding]:
    """Reads the console password (GetLoginProfile) and MFA devices (ListMFADevices) of each user.

    Both are current, unlike the credential report. A user without a password cannot sign in to
    the console. MFA of people who sign in through an identity provider is not visible in AWS.
    """
    for user in view.all(UserDetail):
        yield view.finding(user, _judge(user))


def _judge(user: UserDetail) -> Observation:
    devices, origin = user.mfa_devices, user.origin_of("mfa_devices")
    if user.password is False:
        return not_applicable(text("identity.no-password"))
    if isinstance(devices, Unknown):
        return unknown("MFADevices", devices, origin=origin)
    if devices:
        return passed(text("identity.console-mfa", devices=devices), origin=origin)
    if isinstance(user.password, Unknown):
        return unknown("LoginProfile", user.password, origin=user.origin_of("password"))
    return failed(text("identity.console-without-mfa"), read="MFADevices=", origin=origin)
