"""The check of ``session-recording``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.baseline.options.logging import SessionRecordingOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.account_permissions import (
    PERMISSION_READS,
    Ability,
    AccountPermissions,
    ActionRequest,
    GrantedPrincipals,
    principals_granted,
)
from cloudpack_baseline.checks.logging._retention import (
    Retention,
    stored_in_bucket,
    stored_in_log_group,
)
from cloudpack_baseline.checks.logging._sessions import (
    SESSION_READS,
    SessionDestination,
    session_destinations,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecs import EcsCluster
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.ssm import DesktopRecording, ManagedNode, SessionPreferences
from cloudpack_baseline.model.values import Field, Truth, Unknown, Why, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["session_recording"]

_SERVERS = ("arn:{p}:ec2:{r}:{a}:instance/{n}", "arn:{p}:ssm:{r}:{a}:managed-instance/{n}")
_UNRECORDED = (
    "arn:{p}:ssm:{r}::document/AWS-StartSSHSession",
    "arn:{p}:ssm:{r}::document/AWS-StartPortForwardingSession",
    "arn:{p}:ssm:{r}::document/AWS-StartPortForwardingSessionToRemoteHost",
    "arn:{p}:ssm:{r}:{a}:document/any-other-document",
)
"""Documents of sessions that are not recorded, or not as the preferences say."""


def _start(resources: tuple[str, ...], *, checked: bool) -> ActionRequest:
    context = (("ssm:SessionDocumentAccessCheck", str(checked).lower()),)
    return ActionRequest(action="ssm:StartSession", resources=resources, context=context)


_ABILITIES = (
    Ability(requests=(_start(_SERVERS, checked=False),)),
    Ability(requests=(_start(_SERVERS, checked=True), _start(_UNRECORDED, checked=True))),
)
_GONE = ("terminated", "shutting-down")


@check(
    *SESSION_READS,
    reads(DesktopRecording),
    reads(ManagedNode),
    reads(Instance),
    reads(LogGroup),
    reads(Bucket, "lifecycle", "default_retention", "versioning"),
    *PERMISSION_READS,
    subjects=(SessionPreferences, EcsCluster),
)
def session_recording(view: AccountView) -> Iterator[Finding]:
    """Reads where sessions are recorded in each Region with managed nodes, and for how long.

    Sessions can be opened on nodes that Systems Manager manages (DescribeInstanceInformation; on
    all instances where the source has no nodes). The preferences of Session Manager (GetDocument,
    SSM-SessionManagerRunShell) have to name a log group or a bucket that keeps the records:
    ``retentionInDays`` (DescribeLogGroups), or no earlier expiration
    (GetBucketLifecycleConfiguration). On Windows, remote desktop sessions of Fleet Manager have to
    be recorded as well (GetConnectionRecordingPreferences). A cluster with running tasks has to
    record sessions of ECS Exec in a log group or a bucket of its own (DescribeClusters,
    ``OVERRIDE``), unless nobody but declared principals can open any (``ecs:ExecuteCommand``):
    whether containers record them by default is not read.

    Sessions with other documents, such as port forwarding and SSH, are not recorded. Nobody but
    declared principals and administrators may start them: ``ssm:StartSession`` has to require
    ``ssm:SessionDocumentAccessCheck``, and must not include such documents. A server with plain
    SSH is not judged.
    """
    for preferences in view.all(SessionPreferences):
        yield view.finding(preferences, *_in_region(view, preferences))
    options = view.baseline.options(SessionRecordingOptions)
    account = AccountPermissions.of(view, options.unrecorded)
    for cluster in view.all(EcsCluster):
        yield view.finding(cluster, _of_cluster(view, account, cluster))
    yield view.account_finding(_unrecorded(view, account))


def _servers(view: AccountView, region: str | None = None) -> Truth:
    """Whether there are servers that sessions can be opened on, in the Region or in any.

    These are the nodes that Systems Manager manages; all instances where the source has none.
    """
    if any(region in (None, node.region) for node in view.all(ManagedNode)):
        return True
    unread = view.gap(ManagedNode, region)
    if unread is None:
        return False
    if any(cause.why is not Why.NOT_PROVIDED for cause in unread.causes):
        return unread
    gap = view.gap(Instance, region)
    instances = (
        instance.state not in _GONE
        for instance in view.all(Instance)
        if region in (None, instance.region)
    )
    return any_of([*instances, *([] if gap is None else [gap])])


def _in_region(view: AccountView, preferences: SessionPreferences) -> Iterator[Observation]:
    servers = _servers(view, preferences.region)
    if servers is False:
        yield not_applicable(text("logging.no-servers"))
        return
    if isinstance(preferences.recording, Unknown):
        yield unknown("Content", preferences.recording)
    elif isinstance(servers, Unknown):
        yield unknown("InstanceInformationList", servers)
    else:
        yield _recorded(view, preferences)
        yield from _desktops(view, preferences.region)


def _recorded(view: AccountView, record: Record) -> Observation:
    """Whether the sessions of the record are recorded, and kept."""
    for destination in session_destinations(view):
        if destination.record is record:
            places = tuple(_places(view, destination))
            if places:
                return _kept(view, places)
    return failed(text("logging.sessions-unrecorded"))


def _places(view: AccountView, destination: SessionDestination) -> Iterator[Retention]:
    options = view.baseline.options(SessionRecordingOptions)
    region = destination.record.region
    if destination.log_group:
        place = f"arn:{view.account.partition}:logs:{region}:{view.account.id}"
        arn = f"{place}:log-group:{destination.log_group}"
        yield stored_in_log_group(view, arn, options.days)
    if destination.bucket:
        prefix = f"{destination.prefix}/" if destination.prefix else ""
        yield stored_in_bucket(view, destination.bucket, prefix, options.days, options.archives)


def _kept(view: AccountView, places: tuple[Retention, ...]) -> Observation:
    days = view.baseline.options(SessionRecordingOptions).days
    enough = any_of(place.enough for place in places)
    names = tuple(place.place for place in places)
    read = "; ".join(place.read for place in places if place.read)
    if isinstance(enough, Unknown):
        cause = causes_text(enough.causes)
        return unknown(text("logging.sessions-unread", places=names, cause=cause), enough)
    if enough:
        return passed(text("logging.sessions-kept", places=names, days=days), read=read)
    return failed(text("logging.sessions-kept-too-short", places=names, days=days), read=read)


def _desktops(view: AccountView, region: str) -> Iterator[Observation]:
    """Remote desktop sessions, where Windows servers run."""
    if view.snapshot.is_planned:
        return  # what a server runs is known when it is launched
    nodes = [node.platform for node in view.all(ManagedNode) if node.region == region]
    platforms: list[Field[str | None]] = [*nodes] or [
        instance.platform
        for instance in view.all(Instance)
        if instance.region == region and instance.state not in _GONE
    ]
    windows = any_of(lift(_is_windows, platform) for platform in platforms)
    if isinstance(windows, Unknown):
        yield unknown("Platform", windows)
    elif windows:
        yield _desktop(view, region)


def _is_windows(platform: str | None) -> bool:
    return platform is not None and platform.lower() == "windows"


def _desktop(view: AccountView, region: str) -> Observation:
    options = view.baseline.options(SessionRecordingOptions)
    for recording in view.all(DesktopRecording):
        if recording.region == region:
            if isinstance(recording.buckets, Unknown):
                return unknown("ConnectionRecordingPreferences", recording.buckets)
            if not recording.buckets:
                return failed(text("logging.desktops-unrecorded"))
            places = (
                stored_in_bucket(view, name, "", options.days, options.archives)
                for name in recording.buckets
            )
            return _kept(view, tuple(places))
    gap = view.gap(DesktopRecording, region)
    unread = Unknown.because(Why.NOT_GATHERED, detail="DesktopRecording")
    return unknown("ConnectionRecordingPreferences", unread if gap is None else gap)


def _of_cluster(view: AccountView, account: AccountPermissions, cluster: EcsCluster) -> Observation:
    settings = cluster.settings
    if isinstance(settings, Unknown):
        return unknown("executeCommandConfiguration", settings)
    if not settings.running_tasks:
        return not_applicable(text("logging.no-tasks"))
    options = view.baseline.options(SessionRecordingOptions)
    if any(covers(pattern, cluster.arn, cluster.name) for pattern in options.without_exec):
        return not_applicable(text("logging.without-exec"))
    if settings.exec_logging == "OVERRIDE":
        return _recorded(view, cluster)
    return _exec_users(view, account, cluster, settings.exec_logging)


def _exec_users(
    view: AccountView, account: AccountPermissions, cluster: EcsCluster, logging: str
) -> Observation:
    """Who can open sessions of ECS Exec that are not recorded, or not surely."""
    granted = principals_granted(view, account, (_exec_in(cluster),), (cluster.region,))
    if granted.certain:
        return _unrecorded_exec(logging, granted)
    if granted.unknown is not None:
        cause = causes_text(granted.unknown.causes)
        return unknown(text("logging.exec-in-doubt", cause=cause), granted.unknown)
    if view.snapshot.is_planned:  # the account has other principals
        return not_applicable(text("common.after-deployment"))
    return passed(text("logging.exec-by-nobody"), read=f"logging={logging}")


def _exec_in(cluster: EcsCluster) -> Ability:
    tasks = f"{cluster.arn.replace(':cluster/', ':task/')}/{{n}}"
    return Ability(
        requests=tuple(
            ActionRequest(action="ecs:ExecuteCommand", resources=(resource,))
            for resource in (cluster.arn, tasks)
        )
    )


def _unrecorded_exec(logging: str, granted: GrantedPrincipals) -> Observation:
    """That somebody can use ECS Exec where it is not recorded, or not surely."""
    read = f"logging={logging}"
    if logging == "NONE":
        return failed(
            text("logging.exec-unrecorded", principals=granted.names),
            read=read,
            expected="logging=OVERRIDE",
            origin=granted.origin,
            witness=granted.witness,
        )
    why = Unknown.because(Why.UNDETERMINED, detail=read)
    message = text("logging.exec-by-default", principals=granted.names)
    return unknown(message, why, expected="logging=OVERRIDE")


def _unrecorded(view: AccountView, account: AccountPermissions) -> Observation:
    """Who can start sessions that are not recorded."""
    servers = _servers(view)
    if servers is False:
        return not_applicable(text("logging.no-servers"))
    granted = principals_granted(view, account, _ABILITIES, _regions(view))
    if granted.certain and servers is True:
        message = text("logging.unrecorded-sessions", principals=granted.names)
        return failed(message, origin=granted.origin, witness=granted.witness)
    doubts = [granted.unknown] if granted.unknown is not None else []
    doubts += [servers] if isinstance(servers, Unknown) and granted.certain else []
    if doubts:
        why = reduce(or_, doubts)
        return unknown(text("logging.unrecorded-in-doubt", cause=causes_text(why.causes)), why)
    return passed(text("logging.no-unrecorded-sessions"))


def _regions(view: AccountView) -> tuple[str, ...]:
    records: tuple[Record, ...] = (*view.all(ManagedNode), *view.all(Instance))
    regions = {record.region for record in records}
    return tuple(sorted(regions)) or view.account.regions
