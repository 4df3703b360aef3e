"""Signatures of evidence: what was signed is verified, anything else is refused with a reason."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys

import boto3
import botocore.session
import pytest
from attrs import evolve
from botocore.stub import Stubber
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st

import cloudpack_baseline
from cloudpack_baseline import assess, sign, verify
from cloudpack_baseline.cli import main
from cloudpack_baseline.errors import InputError, MissingExtraError, SignatureError, SourceError
from cloudpack_baseline.model.codec import to_bytes
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import SCHEMA, AccountScope
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.sources.signatures.kms import KmsSigningKey
from cloudpack_baseline.sources.signatures.signing import signature_file
from cloudpack_baseline.sources.signatures.statement import LONGEST_STATEMENT, SignedStatement
from cloudpack_baseline.testing import mocked_account, records
from support import ACCOUNT, NOW

SNAPSHOT = records.snapshot(
    records.record(Bucket, "logs", service="s3"), records.record(Bucket, "site", service="s3")
)
PEM = serialization.Encoding.PEM


def private_pem(key, encryption=None):
    return key.private_bytes(
        PEM,
        serialization.PrivateFormat.PKCS8,
        encryption or serialization.NoEncryption(),
    )


def public_pem(key):
    return key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ANOTHER_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


@pytest.fixture
def folder(tmp_path):
    """A folder with the keys, and a snapshot of each packing."""
    (tmp_path / "key.pem").write_bytes(private_pem(KEY))
    (tmp_path / "public.pem").write_bytes(public_pem(KEY))
    (tmp_path / "another.pem").write_bytes(public_pem(ANOTHER_KEY))
    for name in ("run.json", "run.json.gz"):
        write_snapshot(SNAPSHOT, tmp_path / name)
    return tmp_path


def signed(folder, name):
    """The file, signed at a fixed time."""
    sign(folder / name, key=folder / "key.pem", clock=lambda: NOW)
    return folder / name


def reason(path, key="public.pem"):
    """Why the file is refused."""
    with pytest.raises(SignatureError) as caught:
        verify(path, key=path.with_name(key))
    return str(caught.value)


# -- what is signed


@pytest.mark.parametrize("name", ["run.json", "run.json.gz"])
def test_what_was_signed_is_verified(folder, name):
    path = signed(folder, name)
    statement = verify(path, key=folder / "public.pem")
    assert statement.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert statement.digest == SNAPSHOT.digest
    assert statement.content_schema == SCHEMA
    assert statement.accounts == (SNAPSHOT.accounts[0].id,)
    assert statement.instant == SNAPSHOT.taken_at
    assert statement.signed_at == NOW
    assert statement.generator == f"cloudpack-baseline {cloudpack_baseline.__version__}"


def test_the_same_file_key_and_time_give_the_same_signature(folder):
    path = signed(folder, "run.json")
    first = signature_file(path).read_bytes()
    assert signature_file(signed(folder, "run.json")).read_bytes() == first


def test_a_report_is_signed_with_the_snapshot_that_it_rests_on(folder):
    report = assess(SNAPSHOT, controls=["s3-versioning"]).to_json()
    (folder / "report.json").write_bytes(report_bytes(report))
    statement = verify(signed(folder, "report.json"), key=folder / "public.pem")
    assert (statement.kind, statement.digest) == ("report", SNAPSHOT.digest)
    assert statement.accounts == (SNAPSHOT.accounts[0].id,)
    assert statement.content_schema == report["schema"]


@pytest.mark.parametrize(
    ("name", "content"), [("report.html", b"<p>"), ("other.json", b"[1]"), ("empty.csv", b"")]
)
def test_any_other_file_can_be_signed(folder, name, content):
    (folder / name).write_bytes(content)
    assert verify(signed(folder, name), key=folder / "public.pem").kind == "file"


def test_a_file_can_be_renamed_with_its_signature(folder):
    path = signed(folder, "run.json")
    signature_file(path).rename(folder / "moved.json.sig.json")
    path.rename(folder / "moved.json")
    assert verify(folder / "moved.json", key=folder / "public.pem").file == "run.json"


@pytest.mark.parametrize(("number", "listed"), [(150, 150), (151, 0), (5000, 0)])
def test_the_statement_fits_into_a_message_of_aws_kms(folder, number, listed):
    accounts = [AccountScope(id=f"{index:012}") for index in range(number)]
    name = f"{'x' * 220}.json"
    write_snapshot(records.snapshot(accounts=accounts), folder / name)
    statement = sign(folder / name, key=folder / "key.pem")
    assert len(statement.to_bytes()) < LONGEST_STATEMENT
    assert (len(statement.accounts), statement.account_count) == (listed, number)


def test_a_statement_that_is_too_long_is_not_signed(folder, monkeypatch):
    monkeypatch.setattr("cloudpack_baseline.sources.signatures.signing.LONGEST_STATEMENT", 100)
    with pytest.raises(InputError, match="the statement is longer than 100 bytes"):
        signed(folder, "run.json")
    assert not signature_file(folder / "run.json").exists()


# -- what was changed


@pytest.mark.parametrize("name", ["run.json", "run.json.gz"])
@given(data=st.data())
def test_no_byte_can_be_changed(folder_of_module, name, data):
    path = folder_of_module / name
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    bits = data.draw(st.integers(1, 255))
    changed = content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]
    copy = folder_of_module / "changed" / name
    copy.write_bytes(changed)
    assert "changed: its SHA-256 digest is not the one that was signed" in reason(copy)


def test_each_byte_of_a_packed_file_counts(folder_of_module):
    """The header and the sums of gzip as well, which unpacking partly ignores."""
    content = (folder_of_module / "run.json.gz").read_bytes()
    copy = folder_of_module / "changed" / "run.json.gz"
    for place in range(len(content)):
        copy.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert "changed: its SHA-256 digest is not the one that was signed" in reason(copy)


@given(data=st.data())
def test_no_byte_of_the_signature_can_be_changed(folder_of_module, data):
    copy = folder_of_module / "signature" / "run.json"
    content = signature_file(folder_of_module / "run.json").read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    bits = data.draw(st.integers(1, 255))
    changed = content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]
    signature_file(copy).write_bytes(changed)
    assert "run.json.sig.json: " in reason(copy)


@pytest.fixture(scope="module")
def folder_of_module(tmp_path_factory):
    """Signed files, and folders with copies of them that a test changes."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "key.pem").write_bytes(private_pem(KEY))
    for place in (folder, folder / "changed", folder / "signature"):
        place.mkdir(exist_ok=True)
        (place / "public.pem").write_bytes(public_pem(KEY))
    for name in ("run.json", "run.json.gz"):
        write_snapshot(SNAPSHOT, folder / name)
        sign(folder / name, key=folder / "key.pem", clock=lambda: NOW)
        signature = signature_file(folder / name).read_bytes()
        signature_file(folder / "changed" / name).write_bytes(signature)
        (folder / "signature" / name).write_bytes((folder / name).read_bytes())
    return folder


