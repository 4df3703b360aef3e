"""Whether the password policy is stronger than PCI DSS requires."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.identity import PasswordPolicyOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._users import (
    any_user,
    has_password,
    has_password_alone,
    reported_users,
)
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam_credentials import (
    AccountPasswordPolicy,
    CredentialReportEntry,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.texts import text

__all__ = ["password_policy"]

_CLASSES = {
    "require_symbols": "RequireSymbols",
    "require_numbers": "RequireNumbers",
    "require_uppercase_characters": "RequireUppercaseCharacters",
    "require_lowercase_characters": "RequireLowercaseCharacters",
}
_PCI_LENGTH, _PCI_REUSE, _PCI_AGE = 12, 4, 90
"""PCI DSS v4.0.1, 8.3.6, 8.3.7 and 8.3.9."""


@check(
    reads(AccountPasswordPolicy),
    reads(CredentialReportEntry),
    subjects=(AccountPasswordPolicy,),
)
def password_policy(view: AccountView) -> Iterator[Finding]:
    """Reads the password policy of the account (GetAccountPasswordPolicy), field by field.

    Without a policy, the default of AWS applies, which fails. The maximum age counts only while a
    user has a password and no MFA in the credential report, since PCI DSS 8.3.9 is about
    passwords as the only factor. Each value is compared with PCI DSS v4.0.1, and reported as
    stronger or as equal. Without users who have a password, the control is not applicable.
    """
    exemption = _exemption(view)
    for policy in view.all(AccountPasswordPolicy):
        if exemption is not None:
            yield view.finding(policy, exemption)
        else:
            yield view.finding(policy, *_judge(view, policy))


def _exemption(view: AccountView) -> Observation | None:
    if view.snapshot.is_planned:  # what sets a policy does not say who will have a password
        return None
    has_users = any_user(view, *map(has_password, reported_users(view)))
    if isinstance(has_users, Unknown):
        return unknown("password_enabled", has_users)
    return None if has_users else not_applicable(text("identity.no-passwords"))


def _judge(view: AccountView, policy: AccountPasswordPolicy) -> Iterator[Observation]:
    options = view.baseline.options(PasswordPolicyOptions)
    length = policy.minimum_password_length
    if length is None:
        yield failed(text("identity.no-password-policy"))
        return
    yield _at_least(
        "MinimumPasswordLength", length, options.minimum_length, _PCI_LENGTH, "password-length"
    )
    yield _classes(policy)
    reuse = policy.password_reuse_prevention
    yield _at_least("PasswordReusePrevention", reuse, options.reuse, _PCI_REUSE, "password-reuse")
    yield _age(view, policy.max_password_age, options.max_age_days)


def _at_least(
    name: str, value: Field[int | None], limit: int, standard: int, words: str
) -> Observation:
    expected = f"{name}>={limit}"
    if isinstance(value, Unknown):
        return unknown(name, value, expected=expected)
    number = value or 0
    read = f"{name}={number}"
    if number < limit:
        message = text(f"identity.{words}-not", number=number, limit=limit)
        return failed(message, read=read, expected=expected)
    relation = "stronger" if number > standard else "equal"
    message = text(f"identity.{words}-{relation}", number=number, standard=standard)
    return passed(message, read=read, expected=expected)


def _classes(policy: AccountPasswordPolicy) -> Observation:
    required: dict[str, Field[bool | None]] = {
        name: getattr(policy, field) for field, name in _CLASSES.items()
    }
    expected = FieldValue.each(required, "true")
    missing = [name for name, value in required.items() if value is False]
    if missing:
        read = FieldValue.each(missing, "false")
        return failed(text("identity.password-classes-not"), read=read, expected=expected)
    for name, value in required.items():
        if isinstance(value, Unknown):
            return unknown(name, value, expected=expected)
    return passed(text("identity.password-classes"), read=expected, expected=expected)


def _age(view: AccountView, age: Field[int | None], limit: int) -> Observation:
    name, expected = "MaxPasswordAge", f"MaxPasswordAge<={limit}"
    if isinstance(age, int) and age <= limit:
        relation = "stronger" if age < _PCI_AGE else "equal"
        message = text(f"identity.password-age-{relation}", number=age, standard=_PCI_AGE)
        return passed(message, read=f"{name}={age}", expected=expected)
    users = reported_users(view)
    needed = any_user(view, *map(has_password_alone, users))
    if needed is False:
        return passed(text("identity.password-age-not-needed"))
    if isinstance(needed, Unknown):
        return unknown("mfa_active", needed, expected=expected)
    if isinstance(age, Unknown):
        return unknown(name, age, expected=expected)
    names = tuple(user.name for user in users if has_password_alone(user) is True)
    message = text("identity.password-age-not", limit=limit, users=names)
    return failed(message, read=f"{name}={age or ''}", expected=expected)
