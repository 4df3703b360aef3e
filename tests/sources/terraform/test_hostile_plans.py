"""Broken plans give one message or unknown findings; what is not known never passes."""

import contextlib
import copy
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess, gather_plan
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.sources.terraform.plan import read_plan
from cloudpack_baseline.sources.terraform.source import OpenPlan
from cloudpack_baseline.sources.terraform.types import terraform_types
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder
from sources.terraform.test_plan_states import STATES
from sources.terraform.test_service_types import PRODUCTION, ROWS

EXAMPLE = Path(__file__).parents[3] / "examples" / "plan"
SINCE = [control.id for control in select(None)]
WRONG = (None, True, False, 0, -1, 1.5, 10**30, "", "x", "0.0.0.0/0", "\u202e", [], {}, [[]], [{}])
"""Values of a wrong type, or of the right one where that is of no use."""


@cache
def example(name):
    return json.loads((EXAMPLE / name).read_text(encoding="utf-8"))


def gathered(document, controls=None):
    """The snapshot of a plan for the controls."""
    plan = read_plan(json.dumps(document).encode(), "plan.json")
    return OpenPlan(plan, (SourceAccount(),)).gather(reads_of(select(controls)))


def judged(document, baseline=None):
    """The findings of every control."""
    return assess(gathered(document), baseline or Baseline()).findings


def paths(node, path=()):
    """The path of each value at any depth."""
    yield path
    entries = node.items() if isinstance(node, dict) else ()
    entries = enumerate(node) if isinstance(node, list) else entries
    for key, inner in entries:
        yield from paths(inner, (*path, key))


def replaced(document, path, value):
    """The document with another value at the path."""
    document = copy.deepcopy(document)
    parent = document
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return document


@settings(max_examples=60)
@given(data=st.data())
def test_a_plan_of_wrong_types_is_wrong_input_or_judged(data):
    document = example("plan.json")
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in paths(document) if path]))
        document = replaced(document, path, data.draw(st.sampled_from(WRONG)))
    try:
        findings = judged(document)
    except InputError as error:
        message = str(error)
    else:
        message = ""
        assert {finding.control for finding in findings} >= set(SINCE)
    assert "\n" not in message


def test_a_port_that_is_no_number():
    place = next(
        place
        for place, resource in enumerate(
            example("plan.json")["planned_values"]["root_module"]["resources"]
        )
        if resource["type"] == "aws_lb_target_group_attachment"
    )
    path = ("planned_values", "root_module", "resources", place, "values", "port")
    for wrong in ({}, [1], True):
        assert judged(replaced(example("plan.json"), path, wrong))


VALUES = st.recursive(
    st.sampled_from(
        [
            *WRONG[:11],
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "10.0.0.0/8",
            "tcp",
            "-1",
            "Enabled",
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}',
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rule", "name", "id", "key", "status"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
ATTRIBUTES = sorted(
    {name for mapped in terraform_types().values() for name in (*mapped.renames, *mapped.converts)}
    | {"bucket", "rule", "policy", "ingress", "egress", "route", "listener", "grant", "acl"}
    | {"vpc_id", "subnet_id", "subnet_ids", "cidr_block", "metadata_options", "security_groups"}
)


@settings(max_examples=60)
@given(data=st.data())
def test_every_control_gives_a_verdict_on_any_attributes(data):
    plan = PlanBuilder()
    for number in range(data.draw(st.integers(1, 6))):
        type_ = data.draw(st.sampled_from(sorted(terraform_types())))
        values = data.draw(st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, max_size=8))
        unknown = data.draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=4))
        first = "aws_vpc.r0.id" if number else "local.x"
        plan.add(f"{type_}.r{number}", values, unknown, {key: [first] for key in unknown})
    findings = judged(plan.document())
    assert {finding.control for finding in findings} >= set(SINCE)


def configured_attributes(document):
    """The attributes of resources that the configuration has, with their place in the plan."""
    resources = document["planned_values"]["root_module"]["resources"]
    entries = document["configuration"]["root_module"]["resources"]
    for place, resource in enumerate(resources):
        for entry in entries:
            if (entry["type"], entry["name"]) == (resource["type"], resource["name"]):
                yield from ((place, name) for name in entry["expressions"])


