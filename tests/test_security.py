"""What SECURITY.md promises: no connection without AWS, and no secret in a file."""

import base64
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from cloudpack_baseline import __version__, assess, gather, gather_template, write_snapshot
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.sources.operations import OPERATIONS
from cloudpack_baseline.testing import mocked_account
from processes import run_python

PEM, PKCS8 = Encoding.PEM, PrivateFormat.PKCS8
ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "model" / "golden" / "accounts"
SNAPSHOT = GOLDEN / "three-tier.json"
BASELINE = GOLDEN / "cloudpack-baseline.toml"
WITH_BASELINE = ("--source", f"snapshot:{SNAPSHOT}", "--file", BASELINE)
OFFLINE = """\
import sys

def refuse(event, arguments):
    names = ("connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
    if event.startswith("socket.") and event.partition(".")[2] in names:
        raise SystemExit(f"{event}{arguments}")

sys.addaudithook(refuse)
"""
"""Each connection, and each look-up of a name, ends the process with its name."""
COMMAND = "from cloudpack_baseline.cli import main; sys.exit(main(sys.argv[1:]))"
PYTEST = "import pytest; sys.exit(pytest.main(sys.argv[1:]))"


def offline(code, *arguments, cwd):
    """A process that can open no connection."""
    return run_python("-c", OFFLINE + code, *map(str, arguments), cwd=cwd, check=False)


def test_a_connection_would_be_noticed(tmp_path):
    for code in ("socket.getaddrinfo('localhost', 9)", "socket.socket().connect(('127.0.0.1', 9))"):
        done = offline(f"import socket; {code}", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("socket.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", SNAPSHOT, "-o", "report.html"),
        ("matrix", *WITH_BASELINE),
        ("explain", "flow", "web", "db", "mysql", *WITH_BASELINE),
        ("validate", BASELINE),
        ("diff", SNAPSHOT, GOLDEN / "three-tier-broken.json"),
        ("templates", ROOT / "examples" / "template" / "broken.yaml"),
        ("controls",),
        ("policy",),
        ("record", "--script"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_without_aws_open_no_connection(arguments, tmp_path):
    done = offline(COMMAND, *arguments, cwd=tmp_path)
    assert "socket." not in done.stderr
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout


def test_recorded_responses_are_judged_without_a_connection(tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    identity = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/bob"}
    (folder / "sts.get-caller-identity.json").write_text(json.dumps(identity))
    summary = {"SummaryMap": {"AccountMFAEnabled": 1, "AccountPasswordPresent": 1}}
    (folder / "iam.get-account-summary.json").write_text(json.dumps(summary))
    (tmp_path / "cloudpack-baseline.toml").write_text("schema = 1\n")
    arguments = ("--cloudpack-source=describe:answers", "--cloudpack-control=root-mfa")
    done = offline(PYTEST, "--cloudpack-baseline", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_evidence_is_signed_and_judged_again_without_a_connection(tmp_path):
    key = Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(PEM, PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    copy = tmp_path / "snapshot.json"
    copy.write_bytes(SNAPSHOT.read_bytes())
    for arguments in (
        ("report", copy, "-o", "report.json"),
        ("repeat", "report.json", copy),
        ("sign", copy, "--key", "key.pem"),
        ("verify", copy, "--key", "public.pem"),
    ):
        done = offline(COMMAND, *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        (f"snapshot:{SNAPSHOT}", GOLDEN),
        ("template:shop.yaml", ROOT / "examples" / "template"),
        ("plan:plan-mended.json", ROOT / "examples" / "plan"),
    ],
)
def test_a_run_without_aws_opens_no_connection(source, folder):
    arguments = ("--cloudpack-baseline", f"--cloudpack-source={source}", "-p", "no:cacheprovider")
    done = offline(PYTEST, *arguments, cwd=folder)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    assert re.search(r"\d\d passed", done.stdout)
    assert "socket." not in done.stdout


SECRET = "hunter2-planted"


def planted(account):
    """Secrets in the places of an account where they are found in practice; how they may look."""
    client = account.session.client
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    iam = client("iam")
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(document))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("handler.py", f"TOKEN = {SECRET!r}")
    client("lambda").create_function(
        FunctionName="function",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.handle",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": {"TOKEN": SECRET}},
    )
    script = base64.b64encode(f"export TOKEN={SECRET}".encode()).decode()
    ec2 = client("ec2")
    launched = {"UserData": script, "InstanceType": "t3.micro"}
    ec2.create_launch_template(LaunchTemplateName="template", LaunchTemplateData=launched)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, UserData=f"export TOKEN={SECRET}")
    client("secretsmanager").create_secret(Name="secret", SecretString=SECRET)
    client("ssm").put_parameter(Name="parameter", Value=SECRET, Type="SecureString")
    client("rds").create_db_instance(
        DBInstanceIdentifier="database",
        DBInstanceClass="db.t3.micro",
        Engine="mysql",
        MasterUsername="admin",
        MasterUserPassword=SECRET,
        AllocatedStorage=20,
    )
    iam.create_user(UserName="bob")
    iam.create_login_profile(UserName="bob", Password=f"{SECRET}-A1")
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    return SECRET, script, key["SecretAccessKey"]


def test_secrets_of_an_account_are_in_no_file(tmp_path):
    with mocked_account() as account:
        secrets = planted(account)
        snapshot = gather(account.session, regions=["us-east-1"])
    write_snapshot(snapshot, tmp_path / "snapshot.json")
    stored = (tmp_path / "snapshot.json").read_text(encoding="utf-8")
    report = report_bytes(assess(snapshot).to_json()).decode()
    # What was planted has been read.
    for name in ("function:function", "database", "user/bob", "secret:secret"):
        assert name in stored
    for text in (stored, report):
        assert [secret for secret in secrets if secret in text] == []


TEMPLATE = f"""\
Parameters:
  Password: {{Type: String, NoEcho: true, Default: {SECRET}}}
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: !Ref Password
      MasterUserPassword: {SECRET}
      PubliclyAccessible: true
  Function:
    Type: AWS::Lambda::Function
    Properties: {{Environment: {{Variables: {{TOKEN: {SECRET}}}}}}}
"""


def test_secrets_of_a_template_are_in_no_file(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    snapshot = gather_template(tmp_path / "template.yaml", parameters={"Password": SECRET})
    write_snapshot(snapshot, tmp_path / "snapshot.json")
    report = report_bytes(assess(snapshot).to_json())
    assert b"PubliclyAccessible" in report
    assert SECRET.encode() not in (tmp_path / "snapshot.json").read_bytes() + report


def test_no_operation_returns_a_value_or_changes_anything():
    reading = re.compile(r"[\w-]+:(Get|List|Describe|BatchGet|Head|Search|Lookup|Check)")
    others = [name for name in OPERATIONS if not reading.match(name)]
    assert others == ["iam:GenerateCredentialReport"]
    values = re.compile(r"GetSecretValue|GetParameter|:GetObject$|GetRecords|:Select|GetPassword")
    assert [name for name in OPERATIONS if values.search(name)] == []


@pytest.mark.parametrize("page", ["SECURITY.md", "SECURITY.ja.md"])
def test_the_page_names_the_supported_version(page):
    release = ".".join(__version__.split(".")[:2])
    rows = re.findall(r"^\| ([\d.]+) \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert rows[0] == release
