"""Why a flow's verdict is unknown: ids, with an English and a Japanese sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen
from attrs.validators import in_

from cloudpack_baseline.model.values import Cause, Unknown

__all__ = ["REASONS", "Reason"]

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "acl-not-recorded": (
            "the network ACL of {0} is not in the records",
            "{0} のネットワーク ACL が記録にない",
        ),
        "acl-unreadable": (
            "the entries of network ACL {0} could not be read",
            "ネットワーク ACL {0} のエントリを読み取れない",
        ),
        "addresses-unknown": (
            "the addresses of {0} are not known",
            "{0} の IP アドレスが不明",
        ),
        "appliance": (
            "traffic passes through {0}; the records do not tell what it forwards",
            "通信が {0} を経由するが、転送の可否は記録から判断できない",
        ),
        "block-public-access-unreadable": (
            "the block of public access of {0} could not be read",
            "{0} の VPC ブロックパブリックアクセスの設定を読み取れない",
        ),
        "groups-unknown": (
            "the security groups of {0} are not known",
            "{0} のセキュリティグループが不明",
        ),
        "interface-not-recorded": (
            "network interface {0} is not in the records",
            "ネットワークインターフェイス {0} が記録にない",
        ),
        "nat-inside": (
            "NAT gateway {0} is used inside a VPC, which is not followed",
            "NAT ゲートウェイ {0} を VPC 内の通信に使っており、追跡対象外",
        ),
        "nat-not-followed": (
            "{0} is a NAT gateway of a kind that is not followed (private, regional or NAT64)",
            "{0} は追跡対象外の種類の NAT ゲートウェイ(プライベート、リージョナル、または NAT64)",
        ),
        "on-premises": (
            "the network behind {0} may forward the traffic; it is not in the records",
            "{0} の先のネットワークが転送する可能性があるが、記録にない",
        ),
        "peer-not-recorded": (
            "{0} on the other side is not in the records",
            "対向側の {0} が記録にない",
        ),
        "prefix-list-unreadable": (
            "the entries of prefix list {0} could not be read",
            "プレフィックスリスト {0} のエントリを読み取れない",
        ),
        "route-table-not-recorded": (
            "the route table of {0} is not in the records",
            "{0} のルートテーブルが記録にない",
        ),
        "route-table-unreadable": (
            "route table {0} could not be read",
            "ルートテーブル {0} を読み取れない",
        ),
        "security-group-not-recorded": (
            "security group {0} is not in the records",
            "セキュリティグループ {0} が記録にない",
        ),
        "security-group-unreadable": (
            "the rules of security group {0} could not be read",
            "セキュリティグループ {0} のルールを読み取れない",
        ),
        "several-ways": (
            "the records leave open which way the traffic takes, and one of the ways is stopped",
            "通信経路を記録から一つに絞れず、そのうち一部の経路では遮断される",
        ),
        "subnet-not-recorded": (
            "subnet {0} is not in the records",
            "サブネット {0} が記録にない",
        ),
        "subnet-of-not-recorded": (
            "the subnet of {0} is not in the records",
            "{0} のサブネットが記録にない",
        ),
        "target-not-recorded": (
            "{0}, the target of a route, is not in the records",
            "ルートのターゲット {0} が記録にない",
        ),
        "target-not-followed": (
            "{0}, the target of a route, is of a kind that is not followed",
            "ルートのターゲット {0} は追跡対象外の種類",
        ),
        "transit-unreadable": (
            "{0} of a transit gateway could not be read",
            "トランジットゲートウェイの {0} を読み取れない",
        ),
    }
)
"""Id -> (English, Japanese); ``{0}`` is the first parameter."""


@frozen(order=True)
class Reason:
    """One reason for not knowing.

    Attributes:
        id: a key of `REASONS`.
        params: what the sentence names, ids of resources.
        causes: what went wrong when it was read, where that is the reason.
    """

    id: str = field(validator=in_(REASONS))
    params: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @classmethod
    def of(cls, name: str, subject: str, unknown: Unknown | None = None) -> Reason:
        """A reason about one resource, with the causes of the unknown value."""
        return cls(name, (subject,), unknown.causes if unknown is not None else ())

    @property
    def en(self) -> str:
        """The sentence in English."""
        return REASONS[self.id][0].format(*self.params)

    @property
    def ja(self) -> str:
        """The sentence in Japanese."""
        return REASONS[self.id][1].format(*self.params)

    def __str__(self) -> str:
        return self.en
