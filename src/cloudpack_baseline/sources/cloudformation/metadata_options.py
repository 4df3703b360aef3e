"""The options of the instance metadata service that result from a template.

Source: Amazon EC2 User Guide, "Configure instance metadata options for new instances".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.typed import exact, follow, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined, with_members

__all__ = ["metadata_options", "template_metadata_options"]

_ALWAYS_WITH_TOKENS = "al2023"
"""In the name of images that require tokens by themselves (Amazon Linux 2023 User Guide,
"IMDSv2")."""


def metadata_options(answers: StackAnswers, settings: dict[str, Resolved]) -> Resolved:
    """The options; those that are not set are as the account says, and then as the image does."""
    defaults = _metadata_defaults(answers)
    options = settings.get("MetadataOptions")
    options = options if isinstance(options, dict) else exact(options)
    if isinstance(options, Unknown):
        return options
    tokens, endpoint = (
        option if (option := follow(options, name)) is not None else follow(defaults, name)
        for name in ("HttpTokens", "HttpEndpoint")
    )
    return {
        "HttpTokens": _default_tokens(settings.get("ImageId")) if tokens is None else tokens,
        "HttpEndpoint": "enabled" if endpoint is None else endpoint,
        "State": "applied",
    }


def _metadata_defaults(answers: StackAnswers) -> Resolved:
    """The defaults of the account, which only Terraform and the organization set."""
    described = answers.subjects.get(("ec2:GetInstanceMetadataDefaults", ""))
    return None if described is None else described.raw("AccountLevel")


def _default_tokens(image: Resolved) -> Resolved:
    """Whether tokens are required by default: only some images say so."""
    if _ALWAYS_WITH_TOKENS in str(shown(image)):
        return undetermined(f"ImdsSupport of {shown(image)}")
    return "optional"


def template_metadata_options(answers: StackAnswers, data: dict[str, Resolved]) -> Resolved:
    """The options; without any about tokens, those of the image, which mostly requires none.

    Where the account has defaults, they are evaluated with the template.
    """
    options = data.get("MetadataOptions")
    options = options if isinstance(options, dict) else exact(options)
    if isinstance(options, Unknown):
        return options
    options = options if isinstance(options, dict) else {}
    defaults = _metadata_defaults(answers)
    is_set = options.get("HttpTokens") is not None or (
        follow(defaults, "HttpTokens") is not None or follow(defaults, "HttpEndpoint") == "disabled"
    )
    if not is_set and _ALWAYS_WITH_TOKENS not in str(shown(data.get("ImageId"))):
        return with_members(options, HttpTokens="optional")
    return options
