"""Random policies and requests over the awkward parts of the language."""

from __future__ import annotations

from cloudpack_baseline.access import Request

OWN = "123456789012"
IPS = [
    "203.0.113.0/24",
    "203.0.113.128/25",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "10.0.0.0/8",
    "2001:db8::/32",
    "::/0",
    "198.51.100.7",
    "8.0.0.0/7",
    "2001:db8::/16",
]
VPCE = ["vpce-1", "vpce-2", "vpce-*"]
KEYS = {
    "aws:SourceIp": ("ip", IPS),
    "aws:SourceVpce": ("s", VPCE),
    "aws:SourceVpc": ("s", ["vpc-1", "vpc-2"]),
    "aws:PrincipalOrgID": ("s", ["o-1", "o-2", "o-*"]),
    "aws:PrincipalAccount": (
        "s",
        ["111122223333", OWN, "anonymous", "1111*", "${aws:ResourceAccount}"],
    ),
    "aws:PrincipalArn": (
        "a",
        [
            "arn:aws:iam::111122223333:role/x",
            "arn:aws:iam::111122223333:*",
            "arn:aws:iam::*:role/x*",
            "arn:aws:iam::123456789012:user/bob",
            "arn:aws:iam::${aws:PrincipalAccount}:role/x",
        ],
    ),
    "aws:PrincipalType": ("s", ["Anonymous", "User", "AssumedRole", "Account"]),
    "aws:userid": ("s", ["anonymous", "AIDA1", "AROA1:*"]),
    "aws:username": ("s", ["bob", "b*", "5", "10.0.0.1"]),
    "aws:SecureTransport": ("b", ["true", "false", True, False]),
    "s3:TlsVersion": ("n", ["1.2", "1.3", 1.1]),
    "aws:SourceArn": (
        "a",
        [
            "arn:aws:cloudfront::123456789012:distribution/E1",
            "arn:aws:cloudfront::*:distribution/*",
            "arn:aws:s3:::logs",
        ],
    ),
    "aws:SourceAccount": ("s", ["111122223333", OWN]),
    "aws:Referer": ("s", ["https://a.example/*", "https://b.example/", "*"]),
    "aws:UserAgent": ("s", ["secret", "se*et"]),
    "s3:prefix": ("s", ["pub/*", "pub/", "", "${aws:username}/*"]),
    "s3:max-keys": ("n", ["10", "11", 0]),
    "aws:CurrentTime": ("d", ["2024-01-01T00:00:00Z", "2030-01-01"]),
    "aws:EpochTime": ("d", ["2024-06-01T00:00:00Z", "1704067200"]),
    "aws:PrincipalIsAWSService": ("b", ["true", "false"]),
    "aws:ViaAWSService": ("b", ["true", "false"]),
    "aws:PrincipalOrgPaths": ("s", ["o-1/r-1/ou-1/", "o-1/*", "o-2/r-2/"]),
    "aws:PrincipalTag/Team": ("s", ["red", "blue", "r?d", "true"]),
    "aws:MultiFactorAuthPresent": ("b", ["true"]),
    "aws:ResourceAccount": ("s", [OWN, "111122223333"]),
    "AWS:SOURCEIP": ("ip", IPS),
    "s3:ExistingObjectTag/public": ("s", ["yes", "y*"]),
    "aws:VpcSourceIp": ("ip", ["10.0.0.0/8"]),
}
MULTI = {"aws:PrincipalOrgPaths"}
OPS = {
    "ip": ["IpAddress", "NotIpAddress"],
    "s": [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ],
    "a": ["ArnLike", "ArnNotLike", "ArnEquals", "StringLike", "StringNotLike", "StringEquals"],
    "b": ["Bool", "StringEquals", "StringNotEquals"],
    "n": [
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ],
    "d": ["DateLessThan", "DateGreaterThanEquals", "DateNotEquals"],
}


def cond(chance, keys):
    k = chance.choice(keys)
    fam, vals = KEYS[k]
    if k == "aws:username":  # a name may be an address, or a number
        fam = chance.choice(["s", "s", "s", "n", "b", "ip"])
    r = chance.random()
    if r < 0.12:
        return "Null", k, chance.choice(["true", "false"])
    op = chance.choice(OPS[fam])
    r = chance.random()
    if r < 0.25:
        op += "IfExists"
    elif r < 0.4 or (k in MULTI and r < 0.8):
        op = chance.choice(["ForAllValues:", "ForAnyValue:"]) + op
    v = chance.sample(vals, min(len(vals), chance.choice([1, 1, 1, 2, 2, 3])))
    return op, k, (v[0] if len(v) == 1 and chance.random() < 0.5 else v)


