"""A large account: seconds, memory, and how each control grows with the account.

    python bench/large.py            the bars, on one core
    python bench/large.py FILE.json  write the snapshot, for `--cloudpack-source snapshot:`

2,000 buckets, groups, interfaces and instances, 200 databases, 1,000 users, 200 roles. The
exponent of a control is log4 of its time over that for a quarter of the account.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Any, TypeVar

from _bars import report_bar

from cloudpack_baseline import Baseline, Snapshot, assess
from cloudpack_baseline.checks import check_of
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_principals import InlinePolicy, UserDetail
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing import records
from cloudpack_baseline.whitepaper import controls

SECONDS, MEGABYTES, EXPONENT = 8.0, 200.0, 1.1
LEAST = 0.2
"""A control that takes less than these seconds grows by noise."""
TIMES = 3
SUBNETS = 16
TIERS = ("web", "app", "db")
DECLARED = {
    "segments": [{"name": tier, "tags": {"Tier": tier}} for tier in TIERS],
    "flows": [
        {"from": ["web"], "to": ["app"], "services": ["tcp/8080"]},
        {"from": ["app"], "to": ["db"], "services": ["mysql"]},
    ],
    "networks": {"office": ["203.0.113.0/28"]},
}

T = TypeVar("T")


def allow(action: str | list[str], *targets: str, **elements: object) -> dict[str, object]:
    """An Allow of the actions on the resources; of anything without any."""
    return {"Effect": "Allow", "Action": action, "Resource": list(targets) or "*", **elements}


def buckets(number: int) -> Iterator[Record]:
    """Private ones, every tenth readable from an office, each denying clear text."""
    yield records.account_public_access_block()
    for index in range(number):
        name = f"bucket-{index:04}"
        arns = f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"
        statements: list[dict[str, Any]] = [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": list(arns),
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
        if index % 10 == 0:
            office = {"IpAddress": {"aws:SourceIp": f"203.0.{index % 250}.0/28"}}
            statements.append(allow("s3:GetObject", arns[1], Principal="*", Condition=office))
        yield records.bucket(name, *statements)


def network(number: int) -> Iterator[Record]:
    """One VPC of 16 subnets; each instance with an interface and a group of its own."""
    groups = {tier: [f"sg-{tier}-{index:08x}" for index in range(number)] for tier in TIERS}
    yield records.vpc()
    yield records.internet_gateway()
    yield records.block_public_access_options()
    names = [f"subnet-{place:08x}" for place in range(SUBNETS)]
    for place, name in enumerate(names):
        tags = (("Tier", TIERS[place % 3]),)
        yield records.subnet(name, f"10.0.{place * 16}.0/20", tags=tags)
    yield records.route_table("rtb-1", [records.route(records.ANYWHERE, "igw-1")], names[::3])
    yield records.route_table("rtb-2", [], [name for name in names if name not in names[::3]])
    yield records.network_acl(subnets=names)
    for index in range(number):
        place = index % SUBNETS
        tier = TIERS[place % 3]
        group = groups[tier][index]
        rule = {
            "web": records.tcp(443, f"198.51.{index % 250}.0/24"),
            "app": records.tcp(8080, groups["web"][index - index % 3]),
            "db": records.tcp(3306, groups["app"][index - index % 3]),
        }[tier]
        yield records.security_group(group, [rule], [records.allow_all()])
        address = f"10.0.{place * 16 + index // SUBNETS // 200}.{index // SUBNETS % 200 + 10}"
        interface, server = f"eni-{index:08x}", f"i-{index:08x}"
        yield records.network_interface(
            interface,
            address,
            subnet_id=names[place],
            groups=(group,),
            instance_id=server,
            tags=(("Tier", tier),),
        )
        yield records.instance(
            server,
            subnet_id=names[place],
            security_groups=(group,),
            network_interface_ids=(interface,),
            tags=(("Tier", tier),),
        )


def databases(number: int) -> Iterator[Record]:
    """Each backed up for a week."""
    for index in range(number):
        yield records.record(
            DBInstance,
            f"db:shop-{index:03}",
            service="rds",
            name=f"shop-{index:03}",
            engine="mysql",
            status="available",
            backup_retention_period=7,
            latest_restorable_time=records.TAKEN_AT,
            created_at=records.TAKEN_AT,
            vpc="vpc-1",
            security_groups=(f"sg-db-{2:08x}",),
            port=3306,
        )


def principals(users: int, roles: int) -> Iterator[Record]:
    """Users that read and run, roles of instances, one administrator."""
    yield records.record(
        AccountSummary,
        "root",
        arn=f"arn:aws:iam::{records.ACCOUNT}:root",
        region="",
        name="root",
        mfa_enabled=True,
        password_present=True,
        access_keys_present=False,
        signing_certificates_present=False,
    )
    for index in range(users):
        document = records.policy(
            allow(["s3:GetObject", "ec2:Describe*"], f"arn:aws:s3:::bucket-{index:04}/*"),
            allow("sts:AssumeRole", f"arn:aws:iam::{records.ACCOUNT}:role/role-{index % 50:03}"),
        )
        name = f"user-{index:04}"
        yield records.record(
            UserDetail,
            name,
            arn=f"arn:aws:iam::{records.ACCOUNT}:user/{name}",
            region="",
            inline_policies=(InlinePolicy(name="own", document=document),),
            password=index % 2 == 0,
            access_keys=(),
        )
    ec2 = {"Service": "ec2.amazonaws.com"}
    trust = [{"Effect": "Allow", "Principal": ec2, "Action": "sts:AssumeRole"}]
    for index in range(roles):
        administers = [allow("*")] if index == 0 else []
        reads = allow("s3:GetObject", f"arn:aws:s3:::bucket-{index:04}/*")
        yield records.role(f"role-{index:03}", trust=trust, permissions=administers or [reads])


def large(share: float) -> Snapshot:
    """The account, or a share of it."""
    count = round(2000 * share)
    return records.snapshot(
        *buckets(count),
        *network(count),
        *databases(count // 10),
        *principals(count // 2, count // 10),
    )


def timed(make: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time, and the result."""
    begin = time.process_time()
    result = make()
    return time.process_time() - begin, result


