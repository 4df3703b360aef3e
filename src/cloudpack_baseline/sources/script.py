"""The ``aws`` command lines that write a folder for ``describe:FOLDER``, including errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from shlex import quote
from typing import TypeAlias

from attrs import evolve
from botocore import xform_name

from cloudpack_baseline.model.read import Read, merged
from cloudpack_baseline.sources.answers import file_name
from cloudpack_baseline.sources.describe import TAKEN_AT
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.gathering import is_regional
from cloudpack_baseline.sources.operations import OPERATIONS, Operation, operation
from cloudpack_baseline.sources.regions import CLOUDFRONT_REGIONS, every

__all__ = ["record_script"]

_Place: TypeAlias = tuple[str, str, str]
"""A listing, the path to its items, and the member that names one."""

_Among: TypeAlias = Mapping[str, tuple[_Place, ...]]
"""By operation: where its subjects are listed."""

_HEAD = """\
#!/bin/sh
# Records responses for one AWS account in a folder (default: ./described), which
# `--cloudpack-source describe:FOLDER` judges. Needs the AWS CLI and credentials with read
# access. A denied call is recorded as denied. Other errors (no network, no credentials)
# are recorded with their message, and shown.
set -u
export AWS_PAGER=
here=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
out=${1:-described}
ask() {
  file=$1; shift
  mkdir -p "$(dirname "$file")"
  if ! aws "$@" --output json > "$file" 2> "$file.err"; then
    code=$(sed -n 's/.*An error occurred (\\([^()" ]*\\)).*/\\1/p' "$file.err" | head -n 1)
    [ -n "$code" ] || { echo "aws $*:" >&2; cat "$file.err" >&2; }
    said=$(tr '[:cntrl:]' ' ' < "$file.err" | sed 's/[\\"]/\\\\&/g; s/^ *//; s/ *$//')
    printf '{"Error": {"Code": "%s", "Message": "%s"}}\\n' "${code:-Unknown}" "$said" > "$file"
  elif ! [ -s "$file" ]; then
    echo '{"ResponseMetadata": {}}' > "$file"
  fi
  rm -f "$file.err"
}
until_said() {
  ends=$1; shift
  for pause in 0 1 2 4 8 16; do
    sleep $pause
    "$@"
    grep -qE "\\"($ends)\\"" "$file" && break
  done
}
each() { aws "$@" --output text 2> /dev/null | tr '\\t' '\\n' | grep -v '^None$' | sort -u; }
named() {
  printf %s "$1" | sed 's/%/%25/g; s|/|%2F|g; s/+/%2B/g; s/=/%3D/g; s/,/%2C/g; s/@/%40/g; s/ /%20/g'
}
account=$(aws sts get-caller-identity --query Account --output text) || exit 1
at="$out/$account"
"""

_CASES = " ".join(f"{name}) edge={region} ;;" for name, region in CLOUDFRONT_REGIONS.items())
_EDGE = f"""\
case $(aws sts get-caller-identity --query Arn --output text | cut -d: -f2) in
  {_CASES} *) edge= ;;