@pytest.mark.parametrize("name", ["run.json", "run.json.gz"])
@pytest.mark.parametrize("size", [0, 1, 2, 10, 100, -10, -1])
def test_a_file_that_was_cut_off(folder, name, size):
    path = signed(folder, name)
    content = path.read_bytes()
    path.write_bytes(content[:size])
    assert f"truncated: {len(content[:size]):,} bytes of {len(content):,} that" in reason(path)


@pytest.mark.parametrize("name", ["run.json", "run.json.gz"])
@pytest.mark.parametrize("more", [b"\n", b"\0", b"{}", gzip.compress(b" ", mtime=0)])
def test_a_file_with_more_at_its_end(folder, name, more):
    path = signed(folder, name)
    path.write_bytes(path.read_bytes() + more)
    assert f"{len(more)} bytes were appended" in reason(path)


def rewritten(path, value):
    """The snapshot with another content, under a digest that fits it."""
    digest = f"sha256:{hashlib.sha256(to_bytes(value)).hexdigest()}"
    path.write_bytes(to_bytes({"digest": digest, "snapshot": value}) + b"\n")


def test_records_in_another_order(folder):
    path = signed(folder, "run.json")
    value = SNAPSHOT.to_json()
    value["records"]["Bucket"].reverse()
    rewritten(path, value)
    assert "the records are those that were signed, in another order" in reason(path)


