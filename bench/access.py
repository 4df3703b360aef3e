"""How long an exposure takes, on one core; fails where a bar is missed."""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable

from _bars import report_bar, seeded

from cloudpack_baseline.access import BucketAccess, MalformedPolicy, exposure, parse_policy

OWNER = "123456789012"
BUCKET = "arn:aws:s3:::docs"
LIMIT = 20_480


def document(*statements: dict[str, object]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def bucket(text: str) -> BucketAccess:
    """A bucket with this policy."""
    return BucketAccess(name="docs", owner_account=OWNER, policy=parse_policy(text))


def networks(chance: random.Random, count: int, *, prefix: int = 24) -> list[str]:
    """Random networks."""
    return [
        f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.0/{prefix}"
        for _ in range(count)
    ]


def statement(
    effect: str, condition: dict[str, object] | None = None, **elements: object
) -> dict[str, object]:
    """A statement on the bucket's objects."""
    statement: dict[str, object] = {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
        **elements,
    }
    return {**statement, "Condition": condition} if condition else statement


def typical(chance: random.Random) -> str:
    """1 to 6 statements, with conditions and two lists of networks."""
    bucket_and_objects = [BUCKET, f"{BUCKET}/*"]
    pool = [
        statement("Allow", {"IpAddress": {"aws:SourceIp": networks(chance, 4)}}),
        statement(
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
            Action="s3:*",
            Resource=bucket_and_objects,
        ),
        statement(
            "Deny", {"NotIpAddress": {"aws:SourceIp": networks(chance, 4)}}, Action="s3:PutObject"
        ),
        statement(
            "Deny",
            {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
            Action="s3:*",
            Resource=bucket_and_objects,
        ),
        statement(
            "Allow",
            {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1"}},
            Principal={"Service": "cloudfront.amazonaws.com"},
        ),
        statement(
            "Allow",
            None,
            Principal={"AWS": "arn:aws:iam::111122223333:root"},
            Action=["s3:GetObject", "s3:ListBucket"],
            Resource=bucket_and_objects,
        ),
    ]
    return document(*pool[: chance.randrange(1, 7)])


def spell(letters: str, number: int, length: int) -> str:
    """A number in other letters."""
    return "".join(letters[number // len(letters) ** i % len(letters)] for i in range(length))


def filled(make: Callable[[int], dict[str, object]]) -> str:
    """As many statements as fit into the limit of a bucket policy."""
    statements: list[dict[str, object]] = [statement("Allow")]
    while len(document(*statements).replace(" ", "")) < LIMIT - 300:
        statements.append(make(len(statements)))
    return document(*statements)


def adversaries() -> dict[str, str]:
    """Policies at the size limit that are meant to hurt."""
    chance = seeded(7)
    keys = [f"aws:PrincipalTag/k{i}" for i in range(40)]
    wild = [f"{BUCKET}/*{spell('abcd', i, 4)}*{spell('dcba', i, 3)}*" for i in range(400)]
    return {
        "denies over random pairs of keys": filled(
            lambda _: statement(
                "Deny", {"StringEquals": dict.fromkeys(chance.sample(keys, 2), "x")}
            )
        ),
        "denies over random triples of keys": filled(
            lambda _: statement(
                "Deny", {"StringNotEquals": dict.fromkeys(chance.sample(keys, 3), "x")}
            )
        ),
        "denies over free keys": filled(
            lambda i: statement(
                "Deny", {"StringLike": {"aws:Referer": f"*{i}*", "aws:UserAgent": f"*{i * 7}*"}}
            )
        ),
        "inner wildcards in one resource": document(
            statement("Allow"), statement("Deny", Resource=wild)
        ),
        "inner wildcards, a statement each": filled(
            lambda i: statement("Deny", Resource=wild[i % 400])
        ),
        "inner wildcards in allows": filled(lambda i: statement("Allow", Resource=wild[i % 400])),
        "one key each": filled(
            lambda i: statement("Deny", {"StringEquals": {f"aws:PrincipalTag/t{i}": "x"}})
        ),
        "many keys in one statement": document(
            statement(
                "Allow", {"StringEquals": {f"aws:PrincipalTag/t{i}": "x" for i in range(600)}}
            )
        ),
        "principal patterns": filled(
            lambda i: statement(
                "Deny", {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/*{i}*"}}
            )
        ),
        "accounts": document(
            statement(
                "Allow", None, Principal={"AWS": [str(100_000_000_000 + i) for i in range(1200)]}
            )
        ),
        "networks": document(
            statement("Allow", {"IpAddress": {"aws:SourceIp": networks(chance, 1000)}})
        ),
        "networks, a statement each": filled(
            lambda _: statement("Deny", {"IpAddress": {"aws:SourceIp": networks(chance, 3)}})
        ),
        "organization paths": filled(
            lambda i: statement(
                "Deny", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"o-1/*/ou-{i}/*"}}
            )
        ),
        "variables": filled(
            lambda i: statement("Deny", {"StringLike": {"aws:userid": f"{i}${{aws:username}}*"}})
        ),
        "accounts and patterns of roles": filled(
            lambda i: statement(
                "Deny",
                {"StringLike": {"aws:PrincipalArn": f"*{spell('abcd', i, 3)}*{i}"}},
                Principal={"AWS": f"arn:aws:iam::{100_000_000_000 + i}:role/r{i}"},
            )
        ),
        "variables of named users": filled(
            lambda i: statement(
                "Deny",
                {
                    "StringNotLike": {
                        "aws:Referer": [
                            f"${{aws:username}}{spell('ab', i, 4)}*",
                            f"*${{aws:PrincipalAccount}}{i}",
                        ]
                    }
                },
                Principal={"AWS": f"arn:aws:iam::{100_000_000_000 + i % 9}:user/u{i}"},
            )
        ),
        "a long row of stars": document(statement("Allow", Resource=BUCKET + "/" + "*a" * 9000)),
        "stars and question marks": document(
            statement("Allow", Resource=[BUCKET + "/" + "*?a?*b" * 100 + str(i) for i in range(28)])
        ),
    }


def timed(text: str) -> tuple[float, bool]:
    """Seconds from text to answer, and whether the answer is exact."""
    start = time.perf_counter()
    try:
        answer = exposure(bucket(text))
    except MalformedPolicy:
        return time.perf_counter() - start, True
    return time.perf_counter() - start, answer.exact


def usual(chance: random.Random) -> bool:
    """A thousand buckets as one finds them, none of them seen before."""
    texts = [typical(chance) for _ in range(1000)]
    timed(texts[0])
    times = sorted(timed(text)[0] for text in texts)
    within_bar = report_bar("a typical policy, median", statistics.median(times) * 1e3, 1, "ms")
    within_bar &= report_bar("a typical policy, 99th percentile", times[989] * 1e3, 5, "ms")
    return within_bar & report_bar("1,000 typical buckets", sum(times), 2)


def wide(chance: random.Random) -> bool:
    """Long lists of networks."""
    text = document(
        statement("Allow", {"IpAddress": {"aws:SourceIp": networks(chance, 400)}}),
        statement("Deny", {"IpAddress": {"aws:SourceIp": networks(chance, 200, prefix=26)}}),
    )
    return report_bar("400 networks allowed, 200 denied", timed(text)[0], 0.2)


def main() -> int:
    """Measure, print, and tell whether every bar was kept."""
    chance = seeded(1)
    good = usual(chance) & wide(chance)
    for name, text in adversaries().items():
        seconds, exact = timed(text)
        good &= report_bar(
            f"{name}, {len(text)} bytes: {'exact' if exact else 'marked'}", seconds, 2
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return 0 if good & report_bar("peak memory", peak, 300, "MB") else 1


if __name__ == "__main__":
    sys.exit(main())
