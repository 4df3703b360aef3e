"""Where the resources of a plan are: the account and Region of each, by its provider."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT, Resolved
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.terraform.plan import (
    PlannedResource,
    TerraformPlan,
    list_of,
    object_of,
)
from cloudpack_baseline.sources.terraform.references import PlanReferences

__all__ = ["Providers"]

_ARN = re.compile(r"arn:(?P<partition>[\w-]+):[^:]*:(?P<region>[^:]*):(?P<account>\d{12}):.+")
_ACCOUNT = re.compile(r"\d{12}")


class Providers:
    """The providers of a plan.

    The account of a provider is that of the role that it assumes, the only one that it allows, the
    one that ``aws_caller_identity`` names, or that of the ARNs of its resources that exist.

    Args:
        plan: the plan.
        references: between its resources.
        target: the account that the baseline declares, for providers that name none.
    """

    def __init__(
        self, plan: TerraformPlan, references: PlanReferences, target: SourceAccount
    ) -> None:
        self._plan = plan
        self._references = references
        named = target.regions or ()
        self._region = named[0] if len(named) == 1 and named[0] != "*" else ""
        self._default_account = target.id or PLACEHOLDER_ACCOUNT
        self._keys: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._configured: dict[str, str] = {}
        for resource in plan.resources.values():
            key = self._key(resource)
            account = _account_of(resource)
            if account and (resource.type == "aws_caller_identity" or key not in self._accounts):
                self._accounts[key] = account

    def known_account(self, resource: PlannedResource) -> str:
        """The account that the plan names; empty: it names none."""
        key = self._key(resource)
        if key not in self._configured:
            self._configured[key] = next(iter(self._configured_accounts(key)), "")
        return self._configured[key] or self._accounts.get(key, "")

    def account(self, resource: PlannedResource) -> str:
        """The account; if the plan names none, that of the target, or a placeholder."""
        return self.known_account(resource) or self._default_account

    def region(self, resource: PlannedResource) -> str:
        """The Region: of the resource (provider version 6), its provider, or the target."""
        region = resource.values.get("region")
        if isinstance(region, str) and region:
            return region
        configured = self._expression(self._key(resource), "region")
        return configured if isinstance(configured, str) and configured else self._region

    def _key(self, resource: PlannedResource) -> str:
        known = self._keys.get(resource.address)
        if known is None:
            key = str(self._references.configured(resource).get("provider_config_key") or "aws")
            # A module has the providers of the module that calls it, if it configures none.
            known = key if key in self._plan.providers else key.rpartition(":")[2]
            self._keys[resource.address] = known
        return known

    def _configured_accounts(self, key: str) -> Iterator[str]:
        expressions = object_of(object_of(self._plan.providers.get(key)).get("expressions"))
        for block in list_of(expressions.get("assume_role")):
            role = self._value(object_of(block).get("role_arn"))
            match = _ARN.fullmatch(str(role))
            if match is not None:
                yield match["account"]
        allowed = self._value(expressions.get("allowed_account_ids"))
        if isinstance(allowed, list) and len(allowed) == 1 and _ACCOUNT.fullmatch(str(allowed[0])):
            yield str(allowed[0])

    def _expression(self, key: str, name: str) -> Resolved:
        provider = object_of(self._plan.providers.get(key))
        return self._value(object_of(provider.get("expressions")).get(name))

    def _value(self, expression: object) -> Resolved:
        """The value of an expression: a constant, or a variable of the root module."""
        details = object_of(expression)
        if "constant_value" in details:
            return details["constant_value"]
        names = list_of(details.get("references"))
        if len(names) == 1 and str(names[0]).startswith("var."):
            return self._plan.variables.get(str(names[0]).removeprefix("var."))
        return None


def _account_of(resource: PlannedResource) -> str:
    if resource.type == "aws_caller_identity":
        account = resource.values.get("account_id")
        return account if isinstance(account, str) and _ACCOUNT.fullmatch(account) else ""
    if resource.is_data:
        return ""  # it may belong to anybody
    match = _ARN.fullmatch(str(resource.values.get("arn", "")))
    return match["account"] if match is not None else ""