def test_another_content_under_its_own_digest(folder):
    path = signed(folder, "run.json")
    value = SNAPSHOT.to_json()
    value["records"]["Bucket"].pop()
    rewritten(path, value)
    assert f", but {SNAPSHOT.digest} was signed" in reason(path)


def test_another_content_under_the_old_digest(folder):
    path = signed(folder, "run.json")
    path.write_bytes(path.read_bytes().replace(b'"name":"site"', b'"name":"sine"'))
    assert "was changed since it was recorded" in reason(path)


def test_the_same_content_in_another_spelling(folder):
    path = signed(folder, "run.json")
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=1), "utf-8")
    assert "it contains the snapshot that was signed, but was written or compressed anew" in reason(
        path
    )


def test_a_member_that_stands_twice_in_the_evidence(folder):
    path = signed(folder, "run.json")
    path.write_bytes(path.read_bytes().replace(b'{"digest":', b'{"digest":"sha256:0","digest":', 1))
    assert "changed: " in reason(path)


def test_a_member_that_stands_twice_in_the_statement(folder):
    path = signed(folder, "run.json")
    content = signature_file(path).read_bytes()
    signature_file(path).write_bytes(content.replace(b'"file":', b'"file":"other.json","file":', 1))
    assert "it is not the canonical JSON that was written" in reason(path)


def test_the_signature_of_another_file(folder):
    write_snapshot(records.snapshot(), folder / "other.json")
    signature_file(signed(folder, "other.json")).replace(signature_file(folder / "run.json"))
    assert "the signature is that of another file, other.json" in reason(folder / "run.json")


def test_a_statement_for_another_digest(folder):
    """Whoever edits the statement has no signature of it."""
    path = signed(folder, "run.json")
    path.write_bytes(path.read_bytes() + b" ")
    old = SignedStatement.from_bytes(signature_file(path).read_bytes())
    statement = evolve(
        old.statement,
        size=old.statement.size + 1,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    forged = SignedStatement(statement=statement, signature=old.signature)
    signature_file(path).write_bytes(forged.to_bytes())
    assert "the signature is not that of this statement and key" in reason(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b"[]", "expected the keys 'signature' and 'statement'"),
        (b'{"signature":7,"statement":{}}', "expected Base64"),
        ('{"signature":"私","statement":{}}'.encode(), "expected Base64"),
        (b'{"signature":"","statement":{}}', "expected a statement of type"),
        (
            b'{"signature":"","statement":{"type":"cloudpack-baseline.evidence","schema":2}}',
            "expected schema 1",
        ),
        (
            b'{"signature":"","statement":{"type":"cloudpack-baseline.evidence","schema":1}}',
            "missing",
        ),
        (
            b'{"signature":"","statement":{"type":"cloudpack-baseline.evidence","schema":1,"x":1}}',
            "has no field 'x'",
        ),
    ],
)
def test_what_is_no_signature(folder, content, message):
    signature_file(folder / "run.json").write_bytes(content)
    assert message in reason(folder / "run.json")


# -- keys


def test_another_key(folder):
    path = signed(folder, "run.json")
    assert "signed with another key, sha256:" in reason(path, "another.pem")


def test_the_key_of_another_signer_under_the_name_of_the_right_one(folder):
    path = signed(folder, "run.json")
    old = SignedStatement.from_bytes(signature_file(path).read_bytes())
    forged = SignedStatement(
        statement=old.statement, signature=ANOTHER_KEY.sign(old.statement.to_bytes())
    )
    signature_file(path).write_bytes(forged.to_bytes())
    assert "the signature is not that of this statement and key" in reason(path)


def test_a_signature_of_another_algorithm(folder):
    path = signed(folder, "run.json")
    (folder / "p256.pem").write_bytes(public_pem(ec.generate_private_key(ec.SECP256R1())))
    assert "signed with ED25519_SHA_512, but the key is one for ECDSA_SHA_256" in reason(
        path, "p256.pem"
    )


