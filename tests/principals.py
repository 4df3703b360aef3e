"""Users, roles, groups and policies of tests about identities."""

from __future__ import annotations

import json

from cloudpack_baseline import Baseline, check_admin_privileges
from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.cloudformation import CloudFormationStack
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ecs import EcsService, EcsTask
from cloudpack_baseline.model.glue import GlueJob
from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.sagemaker import NotebookInstance
from cloudpack_baseline.model.stepfunctions import StateMachine
from cloudpack_baseline.model.values import Unknown, Why
from support import ACCOUNT, denied, world

IAM = f"arn:aws:iam::{ACCOUNT}:"
ME, BOSS = f"{IAM}user/me", f"{IAM}role/boss"
ADMINISTRATION = "arn:aws:iam::aws:policy/AdministratorAccess"
UNREAD = denied("iam:GetAccountAuthorizationDetails")
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(action, resource="*", **fields):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | fields


def deny(action="*", resource="*", **fields):
    return allow(action, resource, **fields) | {"Effect": "Deny"}


def equals(key, *values):
    return {"StringEquals": {key: list(values)}}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def record(kind, resource, statements, **changes):
    name = resource.rpartition("/")[2]
    fields = {"arn": f"{IAM}{resource}", "account": ACCOUNT, "name": name}
    if statements:
        fields["inline_policies"] = (InlinePolicy(name="own", document=document(*statements)),)
    return kind(**(fields | changes))


def me(*statements, **changes):
    return record(UserDetail, "user/me", statements, **changes)


def user(name, *statements, **changes):
    return record(UserDetail, f"user/{name}", statements, **changes)


def trusting(principal, action="sts:AssumeRole", **fields):
    return document({"Effect": "Allow", "Principal": principal, "Action": action} | fields)


def role(name, *statements, **changes):
    return record(
        RoleDetail,
        f"role/{name}",
        statements,
        **{"trust": trusting({"Service": "x.amazonaws.com"})} | changes,
    )


def boss(principal=None, **changes):
    trust = trusting(principal or {"Service": "x.amazonaws.com"})
    return role("boss", EVERYTHING, **{"trust": trust} | changes)


def group(name, *statements, **changes):
    return record(GroupDetail, f"group/{name}", statements, **changes)


def managed(name, *statements, **changes):
    fields = {
        "arn": f"{IAM}policy/{name}",
        "account": ACCOUNT,
        "name": name,
        "document": document(*statements),
    }
    return ManagedPolicyDetail(**(fields | changes))


NOT_READ = {
    kind.__name__: Unknown.because(Why.NOT_GATHERED, detail=kind.__name__)
    for kind in (
        LambdaFunction,
        Instance,
        CloudFormationStack,
        BuildProject,
        StateMachine,
        NotebookInstance,
        EcsService,
        EcsTask,
        GlueJob,
        JobDefinition,
    )
}
"""What runs with roles, as in a snapshot of IAM alone."""


def judged(*records, options=None, principal="me", gaps=None):
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": options or {}}})
    snapshot = world("admin-privileges", *records, gaps=NOT_READ | (gaps or {}))
    findings = check_admin_privileges(snapshot, baseline).findings
    return next(finding for finding in findings if finding.resource.name == principal)


def told(finding, language="en"):
    return [observation.message.in_language(language) for observation in finding.observations]


PASS = allow("iam:PassRole", BOSS)
