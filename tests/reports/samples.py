"""Assessments for the tests of reports: of the examples, and hostile ones of any size."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess, gather_plan, gather_template, read_snapshot
from cloudpack_baseline.assessment import Assessment, NotRun
from cloudpack_baseline.findings import FieldValue, Finding, Observation, Outcome, Resource
from cloudpack_baseline.model.values import Cause, Origin, Why
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import controls
from cloudpack_baseline.witnesses import (
    AllowedAccess,
    HopResource,
    PassingTraffic,
    PortRange,
    Witness,
    WitnessHop,
    WitnessPacket,
    WitnessRequest,
    WitnessStatement,
)

EXAMPLES = Path(__file__).parents[2] / "examples"
ACCOUNT = EXAMPLES.parent / "tests/model/golden/accounts/three-tier-broken.json"
AS_OF = datetime(2026, 11, 28, 12, tzinfo=UTC)

HOSTILE = (
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x1b[31mred\x1b[0m\x07",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!--",
    "]]>",
    '" onmouseover="alert(1)',
    "[x](javascript:alert(1))",
    "![x](http://example.com/x.png)",
    "`code` **bold** | cell",
    "\n# heading\n\n- item",
    "::error file=x,line=1::forged",
    "\n::set-output name=x::y",
    "##[error]forged",
    "%0A::add-mask::x",
    "\u202egnp.exe\u2066",
    "\u2028\u2029\x85",
    "\ud800",
    "{{ 7*7 }}",
    "http://example.com/ @everyone #1",
)
"""Names, tags and policies that act somewhere if they are not escaped."""


@cache
def template_report() -> dict:
    """The report of the broken template."""
    folder = EXAMPLES / "template"
    baseline = Baseline.load(folder / "cloudpack-baseline.toml")
    snapshot = gather_template(folder / "broken.yaml", baseline=baseline)
    return assess(snapshot, baseline).to_json()


@cache
def plan_report() -> dict:
    """The report of the broken plan."""
    folder = EXAMPLES / "plan"
    baseline = Baseline.load(folder / "cloudpack-baseline.toml")
    snapshot = gather_plan(folder / "plan.json", baseline=baseline)
    return assess(snapshot, baseline).to_json()


@cache
def account_report() -> dict:
    """The report of the broken account, of a recorded snapshot."""
    snapshot = read_snapshot(ACCOUNT)
    baseline = Baseline.load(EXAMPLES / "three-tier-broken" / "cloudpack-baseline.toml")
    return assess(snapshot, baseline).to_json()


def hostile_assessment(size: int) -> Assessment:
    """Findings whose every name is hostile, of all controls and outcomes in turn."""
    ids = [*controls(), "waivers"]
    return _assessment(
        tuple(_hostile_finding(ids[number % len(ids)], number) for number in range(size))
    )


def _hostile_finding(control: str, number: int) -> Finding:
    name = HOSTILE[number % len(HOSTILE)]
    outcome = (Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)[number % 4]
    resource = Resource(
        key=f"arn:aws:s3:::{name}{number}",
        arn=f"arn:aws:s3:::{name}{number}",
        account="123456789012",
        region="" if number % 3 else "ap-northeast-1",
        kind="Bucket",
        name=name,
        origin=Origin(file=f"{name}.yaml", line=number % 7, column=2, path=name),
    )
    return Finding(
        control=control,
        resource=resource,
        observations=(_hostile_observation(outcome, name),),
        notes=(_words(name),),
        waiver=_words(name) if number % 8 == 0 else None,
    )


def _hostile_observation(outcome: Outcome, name: str) -> Observation:
    statement = WitnessStatement(policy="inline", policy_name=name, sid=name, path="$.Statement[3]")
    request = WitnessRequest(
        principal_kind="user",
        principal=name,
        action="s3:GetObject",
        resource=name,
        context={name: name},
        statements=(statement,),
    )
    return Observation(
        outcome=outcome,
        message=_words(name),
        read=name,
        expected=name,
        read_fields=(FieldValue(name, (name,)),),
        allowed=AllowedAccess(principal_kind="user", principal=name, actions=(name,)),
        witness=Witness(
            summary=_words(name), steps=(_words(name),), command=name, requests=(request,)
        ),
    )


def _words(name: str) -> Text:
    return text("common.verbatim", en=name, ja=name)


def _assessment(findings: tuple[Finding, ...], **parts: object) -> Assessment:
    return Assessment(
        findings=findings, as_of=AS_OF, snapshot=f"sha256:{'0' * 64}", source="aws", **parts
    )


# Assessments of any shape

_WORDS = st.builds(_words, st.text(max_size=8) | st.sampled_from(HOSTILE))
_STRINGS = st.text(max_size=8) | st.sampled_from(HOSTILE)
_LISTS = st.lists(_STRINGS, max_size=2).map(tuple)
_NUMBERS = st.none() | st.integers(0, 65535)
_ORIGINS = st.none() | st.builds(
    Origin, operation=_STRINGS, file=_STRINGS, line=st.integers(0, 9), path=_STRINGS
)
_PORTS = st.builds(PortRange, protocol=_STRINGS, from_port=_NUMBERS, to_port=_NUMBERS)
_FIELDS = st.lists(st.builds(FieldValue, _STRINGS, _LISTS), max_size=2).map(tuple)
_STATEMENTS = st.builds(
    WitnessStatement,
    policy=st.sampled_from(("managed", "inline", "resource-policy", "trust", "acl")),
    path=st.sampled_from(("", "$.Statement", "$.Statement[2]")),
    origin=_ORIGINS,
)
_REQUESTS = st.builds(
    WitnessRequest,
    principal_kind=_STRINGS,
    principal=_STRINGS,
    action=_STRINGS,
    resource=_STRINGS,
    context=st.dictionaries(_STRINGS, _LISTS | _STRINGS, max_size=2),
    statements=st.lists(_STATEMENTS, max_size=2).map(tuple),
)
_HOPS = st.builds(
    WitnessHop,
    kind=_STRINGS,
    resources=st.lists(
        st.builds(HopResource, id=_STRINGS, name=_STRINGS, origin=_ORIGINS), max_size=2
    ).map(tuple),
    rule=_STRINGS,
    detail=_WORDS | _STRINGS,
    is_reply=st.booleans(),
    origin=_ORIGINS,
)
_PACKETS = st.builds(
    WitnessPacket,
    source=_STRINGS,
    destination=_STRINGS,
    protocol=_STRINGS,
    destination_port=_NUMBERS,
    icmp_type=_NUMBERS,
    hops=st.lists(_HOPS, max_size=2).map(tuple),
)
_WITNESSES = st.builds(
    Witness,
    summary=_WORDS,
    steps=st.lists(_WORDS, max_size=2).map(tuple),
    requests=st.lists(_REQUESTS, max_size=2).map(tuple),
    packet=st.none() | _PACKETS,
)
_ALLOWED = st.builds(
    AllowedAccess, principal_kind=_STRINGS, principal=_STRINGS, actions=_LISTS
) | st.builds(
    PassingTraffic,
    source=_WORDS | _STRINGS,
    target=_STRINGS,
    ports=st.lists(_PORTS, max_size=2).map(tuple),
)
_OUTCOMES = st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.WAIVED])
_OBSERVATIONS = st.builds(
    Observation,
    outcome=_OUTCOMES,
    message=_WORDS,
    read=_STRINGS,
    expected=_STRINGS,
    origin=_ORIGINS,
    witness=st.none() | _WITNESSES,
    causes=st.lists(
        st.builds(Cause, why=st.sampled_from(Why), actions=_LISTS, detail=_STRINGS), max_size=2
    ).map(tuple),
    read_fields=_FIELDS,
    allowed=st.none() | _ALLOWED,
)
_FINDINGS = st.builds(
    Finding,
    control=st.sampled_from([*controls(), "waivers"]),
    resource=st.builds(
        Resource, key=_STRINGS, arn=_STRINGS, account=_STRINGS, kind=_STRINGS, name=_STRINGS
    ),
    observations=st.lists(_OBSERVATIONS, min_size=1, max_size=2).map(tuple),
    notes=st.lists(_WORDS, max_size=1).map(tuple),
    waiver=st.none() | _WORDS,
)
_NOT_RUN = st.builds(
    NotRun, control=st.sampled_from(list(controls())), account=_STRINGS, reason=_WORDS
)

assessments = st.builds(
    lambda findings, not_run, notes: _assessment(
        tuple(findings), not_run=tuple(not_run), notes=tuple(notes)
    ),
    st.lists(_FINDINGS, max_size=3),
    st.lists(_NOT_RUN, max_size=2),
    st.lists(_WORDS, max_size=2),
)
"""Assessments of any shape, with hostile names."""
