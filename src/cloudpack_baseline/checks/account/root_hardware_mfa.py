"""Whether the MFA devices of the root user are hardware devices."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.account import RootHardwareMfaOptions
from cloudpack_baseline.checks.account._root import has_no_credentials, without_sign_in
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import VirtualMFADevice
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Truth, Unknown, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["root_hardware_mfa"]

_LOCKED_UP = "5.3.2.mfa-device"
"""The attested promise that the MFA device of the root user is locked up."""


@check(reads(AccountSummary), reads(VirtualMFADevice), subjects=(AccountSummary,))
def root_hardware_mfa(view: AccountView) -> Iterator[Finding]:
    """Reads the users of the virtual MFA devices (ListVirtualMFADevices).

    One virtual device among several fails: it is enough to sign in. Devices are matched by the
    ARN of their user, since the names are free. A device that is not virtual may be a passkey,
    which AWS does not distinguish from a hardware device. Without MFA (``AccountMFAEnabled`` of
    GetAccountSummary) the control fails; without any credentials of the root user, it is not
    applicable. A virtual device on a phone that is locked up and used for nothing else complies:
    it passes while an attestation of ``5.3.2.mfa-device`` names it in ``resources``.
    """
    for summary in view.all(AccountSummary):
        yield view.finding(summary, _exemption(view, summary) or _judge(view, summary))


def _exemption(view: AccountView, summary: AccountSummary) -> Observation | None:
    if not view.baseline.options(RootHardwareMfaOptions).required:
        return not_applicable(text("account.hardware-not-required"))
    if summary.mfa_enabled is not True and has_no_credentials(summary) is True:
        return not_applicable(text("account.root-without-credentials"))
    return without_sign_in(view.account.partition, summary)


def _judge(view: AccountView, summary: AccountSummary) -> Observation:
    virtual = _has_virtual_device(view)
    if virtual is True:
        devices = (device for device in _devices(view) if _is_of_root(device.user) is True)
        names = tuple(device.name for device in devices)
        return failed(text("account.root-virtual-mfa", devices=names))
    origin = summary.origin_of("mfa_enabled")
    if isinstance(summary.mfa_enabled, Unknown):
        return unknown("AccountMFAEnabled", summary.mfa_enabled, origin=origin)
    if not summary.mfa_enabled:
        return failed(
            text("account.root-without-mfa"),
            read="AccountMFAEnabled=0",
            expected="AccountMFAEnabled=1",
            origin=origin,
        )
    if isinstance(virtual, Unknown):
        return unknown("VirtualMFADevices", virtual)
    attested = tuple(
        device.name
        for device in view.all(VirtualMFADevice)
        if _is_of_root(device.user) is True and _is_attested(view, device)
    )
    message = text("account.root-hardware-mfa")
    if attested:
        message = text("account.root-attested-mfa", devices=attested)
    return passed(message, read="AccountMFAEnabled=1", origin=origin)


def _has_virtual_device(view: AccountView) -> Truth:
    gap = view.gap(VirtualMFADevice)
    devices = (_is_of_root(device.user) for device in _devices(view))
    return any_of(devices if gap is None else (*devices, gap))


def _devices(view: AccountView) -> Iterator[VirtualMFADevice]:
    """The virtual devices that no attestation names."""
    return (device for device in view.all(VirtualMFADevice) if not _is_attested(view, device))


def _is_attested(view: AccountView, device: VirtualMFADevice) -> bool:
    patterns = view.baseline.attested_resources(_LOCKED_UP, view.as_of.date())
    return any(covers(pattern, device.key, device.name) for pattern in patterns)


def _is_of_root(user: Field[str | None]) -> Truth:
    return lift(lambda arn: arn is not None and arn.endswith(":root"), user)