ARNS = [
    "arn:aws:iam::111122223333:root",
    "111122223333",
    "arn:aws:iam::111122223333:user/al",
    "arn:aws:iam::111122223333:role/x",
    "arn:aws:sts::111122223333:assumed-role/x/s1",
    OWN,
    "arn:aws:iam::123456789012:user/bob",
]


def princ(chance):
    r = chance.random()
    if r < 0.55:
        return "*"
    if r < 0.65:
        return {"AWS": "*"}
    d = {}
    if chance.random() < 0.8:
        d["AWS"] = chance.sample(ARNS, chance.choice([1, 1, 2]))
    if chance.random() < 0.3:
        d["Service"] = chance.choice(["cloudfront.amazonaws.com", "logging.s3.amazonaws.com"])
    if chance.random() < 0.15 or not d:
        d["CanonicalUser"] = "c" * 64
    return d


ACTS = [
    "s3:GetObject",
    "s3:*",
    "*",
    "s3:Get*",
    "s3:ListBucket",
    "s3:PutObject",
    "S3:getobject*",
    "s3:List*",
    "s3:?etObject",
    "s3:DeleteBucket",
    "s3:FooBar",
    "s3:ListAllMyBuckets",
]
RES = [
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "*",
    "arn:aws:s3:::b/pub/*",
    "arn:aws:s3:::b/*.jpg",
    "arn:aws:s3:::b/pub/?",
    "arn:aws:s3:::other/*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${aws:username, 'guest'}/*",
    "arn:aws:s3:::b/a${*}b",
    "arn:aws:s3:::*/pub/*",
]


def st(chance, keys):
    s = {"Effect": chance.choice(["Allow", "Allow", "Deny"])}
    s["NotPrincipal" if chance.random() < 0.1 else "Principal"] = princ(chance)
    s["NotAction" if chance.random() < 0.12 else "Action"] = chance.sample(
        ACTS, chance.choice([1, 1, 2])
    )
    s["NotResource" if chance.random() < 0.12 else "Resource"] = chance.sample(
        RES, chance.choice([1, 2, 2, 3])
    )
    c = {}
    for _ in range(chance.choice([0, 1, 1, 2, 2, 3])):
        op, k, v = cond(chance, keys)
        c.setdefault(op, {})[k] = v
    if c:
        s["Condition"] = c
    return s


def policy(chance):
    keys = chance.sample(list(KEYS), chance.choice([1, 2, 3, 4, 6]))
    n = chance.choice([1, 2, 3, 4])
    sts = [st(chance, keys) for _ in range(n)]
    if all(s["Effect"] == "Deny" for s in sts):
        sts[0]["Effect"] = "Allow"
    return {
        "Version": chance.choice(["2012-10-17"] * 4 + ["2008-10-17"]),
        "Statement": sts if n > 1 or chance.random() < 0.5 else sts[0],
    }


