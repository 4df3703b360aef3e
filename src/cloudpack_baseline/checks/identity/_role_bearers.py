"""What runs with a role: functions, instances, stacks and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

from attrs import evolve, field

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._path_catalogue import NOBODY
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecs import EcsService, EcsTask
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown

__all__ = ["BEARER_READS", "RoleBearer", "RoleBearers"]

BEARER_READS = (
    reads("LambdaFunction"),
    reads(Instance),
    reads("CloudFormationStack"),
    reads("BuildProject", "role"),
    reads("StateMachine", "role"),
    reads("NotebookInstance", "role"),
    reads(EcsService, "role"),
    reads(EcsTask, "definition_role"),
    reads(JobDefinition),
    reads("GlueJob"),
)
"""What `RoleBearers` needs."""

_GONE = ("terminated", "shutting-down")
_role_of: Callable[[Record], Field[str | None]] = attrgetter("role")


@frozen(kw_only=True)
class RoleBearer:
    """A resource that runs with a role.

    Attributes:
        kind: the name of its record class; tasks that a service is going to start count as tasks.
        arn: its ARN.
        tags: its tags; ``None``: they were not read.
        related: further resources that an action may require, such as the cluster of a task.
        context: values of condition keys that follow from it.
    """

    kind: str
    arn: str
    tags: Mapping[str, str] | None = None
    related: tuple[str, ...] = ()
    context: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class RoleBearers:
    """The resources of an account that run with a role.

    Attributes:
        by_role: the resources by the ARN of their role.
        undecided: the resources whose role is unknown, and why.
        unread: by the name of a record class, why there may be more of them.
        known: the names of the record classes that were read completely.
    """

    by_role: Mapping[str, tuple[RoleBearer, ...]] = field(factory=dict)
    undecided: tuple[tuple[RoleBearer, Unknown], ...] = ()
    unread: Mapping[str, Unknown] = field(factory=dict)
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, view: AccountView) -> RoleBearers:
        """Those of the account of the view; a template has only some of them."""
        by_role: dict[str, list[RoleBearer]] = {}
        undecided: list[tuple[RoleBearer, Unknown]] = []
        unread: dict[str, Unknown] = {}
        profiles = _profiles(view)
        by_name = {role.name: role.arn for role in view.all(RoleDetail)}
        for read in BEARER_READS:
            gap = view.gap(read.name)
            if gap is not None:
                unread[read.name] = gap
            for record in view.named(read.name):
                roles = _roles(record, profiles, by_name)
                if roles == ():
                    continue
                for bearer, doubt in _bearers(record):
                    if isinstance(roles, Unknown):
                        undecided.append((bearer, roles))
                    elif doubt is not None:
                        undecided.append((bearer, doubt))
                    else:
                        for role in roles:
                            by_role.setdefault(role, []).append(bearer)
        names = frozenset(read.name for read in BEARER_READS)
        partly = frozenset((*unread, *(bearer.kind for bearer, _ in undecided)))
        return cls(
            by_role={role: tuple(bearers) for role, bearers in by_role.items()},
            undecided=tuple(undecided),
            unread=unread,
            # Other templates have resources too.
            known=frozenset() if view.snapshot.is_planned else names - partly,
        )


def _profiles(view: AccountView) -> Mapping[str, str] | Unknown:
    """The role of each instance profile."""
    profiles: dict[str, str] = {}
    for role in view.all(RoleDetail):
        if isinstance(role.instance_profiles, Unknown):
            return role.instance_profiles
        profiles.update(dict.fromkeys(role.instance_profiles, role.arn))
    return profiles


def _roles(
    record: Record, profiles: Mapping[str, str] | Unknown, by_name: Mapping[str, str]
) -> Field[tuple[str, ...]]:
    """The ARNs of its roles; none for a role that does not exist."""
    role = _role_of_profile(record, profiles) if isinstance(record, Instance) else _role_of(record)
    further = record.further_roles if isinstance(record, JobDefinition) else ()
    if isinstance(role, Unknown):
        return role
    if isinstance(further, Unknown):
        return further
    roles = further if role is None else (role, *further)
    return tuple(by_name.get(role, role) for role in roles)


def _role_of_profile(
    instance: Instance, profiles: Mapping[str, str] | Unknown
) -> Field[str | None]:
    profile = instance.instance_profile
    if profile is None or instance.state in _GONE:
        return None
    if isinstance(profile, Unknown):
        return profile
    return profiles if isinstance(profiles, Unknown) else profiles.get(profile)


def _bearers(record: Record) -> Iterator[tuple[RoleBearer, Unknown | None]]:
    """The record and what it is going to start, as far as something can run on it.

    With each, why it is unknown whether something can.
    """
    if isinstance(record, EcsService):
        yield from _of_service(record)
    elif not isinstance(record, EcsTask):
        tags = record.tags if isinstance(record, Instance) else None
        yield (
            RoleBearer(
                kind=type(record).__name__,
                arn=record.arn,
                tags=None if tags is None or isinstance(tags, Unknown) else dict(tags),
            ),
            None,
        )
    elif record.exec_enabled is not False:
        yield _of_ecs(record, "EcsTask", record.arn), _doubt(record)


def _doubt(record: EcsService | EcsTask) -> Unknown | None:
    return record.exec_enabled if isinstance(record.exec_enabled, Unknown) else None


def _of_service(service: EcsService) -> Iterator[tuple[RoleBearer, Unknown | None]]:
    """The service, which can be updated so that ECS Exec opens its tasks, and open tasks."""
    tasks = service.arn.replace(":service/", ":task/")
    task = f"{tasks.rpartition('/')[0]}/{NOBODY}"
    yield _of_ecs(service, "EcsService", service.arn, task), None
    if service.exec_enabled is not False:
        yield evolve(_of_ecs(service, "EcsTask", task), tags=None), _doubt(service)


def _of_ecs(record: EcsService | EcsTask, kind: str, arn: str, *tasks: str) -> RoleBearer:
    cluster = record.cluster
    return RoleBearer(
        kind=kind,
        arn=arn,
        tags=None if isinstance(record.tags, Unknown) else dict(record.tags),
        related=tasks if isinstance(cluster, Unknown) else (*tasks, cluster),
        context={} if isinstance(cluster, Unknown) else {"ecs:cluster": cluster},
    )