RSA = rsa.generate_private_key(65537, 2048)
SECRET = serialization.BestAvailableEncryption(b"secret")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (private_pem(RSA), "this one is of another kind"),
        (private_pem(ec.generate_private_key(ec.SECP256R1())), "this one is of another kind"),
        (private_pem(x25519.X25519PrivateKey.generate()), "this one is of another kind"),
        (private_pem(KEY, SECRET), "the private key is encrypted"),
        (public_pem(KEY), "expected an Ed25519 private key in PEM"),
        (b"", "expected an Ed25519 private key in PEM"),
        (b"\xff\0", "expected an Ed25519 private key in PEM"),
    ],
)
def test_what_does_not_sign(folder, content, message):
    (folder / "wrong.pem").write_bytes(content)
    with pytest.raises(InputError, match=rf"wrong\.pem: .*{message}"):
        sign(folder / "run.json", key=folder / "wrong.pem")
    assert not signature_file(folder / "run.json").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (public_pem(RSA), "this one is of another kind"),
        (public_pem(ec.generate_private_key(ec.SECP256K1())), "this one is of another kind"),
        (private_pem(KEY), "is a private key"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "expected a public key"),
        (b"", "expected a public key in PEM"),
    ],
)
def test_what_does_not_verify(folder, content, message):
    path = signed(folder, "run.json")
    (folder / "wrong.pem").write_bytes(content)
    with pytest.raises(InputError, match=rf"wrong\.pem: .*{message}"):
        verify(path, key=folder / "wrong.pem")


@pytest.mark.parametrize("keys", [{}, {"key": "key.pem", "kms_key": "alias/evidence"}])
@pytest.mark.parametrize("function", [sign, verify])
def test_exactly_one_key_is_needed(folder, keys, function):
    with pytest.raises(InputError, match="either a key file or an AWS KMS key"):
        function(folder / "run.json", **keys)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.json", None, "cannot be read: No such file"),
        ("cut.json.gz", b"\x1f\x8b\x08", "broken evidence is not signed: broken gzip data"),
        (
            "cut",
            gzip.compress(b"{}", mtime=0)[:-4],
            "broken evidence is not signed: broken gzip data",
        ),
        ("cut.json", b'{"digest":', "broken evidence is not signed: "),
        ("twice.json", b'{"a":1,"a":2}', "two members of the same name"),
        ("bad.json", b'{"digest":"","snapshot":{"schema":1}}', "was changed since"),
        ("bad.json", b'{"generator":1,"snapshot":"","findings":[{}],"schema":2}', "is no report"),
        ("bad.json", b'{"generator":1,"snapshot":"","findings":[]}', "is no report"),
    ],
)
def test_broken_evidence_is_not_signed(folder, name, content, message):
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        sign(folder / name, key=folder / "key.pem")


@pytest.mark.parametrize(("function", "key"), [(sign, "key.pem"), (verify, "public.pem")])
def test_a_signature_is_no_evidence(folder, function, key):
    signature = signature_file(signed(folder, "run.json"))
    with pytest.raises(InputError, match=r"sig\.json: is a signature; name the file"):
        function(signature, key=folder / key)


def test_files_that_cannot_be_read_or_written(folder):
    path = folder / "run.json"
    with pytest.raises(InputError, match=r"run\.json\.sig\.json: cannot be read"):
        verify(path, key=folder / "public.pem")
    with pytest.raises(InputError, match=r"no\.pem: cannot be read"):
        sign(path, key=folder / "no.pem")
    signed(folder, "run.json")
    path.unlink()
    with pytest.raises(InputError, match=r"run\.json: cannot be read"):
        verify(path, key=folder / "public.pem")
    long = folder / f"{'x' * 250}"
    long.write_bytes(b"")
    with pytest.raises(InputError, match="cannot be written"):
        sign(long, key=folder / "key.pem")


@pytest.mark.parametrize("function", [sign, verify])
def test_a_key_file_needs_the_extra(folder, monkeypatch, function):
    for name in list(sys.modules):
        if name.partition(".")[0] == "cryptography":
            monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"cloudpack-baseline\[sign\]"):
        function(folder / "run.json", key=folder / "key.pem")


# -- AWS KMS


@pytest.fixture
def account():
    """A mocked account."""
    with mocked_account(region="ap-northeast-1") as mocked:
        yield mocked


