"""``cloudpack-baseline policy --format``: a role for a CI platform, for two provisioners."""

from __future__ import annotations

import json

import pytest
import yaml
from cfnlint.api import lint

from cloudpack_baseline import Baseline, assess, gather_template
from cloudpack_baseline.cli import main
from cloudpack_baseline.testing import mocked_account

ROLE = ("policy", "--format")
PROVIDERS = [
    "arn:aws:iam::*:oidc-provider/token.actions.githubusercontent.com",
    "arn:aws:iam::*:oidc-provider/gitlab.com",
]
DECLARED = Baseline.from_mapping({"controls": {"role-trust": {"providers": PROVIDERS}}})


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return call


class _Loader(yaml.SafeLoader):
    """Intrinsic functions in their short form, as (name, value)."""


def _short(loader, name, node):
    if isinstance(node, yaml.SequenceNode):
        return name, loader.construct_sequence(node, deep=True)
    return name, loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _short)


def template(text: str):
    return _Loader(text).get_single_data()


def trust(text: str):
    (statement,) = template(text)["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    return statement


ARGUMENTS = {
    "github": ("--repository", "octo/infra"),
    "github, immutable": ("--repository", "octo@123/infra@456", "--branch", "release/1"),
    "github, environment": ("--repository", "octo/infra", "--environment", "prod: Tokyo"),
    "gitlab": ("--trust", "gitlab", "--repository", "group/team/infra"),
    "one control": ("--repository", "octo/infra", "--control", "root-mfa"),
    "evidence": ("--repository", "octo/infra", "--evidence-bucket", "example-evidence"),
    "nothing to read": ("--repository", "octo/infra", "--control", "yearly-assessment"),
    "subject at deployment": (),
}
SUBJECTS = {
    "github": "repo:octo/infra:ref:refs/heads/main",
    "github, immutable": "repo:octo@123/infra@456:ref:refs/heads/release/1",
    "github, environment": "repo:octo/infra:environment:prod%3A Tokyo",
    "gitlab": "project_path:group/team/infra:ref_type:branch:ref:main",
}


class TestCloudFormation:
    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_cfn_lint_finds_nothing(self, run, name):
        code, out, _ = run(*ROLE, "cloudformation", *ARGUMENTS[name])
        assert (code, lint(out)) == (0, [])
        # The largest template that CloudFormation accepts without a bucket.
        assert len(out.encode()) <= 51_200

    def test_cfn_lint_would_find_a_fault(self, run):
        _, out, _ = run(*ROLE, "cloudformation")
        assert lint(out.replace("ClientIdList", "ClientIdLists"))

    @pytest.mark.parametrize("name", SUBJECTS)
    def test_only_the_jobs_of_the_subject_assume_the_role(self, run, name):
        _, out, _ = run(*ROLE, "cloudformation", *ARGUMENTS[name])
        host, audience = "token.actions.githubusercontent.com", "sts.amazonaws.com"
        if name == "gitlab":
            host, audience = "gitlab.com", "https://gitlab.com"
        statement = trust(out)
        assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert statement["Condition"] == {
            "StringEquals": {f"{host}:aud": audience, f"{host}:sub": ("Ref", "Subject")}
        }
        assert template(out)["Parameters"]["Subject"]["Default"] == SUBJECTS[name]
        provider = template(out)["Resources"]["IdentityProvider"]["Properties"]
        assert provider == {"Url": f"https://{host}", "ClientIdList": [audience]}

    def test_the_subject_has_no_default_without_a_repository(self, run):
        _, out, _ = run(*ROLE, "cloudformation")
        assert "Default" not in template(out)["Parameters"]["Subject"]

    def test_a_server_of_ones_own(self, run):
        issuer = "https://gitlab.example.com"
        arguments = ("--trust", "gitlab", "--repository", "g/p", "--issuer", f"{issuer}/")
        _, out, _ = run(*ROLE, "cloudformation", *arguments, "--audience", "aws")
        (condition,) = trust(out)["Condition"].values()
        assert condition["gitlab.example.com:aud"] == "aws"
        assert template(out)["Resources"]["IdentityProvider"]["Properties"]["Url"] == issuer

    def test_it_allows_what_the_split_policies_allow(self, run):
        _, out, _ = run(*ROLE, "cloudformation", "--evidence-bucket", "example-evidence")
        resources = template(out)["Resources"]
        statements = [
            statement
            for resource in resources.values()
            if resource["Type"] == "AWS::IAM::ManagedPolicy"
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        ]
        policies = json.loads(run("policy", "--split")[1])
        expected = [policy["Statement"][0]["Action"] for policy in policies]
        assert [statement["Action"] for statement in statements] == [*expected, ["s3:PutObject"]]
        assert statements[-1]["Resource"] == (
            "Sub",
            "arn:${AWS::Partition}:s3:::example-evidence/*",
        )
        assert resources["Role"]["Properties"]["ManagedPolicyArns"] == [
            ("Ref", "Read1Policy"),
            ("Ref", "Read2Policy"),
            ("Ref", "EvidencePolicy"),
        ]

    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_our_own_controls(self, run, name, tmp_path):
        file = tmp_path / "role.yaml"
        file.write_text(run(*ROLE, "cloudformation", *ARGUMENTS[name])[1], "utf-8")
        assessment = assess(gather_template(file), DECLARED)
        outcomes = {finding.control: str(finding.outcome) for finding in assessment.findings}
        bad = {id_: outcome for id_, outcome in outcomes.items() if outcome in ("fail", "unknown")}
        if name == "subject at deployment":
            # Whether the subject is limited is known once it is given.
            assert bad == {"role-trust": "unknown"}
        else:
            assert bad == {}
            assert outcomes["role-trust"] == outcomes["admin-privileges"] == "pass"

    def test_it_is_deployed(self, run):
        arguments = (*ARGUMENTS["github"], "--evidence-bucket", "example-evidence")
        _, out, _ = run(*ROLE, "cloudformation", *arguments)
        with mocked_account() as account:
            iam = account.session.client("iam")
            formation = account.session.client("cloudformation", region_name="us-east-1")
            url = "https://token.actions.githubusercontent.com"
            provider = iam.create_open_id_connect_provider(Url=url, ClientIDList=["x"])
            arn = provider["OpenIDConnectProviderArn"]
            formation.create_stack(
                StackName="audit",
                TemplateBody=out,
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[{"ParameterKey": "IdentityProviderArn", "ParameterValue": arn}],
            )
            policy = iam.get_role(RoleName="CloudpackAudit")["Role"]["AssumeRolePolicyDocument"]
            (statement,) = policy["Statement"]
            assert statement["Principal"] == {"Federated": arn}
            subject = f"{url.removeprefix('https://')}:sub"
            assert statement["Condition"]["StringEquals"][subject] == SUBJECTS["github"]
            assert len(iam.list_policies(Scope="Local")["Policies"]) == 3

    def test_the_declaration_of_the_guide(self, run, tmp_path):
        file = tmp_path / "role.yaml"
        arguments = ("--repository", "YOUR-ORG/infrastructure", "--control", "root-mfa")
        file.write_text(run(*ROLE, "cloudformation", *arguments)[1], "utf-8")
        provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
        for organization, good in (("YOUR-ORG", True), ("ANOTHER-ORG", False)):
            options = {
                "providers": [provider],
                "subjects": [f"repo:{organization}/infrastructure:*"],
            }
            baseline = Baseline.from_mapping(
                {
                    "accounts": {"production": {"id": "123456789012"}},
                    "controls": {"role-trust": options},
                }
            )
            assessment = assess(
                gather_template(file, baseline=baseline), baseline, controls=["role-trust"]
            )
            assert bool(assessment) is good

    def test_our_own_controls_would_find_a_trust_of_everybody(self, run, tmp_path):
        file = tmp_path / "role.yaml"
        _, out, _ = run(*ROLE, "cloudformation", *ARGUMENTS["github"])
        file.write_text(out.replace("octo/infra", "*"), "utf-8")
        file.write_text(file.read_text("utf-8").replace("StringEquals", "StringLike"), "utf-8")
        assert not assess(gather_template(file), DECLARED, controls=["role-trust"])


class TestScope:
    def test_only_what_the_baseline_file_has_in_scope(self, run, tmp_path):
        file = tmp_path / "cloudpack-baseline.toml"
        file.write_text('[scope]\ncontrols = ["root-mfa"]\n', "utf-8")
        (statement,) = json.loads(run("policy", "--file", str(file))[1])["Statement"]
        assert statement["Action"] == ["iam:GetAccountSummary"]
        _, out, _ = run(*ROLE, "cloudformation", "--file", str(file))
        assert out.count("AWS::IAM::ManagedPolicy") == 1
        assert "- iam:GetAccountSummary\n" in out

    def test_a_broken_baseline_file(self, run, tmp_path):
        assert run("policy", "--file", str(tmp_path / "none.toml"))[0] == 2


class TestTerraform:
    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_it_is_hcl_that_says_the_same(self, run, name):
        hcl2 = pytest.importorskip("hcl2")
        code, out, _ = run(*ROLE, "terraform", *ARGUMENTS[name])
        assert code == 0
        parsed = json.loads(json.dumps(hcl2.loads(out)).replace('\\"', ""))
        kinds = [next(iter(one)).strip('"') for one in parsed["resource"]]
        managed = [
            resource
            for resource in template(run(*ROLE, "cloudformation", *ARGUMENTS[name])[1])[
                "Resources"
            ].values()
            if resource["Type"] == "AWS::IAM::ManagedPolicy"
        ]
        assert kinds[:2] == ["aws_iam_openid_connect_provider", "aws_iam_role"]
        assert kinds.count("aws_iam_policy") == len(managed)
        assert kinds.count("aws_iam_role_policy_attachment") == len(managed)

    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_the_same_actions_and_the_same_trust(self, run, name):
        _, out, _ = run(*ROLE, "terraform", *ARGUMENTS[name])
        document = template(run(*ROLE, "cloudformation", *ARGUMENTS[name])[1])
        for resource in document["Resources"].values():
            if resource["Type"] == "AWS::IAM::ManagedPolicy":
                (statement,) = resource["Properties"]["PolicyDocument"]["Statement"]
                actions = "".join(f'        "{action}",\n' for action in statement["Action"])
                assert f"Action = [\n{actions}      ]" in out
        subject = document["Parameters"]["Subject"]
        assert ("default     = " + json.dumps(subject.get("Default")) in out) == (
            "Default" in subject
        )
        host = "gitlab.com" if name == "gitlab" else "token.actions.githubusercontent.com"
        assert f'"{host}:sub" = var.subject' in out


class TestWrongInput:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("--repository", "octo"),
            ("--repository", "octo/*"),
            ("--repository", "octo/infra:x"),
            ("--repository", "g/s/p"),
            ("--repository", "octo/infra\n"),
            ("--trust", "gitlab", "--repository", "group"),
            ("--trust", "gitlab", "--repository", "g/p", "--environment", "x"),
            ("--repository", "a/b", "--branch", "*"),
            ("--repository", "a/b", "--branch", "x:y"),
            ("--repository", "a/b", "--branch", '${x}"'),
            ("--repository", "a/b", "--environment", "*"),
            ("--repository", "a/b", "--branch", "x", "--environment", "y"),
            ("--branch", "x"),
            ("--issuer", "http://gitlab.example.com"),
            ("--audience", 'a"b'),
            ("--role-name", "a b"),
            ("--evidence-bucket", "My_Bucket"),
            ("--split",),
            ("--control", "x"),
        ],
    )
    @pytest.mark.parametrize("format_", ["cloudformation", "terraform"])
    def test_it_is_rejected(self, run, format_, arguments):
        code, out, err = run(*ROLE, format_, *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("cloudpack-baseline: ")

    def test_options_of_roles_are_not_for_json(self, run):
        assert run("policy", "--repository", "a/b")[0] == 2
