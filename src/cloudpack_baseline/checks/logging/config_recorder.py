"""The check of ``config-recorder``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.baseline.options.logging import ConfigRecorderOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    FieldValue,
    Finding,
    Observation,
    Resource,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.config import ConfigurationRecorder
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["config_recorder"]

_IAM_TYPES = frozenset(("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"))
_IAM_REGIONS = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "eu-south-1"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-east-1"),
        *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "af-south-1", "me-south-1"),
        *("us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1"),
    )
)
"""Regions that can record IAM: those with AWS Config before February 2022 (AWS Config API
Reference, RecordingGroup)."""


@check(reads(ConfigurationRecorder, "status"), absence="always")
def config_recorder(view: AccountView) -> Iterator[Finding]:
    """Reads the customer's configuration recorder in each Region of the account.

    It has to record (``recording``, ``lastStatus=Success``, DescribeConfigurationRecorderStatus)
    every supported resource type except those that the baseline excludes
    (DescribeConfigurationRecorders). Users, groups, roles and customer managed policies of IAM
    have to be recorded in at least one Region: ``includeGlobalResourceTypes``, which only Regions
    with AWS Config before February 2022 support. Recorders of AWS services are ignored.
    """
    recorders = [
        recorder for recorder in view.all(ConfigurationRecorder) if not _is_linked(recorder)
    ]
    for region in view.account.regions:
        in_region = [recorder for recorder in recorders if recorder.region == region]
        for recorder in in_region:
            yield view.finding(recorder, *_observations(view, recorder))
        if not in_region and view.gap(ConfigurationRecorder, region) is None:
            listing = Resource.listing("ConfigurationRecorder", view.account.id, region)
            observation = failed(text("logging.config-recorder-none"), expected="recording=true")
            yield view.finding(listing, observation)
    yield view.account_finding(_iam_recorded(view, recorders))


def _is_linked(recorder: ConfigurationRecorder) -> bool:
    """Whether it belongs to an AWS service; one that may be the customer's is judged."""
    return not isinstance(recorder.service_principal, Unknown) and recorder.service_principal != ""


def _observations(view: AccountView, recorder: ConfigurationRecorder) -> Iterator[Observation]:
    if isinstance(recorder.service_principal, Unknown):
        yield unknown("servicePrincipal", recorder.service_principal)
        return
    yield _status(recorder, is_planned=view.snapshot.is_planned)
    yield _types(view, recorder)


def _status(recorder: ConfigurationRecorder, *, is_planned: bool) -> Observation:
    status = recorder.status
    expected = (FieldValue("recording", ("true",)), FieldValue("lastStatus", ("Success",)))
    if isinstance(status, Unknown):
        return unknown("recording", status, expected=expected)
    read = (
        FieldValue("recording", (str(status.recording).lower(),)),
        FieldValue("lastStatus", (str(status.last_status),)),
    )
    origin = recorder.origin_of("status")
    if not status.recording:
        message = text("logging.config-recorder-off")
        return failed(message, read=read, expected=expected, origin=origin)
    if is_planned or status.last_status.lower() == "success":
        message = text("logging.config-recorder-on")
        return passed(message, read=read, expected=expected, origin=origin)
    if status.last_status.lower() in ("", "pending"):
        detail = f"lastStatus={status.last_status}"
        why = Unknown.because(Why.NOT_PROVIDED, detail=detail)
        message = text("logging.config-recorder-pending")
        return unknown(message, why, expected=expected, origin=origin)
    message = text("logging.config-recorder-failure", error=status.last_error)
    return failed(message, read=read, expected=expected, origin=origin)


def _types(view: AccountView, recorder: ConfigurationRecorder) -> Observation:
    origin = recorder.origin_of("all_supported")
    expected = "recordingGroup.allSupported=true"
    if recorder.all_supported is True:
        return passed(text("logging.config-types"), read=expected, expected=expected)
    unread = [
        field
        for field in (recorder.all_supported, recorder.strategy, recorder.excluded_types)
        if isinstance(field, Unknown)
    ]
    if unread:
        return unknown("recordingGroup", reduce(or_, unread), expected=expected)
    if recorder.strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        excluded = frozenset(
            () if isinstance(recorder.excluded_types, Unknown) else recorder.excluded_types
        )
        declared = view.baseline.options(ConfigRecorderOptions).excluded_types
        undeclared = tuple(sorted(excluded - set(declared) - _IAM_TYPES))
        if not undeclared:
            read = f"useOnly={recorder.strategy}"
            return passed(text("logging.config-types-declared"), read=read, expected=expected)
        message = text("logging.config-types-excluded", types=undeclared)
        return failed(message, read=", ".join(undeclared), expected=expected, origin=origin)
    message = text("logging.config-types-some", number=_number(recorder.resource_types))
    read = "recordingGroup.allSupported=false"
    return failed(message, read=read, expected=expected, origin=origin)


def _number(types: tuple[str, ...] | Unknown) -> str:
    return "?" if isinstance(types, Unknown) else str(len(types))


def _iam_recorded(view: AccountView, recorders: Iterable[ConfigurationRecorder]) -> Observation:
    """Whether changes of IAM are recorded in some Region."""
    expected = "includeGlobalResourceTypes=true"
    truths: list[Truth] = [
        _records_iam(recorder)
        for recorder in recorders
        if recorder.region in _IAM_REGIONS or not recorder.region
    ]
    if "" in view.account.regions:
        return _iam_recorded_by_template(recorders, any_of(truths), expected)
    truths += [gap for gap in (view.gap(ConfigurationRecorder),) if gap is not None]
    if view.baseline.regions_of(view.account.id) is not None:
        truths.append(Unknown.because(Why.NOT_GATHERED, detail="ConfigurationRecorder (*)"))
    recorded = any_of(truths)
    if isinstance(recorded, Unknown):
        message = text("logging.config-iam-elsewhere", regions=view.account.regions)
        return unknown(message, recorded, expected=expected)
    if recorded:
        return passed(text("logging.config-iam"), expected=expected)
    if not set(view.account.regions) & _IAM_REGIONS:
        return not_applicable(text("logging.config-iam-regions"))
    return failed(text("logging.config-iam-missing"), expected=expected)


def _iam_recorded_by_template(
    recorders: Iterable[ConfigurationRecorder], recorded: Truth, expected: str
) -> Observation:
    """The same of a template for any Region: it may be deployed in others with the IAM types."""
    if recorded is True:
        return passed(text("logging.config-iam"), expected=expected)
    why = Unknown.because(Why.UNDETERMINED, detail="ConfigurationRecorder (*)")
    origins = [recorder.origin_of("global_resource_types") for recorder in recorders]
    origin = next(iter(origins), None)
    return unknown(text("logging.config-iam-template"), why, expected=expected, origin=origin)


def _records_iam(recorder: ConfigurationRecorder) -> Truth:
    if isinstance(recorder.service_principal, Unknown):
        return recorder.service_principal
    if isinstance(recorder.status, Unknown):
        return recorder.status
    if not recorder.status.recording or recorder.status.last_status.lower() == "failure":
        return False
    if isinstance(recorder.strategy, Unknown):
        return recorder.strategy
    if recorder.strategy == "EXCLUSION_BY_RESOURCE_TYPES":
        return lift(lambda excluded: not _IAM_TYPES & set(excluded), recorder.excluded_types)
    included = lift(lambda types: set(types) >= _IAM_TYPES, recorder.resource_types)
    return any_of((recorder.global_resource_types, included))
