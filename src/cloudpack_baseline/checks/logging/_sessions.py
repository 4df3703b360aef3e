"""Where interactive sessions on servers and containers are recorded."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.model.values import Field, is_known

__all__ = ["SESSION_READS", "SessionDestination", "session_destinations"]

SESSION_READS = (reads(SessionPreferences), reads(EcsCluster, "settings"))
"""What `session_destinations` needs."""


@frozen(kw_only=True)
class SessionDestination:
    """Where the sessions of a Region or of a cluster are recorded.

    Attributes:
        record: the preferences of Session Manager, or the cluster.
        log_group: the name of the log group; empty: none.
        bucket: the name of the bucket; empty: none.
        prefix: of the keys in the bucket.
    """

    record: Record
    log_group: str
    bucket: str
    prefix: str


def session_destinations(view: AccountView) -> Iterator[SessionDestination]:
    """The known destinations of Session Manager and ECS Exec."""
    for preferences in view.all(SessionPreferences):
        recording: Field[SessionRecording | None] = preferences.recording
        if is_known(recording) and recording is not None:
            yield SessionDestination(
                record=preferences,
                log_group=recording.log_group,
                bucket=recording.s3_bucket,
                prefix=recording.s3_prefix,
            )
    for cluster in view.all(EcsCluster):
        if is_known(cluster.settings) and cluster.settings.exec_logging == "OVERRIDE":
            yield _of_cluster(cluster, cluster.settings)


def _of_cluster(cluster: EcsCluster, settings: ClusterSettings) -> SessionDestination:
    return SessionDestination(
        record=cluster,
        log_group=settings.exec_log_group,
        bucket=settings.exec_bucket,
        prefix=settings.exec_prefix,
    )
