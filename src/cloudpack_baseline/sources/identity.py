"""The identity of the credentials, and the errors if they do not work."""

from __future__ import annotations

from botocore import exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from cloudpack_baseline.errors import CloudpackError, CredentialsError, SourceError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.sources.clients import PARSE_FAULTS, Clients

__all__ = ["CallerIdentity", "identify"]

_MISSING = (CredentialRetrievalError, NoCredentialsError, PartialCredentialsError, ProfileNotFound)
_NOT_SIGNED_IN = (
    NoAuthTokenError,
    SSOError,
    TokenRetrievalError,
    # Since boto3 1.41, for `aws login`.
    getattr(exceptions, "LoginError", SSOError),
)
_NO_ANSWER = (exceptions.ConnectionError, HTTPClientError)
_CONNECTION = "check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL"
_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException", "RequestExpired"))
_REFUSED = frozenset(
    (
        "AccessDenied",
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "UnrecognizedClientException",
    )
)
_SIGNATURES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch"))


@frozen(kw_only=True)
class CallerIdentity:
    """The answer of sts:GetCallerIdentity.

    Attributes:
        account: 12 digits.
        arn: the ARN of the user or session.
        partition: the partition of that ARN.
        region: where it was called; the Region for calls that belong to no Region.
    """

    account: str
    arn: str
    partition: str
    region: str


def identify(clients: Clients, region: str) -> CallerIdentity:
    """Identify the credentials: one call that needs no permission.

    Raises:
        CredentialsError: there are none, they cannot be read, or AWS rejects them.
        SourceError: the endpoint does not answer.
    """
    try:
        answer = clients.get("sts", region).get_caller_identity()
        return CallerIdentity(
            account=answer["Account"],
            arn=answer["Arn"],
            partition=Arn.parse(answer["Arn"]).partition,
            region=region,
        )
    except (BotoCoreError, ClientError) as error:
        raise _explained(error, region) from error
    except OSError as error:
        # botocore lets it through: a token file that is missing, a program that is none.
        fault = f"{error.strerror or type(error).__name__}: {error.filename}"
        raise CredentialsError(
            f"no AWS credentials: {fault}; check `credential_process` and "
            "`web_identity_token_file` (AWS_WEB_IDENTITY_TOKEN_FILE)"
        ) from error
    except PARSE_FAULTS as error:
        fault = f"{type(error).__name__}: {error}"[:100]
        raise SourceError(
            f"sts:GetCallerIdentity could not be called, or its response is malformed: {fault}; "
            f"{_CONNECTION}"
        ) from error


def _explained(error: BotoCoreError | ClientError, region: str) -> CloudpackError:
    if isinstance(error, ClientError):
        return _refused(error, region)
    if isinstance(error, _MISSING):
        return CredentialsError(
            f"no AWS credentials: {_summarize(error)}; set a profile, environment variables, "
            "or `profile` or `role_arn` in the account of the baseline"
        )
    if isinstance(error, _NOT_SIGNED_IN):
        return CredentialsError(
            f"no AWS credentials: {_summarize(error)}; sign in with `aws sso login` or `aws login`"
        )
    if isinstance(error, _NO_ANSWER):
        return SourceError(f"AWS does not answer in {region}: {_summarize(error)}; {_CONNECTION}")
    return CredentialsError(
        f"the AWS configuration cannot be used: {_summarize(error)}; correct the profile in "
        "~/.aws/config, or the environment variables"
    )


def _refused(error: ClientError, region: str) -> CloudpackError:
    code = error.response.get("Error", {}).get("Code", "")
    if error.operation_name.startswith("AssumeRole"):
        return CredentialsError(
            f"the role of the account cannot be assumed ({code}): its trust policy must allow "
            "the caller, with `external_id` if it requires one, and the caller needs sts:AssumeRole"
        )
    if code in _EXPIRED:
        return CredentialsError(f"the AWS credentials have expired ({code}); renew them")
    if code in _REFUSED:
        return CredentialsError(
            f"AWS rejects the credentials in {region} ({code}); check that the keys are active, "
            "and that the Region belongs to their partition and is enabled"
        )
    if code in _SIGNATURES:
        return CredentialsError(
            f"AWS rejects the credentials in {region} ({code}); check the secret access key, and "
            "that the clock of this computer is right"
        )
    return SourceError(f"sts:GetCallerIdentity failed in {region} ({code}); try again later")


def _summarize(error: Exception) -> str:
    """The fault in botocore's words, but not what a credential process wrote of itself."""
    name = type(error).__name__
    if isinstance(error, CredentialRetrievalError):
        provider = error.kwargs.get("provider", "")
        return f"{name}: {provider} gave none" if provider else name
    return f"{name}: {error}"[:300]