def kms_key(account, **specification):
    key = account.session.client("kms").create_key(**specification)
    return key["KeyMetadata"]["Arn"]


P256 = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}


def test_a_key_of_aws_kms_signs_and_verifies(folder, account):
    """P-256, since moto has no Ed25519."""
    arn = kms_key(account, **P256)
    account.session.client("kms").create_alias(AliasName="alias/evidence", TargetKeyId=arn)
    path = folder / "run.json"
    statement = sign(path, kms_key="alias/evidence", session=account.session)
    assert (statement.key_id, statement.algorithm) == (arn, "ECDSA_SHA_256")
    assert verify(path, kms_key=arn, session=account.session) == statement


def test_what_aws_kms_signed_and_was_changed(folder, account):
    arn = kms_key(account, **P256)
    path = folder / "run.json"
    sign(path, kms_key=arn, session=account.session)
    content = signature_file(path).read_bytes()
    signature_file(path).write_bytes(content.replace(b'"schema":2', b'"schema":1'))
    signature_file(path).write_bytes(content.replace(b'"size":', b'"size":1'))
    with pytest.raises(SignatureError, match="not that of this statement and key"):
        verify(path, kms_key=arn, session=account.session)
    signature_file(path).write_bytes(content)
    with pytest.raises(SignatureError, match=f"signed with another key, {arn}"):
        verify(path, kms_key=kms_key(account, **P256), session=account.session)
    path.write_bytes(b"")
    with pytest.raises(SignatureError, match="truncated"):
        verify(path, kms_key=arn, session=account.session)