def clouded(document, place, name):
    """The plan where an attribute comes from a local value that is not known yet."""
    document = copy.deepcopy(document)
    resource = document["planned_values"]["root_module"]["resources"][place]
    resource["values"].pop(name, None)
    for change in document["resource_changes"]:
        if change["address"] == resource["address"]:
            change["change"]["after_unknown"][name] = True
    for entry in document["configuration"]["root_module"]["resources"]:
        if (entry["type"], entry["name"]) == (resource["type"], resource["name"]):
            entry["expressions"][name] = {"references": ["local.x"]}
    return document


NAMES = ("name", "bucket", "backup_vault_name")
"""A policy that names what has another name is about something else; S3 rejects it."""

DECLARED = Baseline.load(EXAMPLE / "cloudpack-baseline.toml")


FAILED = (
    "database-isolation",
    "rds-backup",
    "s3-exposure",
    "s3-public-access-block",
    "segmentation",
)
"""The controls that fail in the example."""


@pytest.mark.parametrize(
    ("place", "name"),
    [
        pytest.param(place, name, id=f"{place}-{name}")
        for place, name in configured_attributes(example("plan.json"))
        if name not in ("tags", "tags_all")
    ],
)
def test_what_is_not_known_never_passes(place, name):
    snapshot = gathered(clouded(example("plan.json"), place, name), FAILED)
    findings = assess(snapshot, DECLARED, controls=FAILED).findings
    still = {
        finding.control for finding in findings if finding.outcome.value in ("fail", "unknown")
    }
    assert still == set(FAILED)


STATES_THAT_FAIL = [
    *((row.values[0], row.values[2], Baseline()) for row in STATES if row.values[1] == "fail"),
    *(
        (control, ((address, values, {}),), PRODUCTION)
        for address, values, control, outcome in (row.values for row in ROWS)
        if outcome == "fail"
    ),
]


@pytest.mark.parametrize(("control", "resources", "baseline"), STATES_THAT_FAIL)
def test_a_state_that_fails_never_passes_with_an_attribute_that_is_not_known(
    control, resources, baseline
):
    plan = PlanBuilder()
    for address, values, references in resources:
        plan.add(address, values, ["id", "arn", *references], references)
    document = plan.document()
    for place, name in configured_attributes(document):
        if name in NAMES:
            continue  # what refers to the old name refers to something else
        snapshot = gathered(clouded(document, place, name), [control])
        findings = assess(snapshot, baseline, controls=[control]).findings
        assert {finding.outcome.value for finding in findings} & {"fail", "unknown"}, name


@pytest.mark.parametrize(
    "broken",
    [
        {"resource_changes": {}},
        {"resource_changes": [1]},
        {"resource_changes": [{"address": "a", "change": []}]},
        {"resource_changes": [{"address": "a", "change": {"after_unknown": []}}]},
        {"planned_values": {"root_module": []}},
        {"planned_values": {"root_module": {"resources": {}}}},
        {"planned_values": {"root_module": {"resources": [{}]}}},
        {"planned_values": {"root_module": {"child_modules": [1]}}},
        {"configuration": []},
        {"prior_state": []},
    ],
    ids=str,
)
def test_a_plan_of_another_structure_is_wrong_input(broken):
    document = {"format_version": "1.2", "planned_values": {}} | broken
    with pytest.raises(InputError, match=r"plan\.json: .* is not (a|an) (list|object|string)"):
        gathered(document)


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [50, 200, 400, 900])
def test_values_that_are_nested_deeply(depth):
    plan = PlanBuilder().add("aws_security_group.a", {"ingress": nested(depth)}, ["id"])
    with contextlib.suppress(InputError):
        assert {finding.control for finding in judged(plan.document())} >= set(SINCE)


HEAD = '{"format_version": "1.2",\n "planned_values": '


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (HEAD + '{"a": ' * 5000 + "1" + "}" * 5000 + "}", r":2: column \d+: is nested too deeply"),
        (HEAD + "[" * 5000 + "]" * 5000 + "}", r":2: column 219: is nested too deeply"),
        (HEAD + '{"a": ' + "9" * 5000 + "}}", r":2: column 26: has a number that is too long"),
        (HEAD + '{"a": }}', r":2: column 26: is not JSON"),
    ],
)
def test_a_plan_that_cannot_be_read_names_line_and_column(tmp_path, content, place):
    file = tmp_path / "plan.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=rf"plan\.json{place}"):
        gather_plan(file)