def req(chance):  # noqa: C901, PLR0912, PLR0915 - one step for each key
    kind = chance.choice(["anonymous"] * 4 + ["account"] * 4 + ["service", "canonical"])
    ctx = {
        "aws:ViaAWSService": chance.choice(["true", "false"]),
        "aws:RequestedRegion": "us-east-1",
        "aws:UserAgent": chance.choice(["secret", "x", "seCet"]),
        "aws:ResourceAccount": OWN,
        "s3:ResourceAccount": OWN,
        "aws:CurrentTime": chance.choice(
            [
                "2023-01-01T00:00:00Z",
                "2024-03-01T00:00:00Z",
                "2024-01-01T00:00:00Z",
                "2031-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
            ]
        ),
    }
    if kind in {"anonymous", "service"}:
        ctx["aws:ViaAWSService"] = "false"
    acct = None
    p = "anonymous"
    sess = None
    if kind == "anonymous":
        ctx.update(
            {
                "aws:PrincipalAccount": "anonymous",
                "aws:PrincipalType": "Anonymous",
                "aws:userid": "anonymous",
            }
        )
    elif kind == "account":
        acct = chance.choice(["111122223333", OWN, "999900001111"])
        t = chance.choice(["root", "user/al", "user/bob", "role/x", "role/xy", "user/zed"])
        if t == "user/zed":
            t = chance.choice(["user/zed", "user/5", "user/10.0.0.1"])
        arn = f"arn:aws:iam::{acct}:{t}"
        p = arn
        ctx.update(
            {
                "aws:PrincipalAccount": acct,
                "aws:PrincipalArn": arn,
                "aws:PrincipalIsAWSService": "false",
            }
        )
        ctx["aws:PrincipalType"] = {"root": "Account", "user": "User", "role": "AssumedRole"}[
            t.split("/")[0]
        ]
        ctx["aws:userid"] = chance.choice(["AIDA1", "AROA1:s", "zz"])
        if t.startswith("user"):
            ctx["aws:username"] = t.split("/")[1]
        if t == "role/x" and chance.random() < 0.5:
            sess = f"arn:aws:sts::{acct}:assumed-role/x/s1"
            p = sess
        if chance.random() < 0.6:
            # A member has a path, and its paths begin with its organization's id.
            member = chance.choice(["o-1", "o-2", "o-3"])
            ctx["aws:PrincipalOrgID"] = member
            ctx["aws:PrincipalOrgPaths"] = tuple(
                f"{member}/{path}"
                for path in chance.sample(["r-1/ou-1/", "r-2/", "z/"], chance.choice([1, 1, 2]))
            )
        if chance.random() < 0.5:
            ctx["aws:PrincipalTag/Team"] = chance.choice(["red", "blue", "rxd", "true", "k"])
        if chance.random() < 0.5:
            ctx["aws:MultiFactorAuthPresent"] = chance.choice(["true", "false"])
    elif kind == "service":
        p = chance.choice(
            ["cloudfront.amazonaws.com", "logging.s3.amazonaws.com", "sqs.amazonaws.com"]
        )
        ctx.update(
            {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": p,
                "aws:PrincipalServiceNamesList": (p,),
            }
        )
        if chance.random() < 0.6:
            ctx["aws:SourceArn"] = chance.choice(
                [
                    "arn:aws:cloudfront::123456789012:distribution/E1",
                    "arn:aws:cloudfront::999900001111:distribution/E9",
                    "arn:aws:s3:::logs",
                ]
            )
        if chance.random() < 0.6:
            ctx["aws:SourceAccount"] = chance.choice(["111122223333", OWN, "1"])
        ctx["aws:PrincipalAccount"] = "000000000000"
        ctx["aws:PrincipalType"] = "Service"
        ctx["aws:userid"] = "zz"
        ctx["aws:PrincipalArn"] = "arn:aws:iam::000000000000:service-principal/aws"
    else:
        p = "c" * 64
        ctx["aws:username"] = "k"
        ctx["aws:PrincipalIsAWSService"] = "false"
        ctx["aws:PrincipalAccount"] = "555500001111"
        ctx["aws:PrincipalType"] = "User"
        ctx["aws:PrincipalArn"] = "arn:aws:iam::555500001111:user/k"
        ctx["aws:userid"] = "zz"
        kind = "canonical"
    if chance.random() < 0.7:
        ctx["aws:SourceIp"] = chance.choice(
            [
                "203.0.113.5",
                "203.0.113.200",
                "8.8.8.8",
                "200.1.1.1",
                "10.1.1.1",
                "198.51.100.7",
                "2001:db8::1",
                "2002::1",
            ]
        )
    else:
        ctx.update(
            {
                "aws:SourceVpce": chance.choice(["vpce-1", "vpce-2", "vpce-9", "vpce-0a"]),
                "aws:SourceVpc": chance.choice(["vpc-1", "vpc-2", "vpc-7"]),
                "aws:VpcSourceIp": chance.choice(["10.0.0.1", "172.16.0.1"]),
                "aws:VpceAccount": OWN,
            }
        )
    if chance.random() < 0.7:
        ctx["aws:SecureTransport"] = "true"
        ctx["s3:TlsVersion"] = chance.choice(["1.0", "1.1", "1.2", "1.3"])
    else:
        ctx["aws:SecureTransport"] = "false"
    if chance.random() < 0.5:
        ctx["aws:Referer"] = chance.choice(["https://a.example/x", "https://b.example/", "z"])
    act = chance.choice(
        ["s3:GetObject"] * 3
        + ["s3:ListBucket"] * 2
        + ["s3:PutObject", "s3:DeleteBucket", "s3:GetObjectVersion"]
    )
    res = "arn:aws:s3:::b" + (
        ""
        if act in ("s3:ListBucket", "s3:DeleteBucket")
        else "/"
        + chance.choice(
            ["x", "pub/a", "pub/ab", "q.jpg", "pub/q.jpg", "bob/1", "guest/1", "a*b", "axb"]
        )
    )
    if act == "s3:ListBucket":
        if chance.random() < 0.7:
            ctx["s3:prefix"] = chance.choice(["pub/", "pub/x", "", "bob/1", "zz"])
        if chance.random() < 0.5:
            ctx["s3:max-keys"] = chance.choice(["10", "11", "0", "5"])
    if act.startswith("s3:GetObject") and chance.random() < 0.5:
        ctx["s3:ExistingObjectTag/public"] = chance.choice(["yes", "yo", "no"])
    return Request(
        principal_kind=kind,
        principal=p,
        account=acct,
        session=sess,
        action=act,
        resource=res,
        context=ctx,
    )
