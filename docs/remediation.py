"""How to make a resource pass each control: console, AWS CLI, CloudFormation and Terraform.

One table a control in ``docs/remediation/THEME.toml``. Keys:

- ``console_en``, ``console_ja``: the steps, as a Markdown list.
- ``cli``: a POSIX shell script; ``cloudformation``: a whole template in YAML; ``terraform``: HCL.
  Where AWS offers no such way, ``no_cli_en`` and ``no_cli_ja`` (and so on) give the reason.
- ``cli_note_en``, ``cli_note_ja`` (and so on): optional, what to know before it is applied.
- ``[ID.cloudformation_check]``, ``[ID.terraform_check]``: how the tests judge the template and the
  configuration; see ``ExampleCheck``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from cloudpack_baseline.whitepaper import controls

__all__ = ["ExampleCheck", "Remediation", "problems", "remediation", "remediations"]

FOLDER = Path(__file__).parent / "remediation"
_CODE_FORMATS = ("cli", "cloudformation", "terraform")
_LANGUAGES = ("en", "ja")
_OUTCOMES = ("pass", "unknown", "not applicable")


@attrs.frozen
class ExampleCheck:
    """How an example is judged by its control, and what makes it fail.

    Attributes:
        outcome: of the example: ``pass``, or ``unknown`` or ``not applicable`` for the reason in
            ``why``, because a template does not contain the decisive facts.
        why: the reason for another outcome than ``pass``.
        baseline: the baseline that the example is judged with, as in the baseline file.
        fault: the outcome without the decisive setting.
        remove: the path of the decisive setting, which is taken away:
            ``Resources.Bucket.Properties.Name``, or ``aws_s3_bucket.example/name`` in Terraform.
        replace: values by path, which are put in its place.
    """

    outcome: str = attrs.field(default="pass", validator=attrs.validators.in_(_OUTCOMES))
    why: str | None = None
    baseline: Mapping[str, Any] = attrs.field(factory=dict)
    fault: str = attrs.field(default="fail", validator=attrs.validators.in_(("fail", "unknown")))
    remove: str | None = None
    replace: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Remediation:
    """The ways to make a resource pass a control.

    Of ``cli``, ``cloudformation`` and ``terraform``, each is a text, or ``None`` where the reason
    stands in ``no_..._en`` and ``no_..._ja``.
    """

    control: str
    console_en: str
    console_ja: str
    cli: str | None = None
    cli_note_en: str | None = None
    cli_note_ja: str | None = None
    no_cli_en: str | None = None
    no_cli_ja: str | None = None
    cloudformation: str | None = None
    cloudformation_note_en: str | None = None
    cloudformation_note_ja: str | None = None
    no_cloudformation_en: str | None = None
    no_cloudformation_ja: str | None = None
    cloudformation_check: ExampleCheck | None = None
    terraform: str | None = None
    terraform_note_en: str | None = None
    terraform_note_ja: str | None = None
    no_terraform_en: str | None = None
    no_terraform_ja: str | None = None
    terraform_check: ExampleCheck | None = None


def remediation(control_id: str) -> Remediation:
    """The remediation of a control.

    Raises:
        KeyError: no control of the white paper has this id.
    """
    return remediations()[control_id]


@cache
def remediations() -> Mapping[str, Remediation]:
    """The remediation of each control, in the order of the catalogue.

    Raises:
        ValueError: the files are incomplete, or contain what they must not.
    """
    faults = list(problems(_tables()))
    if faults:
        raise ValueError("\n".join(faults))
    entries = {id_: entry for theme in _tables().values() for id_, entry in theme.items()}
    return {id_: _remediation(id_, entries[id_]) for id_ in controls()}


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    """The tables of each theme."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.toml"))
    }


def _remediation(control: str, entry: Mapping[str, Any]) -> Remediation:
    checks = {
        f"{code_format}_check": ExampleCheck(**entry.get(f"{code_format}_check", {}))
        for code_format in ("cloudformation", "terraform")
        if code_format in entry
    }
    texts = {key: text.strip("\n") for key, text in entry.items() if isinstance(text, str)}
    return Remediation(control=control, **texts, **checks)


def problems(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with the tables of the themes."""
    entries = {(theme, id_) for theme, table in tables.items() for id_ in table}
    expected = {(control.theme, id_) for id_, control in controls().items()}
    for theme, id_ in sorted(entries - expected):
        yield f"{theme}.toml: {id_} is no control of this theme"
    for theme, id_ in sorted(expected - entries):
        yield f"{theme}.toml: {id_} is missing"
    for theme, table in tables.items():
        for id_, entry in table.items():
            for problem in _problems_of(entry):
                yield f"{theme}.toml: {id_}: {problem}"


def _problems_of(entry: Mapping[str, Any]) -> Iterator[str]:
    known = {field.name for field in attrs.fields(Remediation)} - {"control"}
    for key in sorted(entry.keys() - known):
        yield f"unknown key {key}"
    yield from (f"{key} is missing" for key in ("console_en", "console_ja") if key not in entry)
    for stem in (
        "console",
        *(f"{code_format}_note" for code_format in _CODE_FORMATS),
        *(f"no_{code_format}" for code_format in _CODE_FORMATS),
    ):
        languages = [language for language in _LANGUAGES if f"{stem}_{language}" in entry]
        if len(languages) == 1:
            yield f"{stem} is in one language only"
    for code_format in _CODE_FORMATS:
        if (code_format in entry) == (f"no_{code_format}_en" in entry):
            yield f"either {code_format} or no_{code_format} is required"
    for code_format in ("cloudformation", "terraform"):
        check = entry.get(f"{code_format}_check", {})
        if ("why" in check) != (check.get("outcome", "pass") != "pass"):
            yield f"{code_format}_check: an outcome other than pass has a reason"