def test_a_key_of_aws_kms_that_signs_nothing(folder, account):
    for key in (kms_key(account), kms_key(account, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")):
        with pytest.raises(InputError, match="is not an asymmetric key that signs with ED25519"):
            sign(folder / "run.json", kms_key=key, session=account.session)


def test_a_key_that_does_not_exist(folder, account):
    with pytest.raises(
        SourceError, match="kms:DescribeKey failed for the key alias/none: NotFound"
    ):
        sign(folder / "run.json", kms_key="alias/none", session=account.session)


def test_the_region_is_that_of_the_key(folder, account):
    session = boto3.Session(region_name="eu-west-1")
    path = folder / "run.json"
    arn = kms_key(account, **P256)
    assert sign(path, kms_key=arn, session=session).key_id == arn


def test_without_a_region(folder, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    with pytest.raises(InputError, match="AWS KMS cannot be used: You must specify a region"):
        sign(folder / "run.json", kms_key="alias/evidence", session=boto3.Session())


def stubbed(*answers):
    """A key of AWS KMS whose service answers so."""
    client = botocore.session.Session().create_client(
        "kms", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    stubber = Stubber(client)
    for operation, answer in answers:
        if isinstance(answer, str):
            stubber.add_client_error(operation, answer)
        else:
            stubber.add_response(operation, answer)
    stubber.activate()
    return KmsSigningKey(client=client, key_id="arn", algorithm="ECDSA_SHA_256")


def test_a_call_that_is_denied():
    key = stubbed(("sign", "AccessDeniedException"))
    with pytest.raises(SourceError, match="kms:Sign failed for the key arn: AccessDeniedException"):
        key.sign(b"message")


@pytest.mark.parametrize(
    "answer", ["KMSInvalidSignatureException", {"SignatureValid": False}, {"KeyId": "arn"}]
)
def test_a_signature_that_aws_kms_refuses(answer):
    key = stubbed(("verify", answer))
    with pytest.raises(SignatureError, match="not that of this statement and key"):
        key.verify(b"message", b"signature", algorithm="ECDSA_SHA_256", key_id="arn")


def test_an_algorithm_that_the_key_has_no_more():
    key = stubbed()
    with pytest.raises(SignatureError, match="signed with ECDSA_SHA_384, but the key is for"):
        key.verify(b"message", b"signature", algorithm="ECDSA_SHA_384", key_id="arn")


def test_an_endpoint_that_does_not_answer():
    session = boto3.Session("a", "b", region_name="eu-west-1")
    client = session.client("kms", endpoint_url="http://127.0.0.1:1")
    key = KmsSigningKey(client=client, key_id="arn", algorithm="ECDSA_SHA_256")
    client.meta.config.retries = {"total_max_attempts": 1}
    with pytest.raises(SourceError, match="kms:Sign failed for the key arn: Could not connect"):
        key.sign(b"message")


@pytest.mark.parametrize(
    ("curve", "digest", "algorithm"),
    [
        (ec.SECP256R1(), hashes.SHA256(), "ECDSA_SHA_256"),
        (ec.SECP384R1(), hashes.SHA384(), "ECDSA_SHA_384"),
    ],
)
def test_what_aws_kms_signed_is_verified_without_it(folder, curve, digest, algorithm):
    """With the public key of GetPublicKey; moto signs another message, so a local key stands in."""
    key = ec.generate_private_key(curve)
    path = signed(folder, "run.json")
    old = SignedStatement.from_bytes(signature_file(path).read_bytes()).statement
    arn = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
    statement = evolve(old, algorithm=algorithm, key_id=arn)
    signature = key.sign(statement.to_bytes(), ec.ECDSA(digest))
    content = SignedStatement(statement=statement, signature=signature).to_bytes()
    signature_file(path).write_bytes(content)
    (folder / "kms.pem").write_bytes(public_pem(key))
    assert verify(path, key=folder / "kms.pem").key_id == arn
    changed = base64.b64encode(signature[:-1] + bytes([signature[-1] ^ 1]))
    signature_file(path).write_bytes(content.replace(base64.b64encode(signature), changed))
    assert "not that of this statement and key" in reason(path, "kms.pem")


# -- the commands


def test_the_commands_name_what_they_did(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["sign", "run.json", "run.json.gz", "--key", "key.pem"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[::3] == ["wrote run.json.sig.json", "wrote run.json.gz.sig.json"]
    assert all(line.startswith("  file sha256:") for line in lines[1::3])
    assert all(line.startswith("  key  sha256:") for line in lines[2::3])
    assert main(["verify", "run.json", "run.json.gz", "--key", "public.pem"]) == 0
    out = capsys.readouterr().out
    assert out.count(f"snapshot {SNAPSHOT.digest}; accounts {SNAPSHOT.accounts[0].id}") == 2


def test_verify_ends_with_1_and_the_reason_of_each_file(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    main(["sign", "run.json", "run.json.gz", "public.pem", "--key", "key.pem"])
    for name in ("run.json", "run.json.gz"):
        (folder / name).write_bytes(b"")
    capsys.readouterr()
    assert main(["verify", "run.json", "public.pem", "run.json.gz", "--key", "public.pem"]) == 1
    printed = capsys.readouterr()
    assert [line[:43] for line in printed.err.splitlines()] == [
        "cloudpack-baseline: run.json: truncated: 0 ",
        "cloudpack-baseline: run.json.gz: truncated:",
    ]
    assert printed.out.startswith("public.pem: as signed at ")


def test_many_accounts_are_counted(folder, capsys):
    accounts = [AccountScope(id=f"{index:012}") for index in range(151)]
    write_snapshot(records.snapshot(accounts=accounts), folder / "many.json")
    path = signed(folder, "many.json")
    main(["verify", str(path), "--key", str(folder / "public.pem")])
    assert capsys.readouterr().out.endswith("; 151 accounts\n")


@pytest.mark.parametrize("command", ["sign", "verify"])
def test_the_commands_use_keys_of_aws_kms(folder, account, command, capsys):
    arn = kms_key(account, **P256)
    sign(folder / "run.json", kms_key=arn, session=account.session)
    assert main([command, str(folder / "run.json"), "--kms", arn]) == 0
    assert arn in capsys.readouterr().out


@pytest.mark.usefixtures("account")
def test_a_profile_that_does_not_exist(folder, capsys):
    command = ["sign", str(folder / "run.json"), "--kms", "alias/evidence", "--profile", "none"]
    assert main(command) == 1
    assert "no AWS credentials: The config profile (none)" in capsys.readouterr().err


def test_wrong_input_ends_with_2(folder, capsys):
    assert main(["verify", str(folder / "run.json"), "--key", str(folder / "public.pem")]) == 2
    assert "run.json.sig.json: cannot be read" in capsys.readouterr().err
