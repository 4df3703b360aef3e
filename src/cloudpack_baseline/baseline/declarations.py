"""The records of a baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from attrs import evolve, field

from cloudpack_baseline.baseline._file import from_mapping, load_baseline
from cloudpack_baseline.baseline._lines import FileLayout
from cloudpack_baseline.baseline._periods import latest_expiry
from cloudpack_baseline.baseline._structure import key_path
from cloudpack_baseline.baseline.formats import (
    INTERNET,
    AccountId,
    AttestedPromise,
    CatalogueVersion,
    Cidr,
    ClauseNumber,
    ControlId,
    DeclaredName,
    EndpointId,
    Exposure,
    KeyArn,
    NotEmpty,
    ObjectAccess,
    ObjectKeys,
    OrganizationId,
    PaperRelease,
    Party,
    Reference,
    RegionOrEvery,
    RoleArn,
    SecurityGroupId,
    Service,
    Sha256,
    SubnetId,
    Ticket,
    Words,
    is_url,
)
from cloudpack_baseline.baseline.options import OPTIONS
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.pattern import literal_prefix, matches
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.whitepaper import PAPER, Catalogue, builtin

__all__ = [
    "Account",
    "Attestation",
    "Baseline",
    "BucketDeclaration",
    "Change",
    "DeclaredOwner",
    "Exclusion",
    "Exposure",
    "Flow",
    "ObjectAccess",
    "Party",
    "RegisterOptions",
    "Scope",
    "Segment",
    "Waiver",
]

T = TypeVar("T")

Regions: TypeAlias = Annotated[
    tuple[RegionOrEvery, ...], NotEmpty('["*"] means every enabled region')
]
FlowEnds: TypeAlias = Annotated[
    tuple[Annotated[str, Reference(("segment", "network"), reserved=(INTERNET,))], ...],
    NotEmpty(),
]
DeclaredNetwork: TypeAlias = Annotated[
    str,
    Reference(("network",), hint="'internet' is not a network: use exposure = [\"public\"]"),
]


@frozen(kw_only=True)
class Exclusion:
    """A clause that is excluded, and why.

    Attributes:
        clause: its number; the clauses below it are excluded too.
        reason: shown where the clause would be.
    """

    clause: ClauseNumber
    reason: Words


@frozen(kw_only=True)
class Scope:
    """What is judged.

    Attributes:
        parties: whose promises (2.2.1).
        controls: IDs of the controls that are judged, with those of `clauses`; if both are empty,
            all controls.
        clauses: numbers of the clauses whose controls are judged, with the clauses below them;
            2.2.2 and 3.3 have all best practices.
        exclude: excluded clauses.
        since: the version of this package whose controls are judged, such as ``0.1``; controls
            that later versions added are left out. By default, no control is left out.
        attested: whether attested promises without an attestation are unknown; otherwise they are
            not applicable.
    """

    parties: Annotated[tuple[Party, ...], NotEmpty("the default is customer and cloudpack")] = (
        "customer",
        "cloudpack",
    )
    controls: Annotated[tuple[ControlId, ...], NotEmpty("the default is every control")] = ()
    clauses: Annotated[tuple[ClauseNumber, ...], NotEmpty("the default is every clause")] = ()
    exclude: tuple[Exclusion, ...] = ()
    since: CatalogueVersion | None = None
    attested: bool = False


@frozen(kw_only=True)
class Account:
    """An AWS account.

    Attributes:
        id: 12 digits.
        role_arn: the role to assume for reading it.
        profile: the profile that reads it; without a role or profile, the default credentials do.
        external_id: the external ID for `role_arn`.
        regions: used instead of those of the baseline; ``*``: every enabled Region.
    """

    id: AccountId
    role_arn: RoleArn | None = None
    profile: str | None = None
    external_id: str | None = None
    regions: Regions | None = None


@frozen(kw_only=True)
class Segment:
    """A part of the network; the keys are alternatives.

    Attributes:
        name: the name that flows use.
        tags: key-value pairs, all of which are set on the interface or its resource.
        subnets: subnet IDs.
        cidrs: CIDR blocks of private addresses.
        security_groups: security group IDs.
        names: patterns (``*``, ``?``) of the Name tag or the name of the resource.
        internet_facing: whether it may have public IP addresses and a route to the internet.
        role: ``bastion`` for the segment that operators connect through.
    """

    name: DeclaredName
    tags: Mapping[str, str] = field(factory=dict)
    subnets: tuple[SubnetId, ...] = ()
    cidrs: tuple[Cidr, ...] = ()
    security_groups: tuple[SecurityGroupId, ...] = ()
    names: tuple[str, ...] = ()
    internet_facing: bool = False
    role: Literal["bastion"] | None = None


@frozen(kw_only=True)
class Flow:
    """Connections that may pass.

    Attributes:
        from_: segments, networks or ``internet`` that open them.
        to: segments, networks or ``internet`` that accept them.
        services: such as ``https``, ``tcp/8000-8080``, ``icmp``.
        required: whether it is a failure that they do not pass.
    """

    from_: FlowEnds
    to: FlowEnds
    services: Annotated[tuple[Service, ...], NotEmpty()]
    required: bool = False


@frozen(kw_only=True)
class BucketDeclaration:
    """How open a bucket is meant to be.

    Attributes:
        name: a bucket name, or a pattern (``*``, ``?``); the longest literal prefix wins.
        exposure: to whom, combined: ``private``, ``public``, ``networks``, ``accounts``,
            ``cloudfront``; several tables of one name open the bucket for several things.
        access: what they may do.
        objects: key patterns (``*``, ``?``) of the objects that they may do it to.
        networks: names of declared networks, for ``networks``.
        endpoints: IDs of VPC endpoints (``vpce-...``) and VPCs (``vpc-...``) through whose
            endpoints requests come, for ``networks``.
        accounts: account IDs, for ``accounts``.
        organizations: IDs of AWS organizations (``o-...``), for ``accounts``.
        website: whether it hosts a website.
        acls: whether it still needs ACLs.
        versioning: whether old versions of its objects are kept.
        logs: whether it receives logs, so that reading it need not be logged in turn.
        kms_keys: ARNs of the keys or aliases of which one encrypts new objects; none: any
            encryption, that of S3 itself included.
    """

    name: Words
    exposure: Annotated[tuple[Exposure, ...], NotEmpty('the default is ["private"]')] = ("private",)
    access: Annotated[tuple[ObjectAccess, ...], NotEmpty('the default is ["read"]')] = ("read",)
    objects: Annotated[tuple[ObjectKeys, ...], NotEmpty('the default is ["*"]')] = ("*",)
    networks: tuple[DeclaredNetwork, ...] = ()
    endpoints: tuple[EndpointId, ...] = ()
    accounts: tuple[AccountId, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    website: bool = False
    acls: bool = False
    versioning: bool = True
    logs: bool = False
    kms_keys: tuple[KeyArn, ...] = ()


@frozen(kw_only=True)
class Waiver:
    """An approved exception with an end.

    Attributes:
        control: the ID of the control.
        resource: an ARN or another resource key, or a pattern (``*``, ``?``) of it.
        reason: why the failure is accepted.
        approved_by: who accepted it.
        approved_on: the first day on which it is in effect (UTC).
        expires: the last day on which it is in effect (UTC), at most a year after `approved_on`.
        approved_for: whose decision it is. Where the control judges 4.7.2, the customer
            decides.
        ticket: where the approval is recorded: the key or the URL of a ticket. Required where
            the control judges 4.7.2.
    """

    control: ControlId
    resource: Words
    reason: Words
    approved_by: Words
    approved_on: date
    expires: date
    approved_for: Literal["customer", "cloudpack"] = "cloudpack"
    ticket: Ticket | None = None

    def is_in_effect(self, day: date) -> bool:
        """Whether the day (UTC) is in its period."""
        return self.approved_on <= day <= self.expires


@frozen(kw_only=True)
class Change:
    """A requested or approved change of security settings.

    Attributes:
        resource: an ARN or another resource key, or a pattern (``*``, ``?``) of it.
        ticket: where it was requested or approved: the key or the URL of a ticket.
        starts: the first day on which the change may be made (UTC).
        ends: the last day (UTC).
        reason: what is changed, and why.
        controls: IDs of the controls whose settings are changed; empty: all settings.
    """

    resource: Words
    ticket: Ticket
    starts: date
    ends: date
    reason: str = ""
    controls: Annotated[tuple[ControlId, ...], NotEmpty("the default is every control")] = ()


@frozen(kw_only=True)
class DeclaredOwner:
    """Who is responsible for resources that no tag names an owner of.

    Attributes:
        resource: an ARN or another resource key, or a pattern (``*``, ``?``) of it.
        owner: a person, a team, or a role.
    """

    resource: Words
    owner: Words


@frozen(kw_only=True)
class RegisterOptions:
    """The register of resources (4.1.2).

    Attributes:
        owner_tags: the keys of the tags that name the owner, in the order of preference.
        owners: the owners of resources without such a tag; the first one that matches counts.
    """

    owner_tags: Annotated[tuple[Words, ...], NotEmpty()] = ("Owner", "owner")
    owners: tuple[DeclaredOwner, ...] = ()


@frozen(kw_only=True)
class Attestation:
    """That somebody examined the evidence of a promise that no API describes.

    Attributes:
        promise: the ID of the promise, such as ``4.1.4.education``.
        evidence: a file, relative to the baseline file, or a URL.
        attested_by: who examined it.
        attested_on: the first day on which it is valid (UTC).
        expires: the last day on which it is valid (UTC); by default, and at most, as long as an
            attestation of the promise can be.
        ticket: where it is recorded: the key or the URL of a ticket.
        sha256: the SHA-256 digest of the file.
        resources: what was examined, where a control asks: patterns (``*``, ``?``) of ARNs or
            names, such as the MFA device of the root user for ``5.3.2.mfa-device``.
    """

    promise: AttestedPromise
    evidence: Words
    attested_by: Words
    attested_on: date
    expires: date | None = None
    ticket: Ticket | None = None
    sha256: Sha256 | None = None
    resources: tuple[Words, ...] = ()

    @property
    def is_file(self) -> bool:
        """Whether the evidence is a file; otherwise, it is a URL."""
        return not is_url(self.evidence)


@frozen(kw_only=True)
class Baseline:
    """Everything the user declares; without arguments, the defaults of the white paper.

    Attributes:
        schema: the version of the file format.
        paper: the release of the white paper that it was written for.
        regions: the Regions that are gathered; ``*``: every enabled Region.
        scope: what is judged.
        accounts: by declared name; if empty, the account of the credentials.
        networks: CIDR blocks by name.
        segments: parts of the network.
        flows: what may pass between segments.
        buckets: the declared exposure of buckets.
        controls: options by control ID, each of the class of its control.
        waivers: approved exceptions.
        attestations: of promises that no API describes.
        changes: of security settings.
        register: how the register of resources names owners.
        path: the file it was read from.
        layout: where the tables of that file are.
        catalogue: the clauses and controls in force, which the file may name.
        files: files that it names, by their names there, as far as they were read.
    """

    schema: Literal[1] = 1
    paper: PaperRelease = PAPER
    regions: Regions = ("*",)
    scope: Scope = Scope()
    accounts: Mapping[str, Account] = field(factory=dict)
    networks: Mapping[DeclaredName, Annotated[tuple[Cidr, ...], NotEmpty()]] = field(factory=dict)
    segments: tuple[Segment, ...] = ()
    flows: tuple[Flow, ...] = ()
    buckets: tuple[BucketDeclaration, ...] = ()
    controls: Mapping[str, Any] = field(factory=dict, metadata={"tables": OPTIONS})
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    changes: tuple[Change, ...] = ()
    register: RegisterOptions = RegisterOptions()
    path: Path | None = field(default=None, eq=False, metadata={"in_file": False})
    layout: FileLayout | None = field(
        default=None, eq=False, repr=False, metadata={"in_file": False}
    )
    catalogue: Catalogue = field(factory=builtin, eq=False, repr=False, metadata={"in_file": False})
    files: Mapping[str, StoredFile] = field(
        factory=dict, eq=False, repr=False, metadata={"in_file": False}
    )

    @classmethod
    def load(cls, path: str | Path, *, catalogue: Catalogue | None = None) -> Baseline:
        """The baseline in a file: a TOML file, or ``[tool.cloudpack-baseline]``.

        Args:
            path: the file.
            catalogue: the clauses and controls in force; by default those of the white paper.

        Raises:
            InputError: every problem, each with the path to its key.
        """
        catalogue = catalogue or builtin()
        baseline, layout = load_baseline(cls, Path(path), catalogue)
        return evolve(baseline, path=Path(path), layout=layout, catalogue=catalogue)

    @classmethod
    def from_mapping(
        cls, values: Mapping[str, Any], *, catalogue: Catalogue | None = None
    ) -> Baseline:
        """The baseline with the values that a TOML file would contain.

        Args:
            values: the tables and keys.
            catalogue: the clauses and controls in force; by default those of the white paper.

        Raises:
            InputError: every problem, each with the path to its key.
        """
        catalogue = catalogue or builtin()
        return evolve(from_mapping(cls, values, catalogue), catalogue=catalogue)

    @property
    def folder(self) -> Path:
        """The folder that names of files are relative to."""
        return self.path.parent if self.path else Path()

    def origin_of(self, *steps: str | int) -> Origin:
        """Where a value is declared: the path to its key; from a file, also its name and line.

        Args:
            steps: keys and indexes, such as ``"waivers", 2, "expires"``.
        """
        return self.layout.origin_of(*steps) if self.layout else Origin(path=key_path(steps))

    def last_day(self, attestation: Attestation) -> date:
        """The last day on which the attestation is valid (UTC)."""
        promise = self.catalogue.promises[attestation.promise]
        return attestation.expires or latest_expiry(promise, attestation.attested_on)

    def attested_resources(self, promise: str, day: date) -> tuple[str, ...]:
        """Patterns of what was examined for the promise, if that is valid on the day (UTC)."""
        return tuple(
            pattern
            for attestation in self.attestations
            if attestation.promise == promise
            and attestation.attested_on <= day <= self.last_day(attestation)
            for pattern in attestation.resources
        )

    def account_named(self, account_id: str) -> tuple[str, Account | None]:
        """The declared name of the account ID, and its declaration; ``("", None)`` if none."""
        for name, account in self.accounts.items():
            if account.id == account_id:
                return name, account
        return "", None

    def bucket(self, name: str) -> BucketDeclaration:
        """What is declared about the bucket itself: the first of `openings`."""
        return self.openings(name)[0]

    def openings(self, name: str) -> tuple[BucketDeclaration, ...]:
        """All tables of the bucket, each of which declares an exposure.

        They share a name: the one with the longest literal prefix; if two are as long, the one
        without wildcards, then the first. A bucket without a table is private.
        """
        covering = [bucket for bucket in self.buckets if matches(bucket.name, name)]
        nearest = max(
            covering,
            key=lambda bucket: (len(literal_prefix(bucket.name)), bucket.name == name),
            default=BucketDeclaration(name=name),
        )
        return tuple(bucket for bucket in covering if bucket.name == nearest.name) or (nearest,)

    def regions_of(self, account_id: str) -> tuple[str, ...] | None:
        """The regions named for the account, or else for all; ``None``: every enabled one."""
        _, account = self.account_named(account_id)
        named = (account.regions if account else None) or self.regions
        return None if "*" in named else named

    def options(self, kind: type[T]) -> T:
        """The options of the kind that the user gave, else the paper's values."""
        tables = (table for table in self.controls.values() if isinstance(table, kind))
        return next(tables, None) or kind()

    def cidrs_of(self, networks: Iterable[str]) -> tuple[str, ...]:
        """The CIDR blocks of the named networks."""
        return tuple(cidr for name in networks for cidr in self.networks[name])