esac"""

_PLACES = "each s3api list-buckets --page-size 1000 --query 'Buckets[].BucketRegion'"


def record_script(selection: Iterable[Read], *, regions: Sequence[str] | None = None) -> str:
    """A POSIX shell script that records the selected kinds.

    Args:
        selection: the kinds of records, with the fields that need separate calls.
        regions: the Regions of regional kinds; ``None`` or ``*``: every enabled Region.
    """
    reads = merged(selection)
    once = {key for read in reads if not gatherer_of(read.kind).regional for key in _keys(read)}
    regional = {key for read in reads if gatherer_of(read.kind).regional for key in _keys(read)}
    placed = {key for key in once if operation(key).placed}
    edge = {key for key in once if operation(key).edge}
    settled = {key for key in once if operation(key).region}
    among = _among(reads)
    anywhere = once - placed - edge - settled
    lines = [_HEAD, *_lines({"sts:GetCallerIdentity", *anywhere}, among, "$at")]
    for region in sorted({operation(key).region for key in settled}):
        local = {key for key in settled if operation(key).region == region}
        lines += _loop(region, local, among)
    if edge:
        lines += (_EDGE, *_loop("$edge", edge, among))
    if placed:
        lines += (f"regions=$({_PLACES})", *_loop("${regions:-$here}", placed, among))
    if is_regional(reads):
        lines += _lines(["ec2:DescribeRegions"], among, "$at", " --all-regions")
        enabled = "$(each ec2 describe-regions --query 'Regions[].RegionName')"
        named = enabled if every(regions) else " ".join(map(quote, regions or ()))
        lines += _loop(named, regional, among)
    return "\n".join((*lines, f'date -u +%Y-%m-%dT%H:%M:%SZ > "$at/{TAKEN_AT}"', ""))


def _keys(read: Read) -> frozenset[str]:
    return gatherer_of(read.kind).needs(read.fields)


def _loop(regions: str, keys: Iterable[str], among: _Among) -> Iterator[str]:
    yield f"for region in {regions}; do"
    yield from _lines(keys, among, "$at/$region", ' --region "$region"', "  ")
    yield "done"


def _lines(
    keys: Iterable[str], among: _Among, folder: str, options: str = "", indent: str = ""
) -> Iterator[str]:
    calls = sorted((place, key) for key in keys for place in among.get(key, (("", "", ""),)))
    for (listing, items, member), group in groupby(calls, key=itemgetter(0)):
        if not listing:
            for _, key in group:
                api_operation = operation(key)
                if api_operation.subject and not _fixed(api_operation):
                    continue  # no listing names its subjects: what it is asked follows from answers
                name = file_name(api_operation, _fixed(api_operation))
                line = f'ask "{folder}/{name}" {_command(api_operation)}{options}'
                ended = f"{api_operation.complete}|Error"
                yield indent + (f"until_said '{ended}' {line}" if api_operation.complete else line)
                for variant in api_operation.variants:
                    name = file_name(api_operation, *variant.values())
                    asked_for = evolve(api_operation, parameters=variant)
                    yield f'{indent}ask "{folder}/{name}" {_command(asked_for)}{options}'
            continue
        names = _names((listing, items, member), among, options)
        yield f"{indent}for name in $({names}); do"
        for _, key in group:
            api_operation = operation(key)
            name = file_name(api_operation, "NAME").replace("NAME", '$(named "$name")')
            subject = f'--{xform_name(api_operation.subject, "-")} "$name"'
            yield f'{indent}  ask "{folder}/{name}" {_command(api_operation)} {subject}{options}'
        yield f"{indent}done"


def _names(place: _Place, among: _Among, options: str) -> str:
    """The shell command that prints the names of subjects, one a line."""
    listing, items, member = place
    api_operation = operation(listing)
    query = f"--query '{items}[]{member and '.'}{member}'"
    asked_for = (api_operation.parameters, *api_operation.variants)
    commands = [
        f"each {_command(evolve(api_operation, parameters=parameters))}{options}"
        for parameters in asked_for
    ]
    if listing not in among:
        listings = "; ".join(f"{command} {query}" for command in commands)
        return f"{{ {listings}; }} | sort -u" if api_operation.variants else listings
    # The listing is itself about subjects: it is called for each of them.
    subject = f'--{xform_name(api_operation.subject, "-")} "$name"'
    parents = "; ".join(_names(parent, among, options) for parent in among[listing])
    listings = "; ".join(f"{command} {subject} {query}" for command in commands)
    return f"for name in $({parents}); do {listings}; done"


def _among(reads: Iterable[Read]) -> _Among:
    """Where the subjects of each operation are listed."""
    places: dict[str, tuple[_Place, ...]] = {}
    for read in reads:
        for key, among in gatherer_of(read.kind).among.items():
            if _asks_many(operation(key)):
                places[key] = tuple(dict.fromkeys((*places.get(key, ()), _place(*among))))
    for api_operation in OPERATIONS.values():
        if api_operation.among[0]:
            places[api_operation.id] = (_place(api_operation.among[0], "", api_operation.among[1]),)
    return places


def _asks_many(api_operation: Operation) -> bool:
    return bool(api_operation.subject) and not _fixed(api_operation)


def _place(listing: str, items: str, member: str) -> _Place:
    api_operation = operation(listing)
    return listing, items or api_operation.items, "" if api_operation.bare else member


def _fixed(api_operation: Operation) -> str:
    """The subject of an operation with a single subject."""
    return str(api_operation.parameters.get(api_operation.subject, ""))


def _command(api_operation: Operation) -> str:
    service, name = file_name(api_operation).removesuffix(".json").split(".")
    options = [api_operation.options] if api_operation.options else []
    if api_operation.page_size:
        options.append(f"--page-size {api_operation.page_size}")
    if api_operation.client == "s3control":
        options.append('--account-id "$account"')
    options += (
        f"--{xform_name(key, '-')}{_option(value)}"
        for key, value in api_operation.parameters.items()
    )
    return " ".join((service, name, *options))


def _option(value: object) -> str:
    """A parameter's value in the AWS CLI's shorthand syntax, or in JSON if it is nested."""
    if value is True:
        return ""
    if isinstance(value, Mapping):
        members = {
            name: ",".join(member) if _is_list_of_strings(member) else member
            for name, member in value.items()
        }
        if not all(isinstance(member, str) for member in members.values()):
            return f" {quote(json.dumps(value))}"
        return f" {','.join(f'{name}={member}' for name, member in members.items())}"
    if isinstance(value, list):
        return "".join(map(_option, value))
    return f" {quote(str(value))}"


def _is_list_of_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(member, str) for member in value)
