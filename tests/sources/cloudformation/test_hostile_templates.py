"""Whatever stands in properties: every control gives a verdict, and nothing raises."""

import json
import re
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.cloudformation import types
from cloudpack_baseline.sources.cloudformation.source import OpenTemplates
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.template_files import TemplateFile, TemplateFiles
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import select

NAMES = ("A", "P", "Q", "AWS::NoValue", "AWS::Region", "Nobody")
TEXTS = (
    "true",
    "yes",
    "22",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "::/0",
    "300.0.0.0/99",
    "*",
    "arn:aws:s3:::b",
    "tcp",
    "-1",
    "Enabled",
)
SCALARS = (None, True, False, 0, -1, 443, 65536, 10**20, 1.5, "", "x" * 300, "\u202e", *TEXTS)


@cache
def words(module):
    """What the functions of the module may ask for."""
    text = (Path(types.__file__).parent / f"{module}.py").read_text("utf-8")
    return sorted(set(re.findall(r'"([A-Z]\w+)"', text)))


def value(random, names, depth=0):
    """Any value: scalars, references, functions, lists and objects."""
    simple = (
        random.choice(SCALARS),
        {"Ref": random.choice(NAMES)},
        {"Fn::GetAtt": ["A", random.choice(("Arn", "GroupId", "X"))]},
        {"Fn::Sub": random.choice(("${P}-x", "${A.Arn}/*", "${AWS::Region}"))},
    )
    if depth > 4 or random.random() < 0.7:
        return random.choice((random.choice(SCALARS), *simple))
    items = [value(random, names, depth + 1) for _ in range(random.randint(0, 3))]
    choice = {"Fn::If": ["K", *(value(random, names, depth + 1) for _ in range(2))]}
    return random.choice(
        (items, items, choice, properties(random, names, random.randint(0, 6), depth + 1))
    )


def properties(random, names, number, depth=0):
    """An object with some of the names."""
    chosen = random.sample(names, min(number, len(names)))
    return {name: value(random, names, depth) for name in chosen}


def resource(random):
    """A resource of any type that is read."""
    name = random.choice(list(resource_types()))
    describe = resource_types()[name].describe
    module = getattr(describe, "func", describe).__module__.rpartition(".")[2]
    return {"Type": name, "Properties": properties(random, words(module), random.randint(0, 25))}


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_every_control_gives_a_verdict_on_any_properties(seed):
    random = Random(seed)  # noqa: S311 - test data
    first = {"Type": random.choice(list(resource_types()))}
    template = {
        "Parameters": {"P": {"Type": "String"}, "Q": {"Type": "CommaDelimitedList"}},
        "Conditions": {"K": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {"A": first} | {name: resource(random) for name in "BCDEF"},
    }
    files = TemplateFiles(
        files=(TemplateFile(template=read_template(json.dumps(template).encode(), "t"), stack="t"),)
    )
    opened = OpenTemplates(files=files, parameters={}, targets=(SourceAccount(),))
    try:
        snapshot = opened.gather(reads_of(select(None)))
    except InputError as error:
        if "depend on each other in a circle" not in str(error):
            raise
        return
    assessment = assess(snapshot, Baseline())
    judged = {finding.control for finding in assessment.findings}
    assert judged >= {control.id for control in select(None)}
    assert assessment.text()