def judge_all(_: int) -> tuple[float, float, dict[str, int]]:
    """All controls at once, in a process of its own: seconds, megabytes, counts."""
    baseline, snapshot = Baseline.from_mapping(DECLARED), large(1)
    seconds, assessment = timed(lambda: assess(snapshot, baseline))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, megabytes, assessment.counts


def judge_each(share: float) -> dict[str, float]:
    """Each control in a process of its own, so that no cache is warm: seconds."""
    baseline, snapshot = Baseline.from_mapping(DECLARED), large(share)
    assert snapshot.digest  # noqa: S101 - computed before, since every control needs it
    for control in controls():
        check_of(control)  # imports are not what is measured
    forks = get_context("fork")

    def judge(control: str, results: SimpleQueue[float]) -> None:
        results.put(timed(lambda: assess(snapshot, baseline, controls=[control]))[0])

    def seconds(control: str) -> float:
        results: SimpleQueue[float] = forks.SimpleQueue()
        child = forks.Process(target=judge, args=(control, results))
        child.start()
        took = results.get()
        child.join()
        return took

    return {control: min(seconds(control) for _ in range(TIMES)) for control in controls()}


def main() -> int:
    """Measure; exit status 1 where a bar is missed."""
    processes = get_context("spawn")
    with processes.Pool(1, maxtasksperchild=1) as pool:
        seconds, megabytes, counts = pool.map(judge_all, [0])[0]
    small, full = judge_each(0.25), judge_each(1)
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    bars = [
        report_bar("all controls", seconds, SECONDS),
        report_bar("memory", megabytes, MEGABYTES, "MB"),
    ]
    for control, took in sorted(full.items(), key=lambda row: -row[1]):
        exponent = math.log(took / small[control], 4) if small[control] > 0 else 0.0
        if took > LEAST:
            bars.append(report_bar(f"{control}: {took:.2f} s", exponent, EXPONENT, "n^"))
        else:
            print(f"      {exponent:7.3f} n^           {control}: {took:.2f} s")
    return 0 if all(bars) else 1


if __name__ == "__main__":
    if sys.argv[1:]:
        write_snapshot(large(1), sys.argv[1])
        sys.exit(0)
    sys.exit(main())
