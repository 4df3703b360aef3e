"""Resources with policies of their own in templates: whom they are shared with."""

import pytest

PARAMETERS = "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList}}\n"
OTHER = "'arn:aws:iam::210987654321:root'"
OWN = "!Sub 'arn:aws:iam::${AWS::AccountId}:root'"


def template(*resources):
    """A template with these resources."""
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


def document(principal, action, resource="'*'"):
    """A policy with one statement."""
    return (
        "{Version: '2012-10-17', Statement: "
        f"[{{Effect: Allow, Principal: {{AWS: {principal}}}, Action: '{action}', Resource: {resource}}}]}}"
    )


SHARED = {
    "KMS::Key": ("KeyPolicy", "kms:Decrypt"),
    "ECR::Repository": ("RepositoryPolicyText", "ecr:BatchGetImage"),
    "EFS::FileSystem": ("FileSystemPolicy", "elasticfilesystem:ClientMount"),
    "OpenSearchService::Domain": ("AccessPolicies", "es:ESHttpGet"),
    "Elasticsearch::Domain": ("AccessPolicies", "es:ESHttpGet"),
    "Backup::BackupVault": ("AccessPolicy", "backup:CopyIntoBackupVault"),
    "Events::EventBus": ("Policy", "events:PutEvents"),
    "Logs::Destination": ("DestinationPolicy", "logs:PutSubscriptionFilter"),
    "CodeArtifact::Domain": ("PermissionsPolicyDocument", "codeartifact:GetAuthorizationToken"),
    "CodeArtifact::Repository": ("PermissionsPolicyDocument", "codeartifact:ReadFromRepository"),
}
"""The property with the policy, and an action, by type."""

ATTACHED = {
    "SecretsManager::Secret": (
        "SecretsManager::ResourcePolicy",
        "SecretId: !Ref It, ResourcePolicy: ",
        "secretsmanager:GetSecretValue",
    ),
    "SQS::Queue": ("SQS::QueuePolicy", "Queues: [!Ref It], PolicyDocument: ", "sqs:SendMessage"),
    "SNS::Topic": ("SNS::TopicPolicy", "Topics: [!Ref It], PolicyDocument: ", "sns:Publish"),
    "EventSchemas::Registry": (
        "EventSchemas::RegistryPolicy",
        "RegistryName: !GetAtt It.RegistryName, Policy: ",
        "schemas:DescribeSchema",
    ),
    "Kinesis::Stream": (
        "Kinesis::ResourcePolicy",
        "ResourceArn: !GetAtt It.Arn, ResourcePolicy: ",
        "kinesis:GetRecords",
    ),
}
"""The type of the policy, its properties before the document, and an action, by type."""


def shared(kind, policy):
    """A resource It of the type with the policy."""
    if kind in ATTACHED:
        attached, properties, _ = ATTACHED[kind]
        return template(
            f"It: {{Type: AWS::{kind}}}",
            f"Policy: {{Type: AWS::{attached}, Properties: {{{properties}{policy}}}}}",
        )
    name, _ = SHARED[kind]
    return template(f"It: {{Type: AWS::{kind}, Properties: {{{name}: {policy}}}}}")


def action_of(kind):
    """An action on resources of the type."""
    return (ATTACHED.get(kind) or SHARED[kind])[-1]


@pytest.mark.parametrize("kind", [*SHARED, *ATTACHED])
@pytest.mark.parametrize(
    ("principal", "outcome"),
    [(OWN, "pass"), (OTHER, "fail"), ("'*'", "fail"), ("!Ref Any", "unknown")],
)
def test_whom_the_policy_of_a_resource_allows(judge_template, kind, principal, outcome):
    text = shared(kind, document(principal, action_of(kind)))
    (judged,) = judge_template("resource-sharing", text).values()
    assert judged == outcome


@pytest.mark.parametrize("kind", [*SHARED, *ATTACHED])
def test_a_policy_that_is_not_known_is_unknown(judge_template, kind):
    (judged,) = judge_template("resource-sharing", shared(kind, "!Ref List")).values()
    assert judged == "unknown"


@pytest.mark.parametrize("kind", [*SHARED, *ATTACHED])
def test_a_resource_without_a_policy_is_shared_with_nobody(judge_template, kind):
    (judged,) = judge_template("resource-sharing", template(f"It: {{Type: AWS::{kind}}}")).values()
    assert judged == "pass"


FUNCTION = "It: {Type: AWS::Lambda::Function}"


def permission(properties, name="Permission"):
    """A permission of the function It."""
    return (
        f"{name}: {{Type: AWS::Lambda::Permission, Properties: "
        f"{{FunctionName: !GetAtt It.Arn, Action: 'lambda:InvokeFunction', {properties}}}}}"
    )


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("Principal: s3.amazonaws.com, SourceAccount: !Ref AWS::AccountId", "pass"),
        ("Principal: !Ref AWS::AccountId", "pass"),
        ("Principal: '210987654321'", "fail"),
        ("Principal: 210987654321", "fail"),
        (f"Principal: {OTHER}", "fail"),
        ("Principal: '*'", "fail"),
        ("Principal: '*', SourceAccount: !Ref AWS::AccountId", "pass"),
        ("Principal: !Ref Any", "unknown"),
        ("Principal: '*', PrincipalOrgID: !Ref Any", "unknown"),
        ("Principal: '*', FunctionUrlAuthType: NONE", "pass"),
        ("Principal: 'AWS:*'", "unknown"),
        ("Principal: ''", "unknown"),
        ("Principal: '*.amazonaws.com'", "unknown"),
        ("Principal: alexa-appkit.amazon.com", "pass"),
        ("Principal: !Sub 'logs.${AWS::Region}.amazonaws.com'", "pass"),
        ("Principal: !Sub 'logs.${Any}.amazonaws.com'", "unknown"),
        ("Principal: !Sub 'arn:aws:iam::${AWS::AccountId}:role/${Any}'", "pass"),
        ("Principal: !Sub 'arn:aws:iam::${Any}:role/worker'", "unknown"),
        ("Principal: !Ref AWS::Region", "unknown"),
        ("Principal: [!Ref Any]", "unknown"),
    ],
)
def test_whom_a_function_allows(judge_template, properties, outcome):
    text = template(FUNCTION, permission(properties))
    assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("444455556666", "fail"),
        ("arn:aws:iam::444455556666:root", "fail"),
        ("logs.eu-west-1.amazonaws.com", "unknown"),
        ("nobody", "unknown"),
    ],
)
def test_whom_a_function_allows_by_the_region(judge_template, name, outcome):
    """Of an account and a service, one is meant, and neither as what the other one is."""
    text = template(FUNCTION, permission("Principal: !FindInMap [Callers, !Ref AWS::Region, name]"))
    regions = f"eu-west-1: {{name: '{name}'}}, us-east-1: {{name: '210987654321'}}"
    mapping = f"Mappings: {{Callers: {{{regions}}}}}\n"
    assert judge_template("resource-sharing", mapping + text) == {"It": outcome}


def test_permissions_of_a_function_count_together(judge_template):
    own = permission("Principal: !Ref AWS::AccountId", "Own")
    text = template(FUNCTION, own, permission("Principal: '*'", "All"))
    assert judge_template("resource-sharing", text) == {"It": "fail"}


URL = "Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref It, AuthType: %s}}"


@pytest.mark.parametrize(
    ("kind", "outcome"), [("NONE", "fail"), ("AWS_IAM", "pass"), ("!Ref Any", "unknown")]
)
def test_the_url_of_a_function(judge_template, kind, outcome):
    allowed = permission("Principal: '*', FunctionUrlAuthType: NONE").replace(
        "lambda:InvokeFunction'", "lambda:InvokeFunctionUrl'"
    )
    text = template(FUNCTION, URL % kind, allowed)
    assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize(
    ("kind", "properties", "outcome"),
    [
        ("DynamoDB::Table", "ResourcePolicy: {PolicyDocument: %s}", "fail"),
        (
            "DynamoDB::GlobalTable",
            "Replicas: [{Region: r, ResourcePolicy: {PolicyDocument: %s}}]",
            "fail",
        ),
        ("DynamoDB::GlobalTable", "Replicas: [{Region: r}]", "pass"),
        ("DynamoDB::Table", "ResourcePolicy: !Ref List", "unknown"),
        ("DynamoDB::Table", "", "pass"),
    ],
)
def test_policies_of_tables(judge_template, kind, properties, outcome):
    policy = document(OTHER, "dynamodb:GetItem")
    text = template(
        f"It: {{Type: AWS::{kind}, Properties: {{{properties.replace('%s', policy)}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("Principal: '210987654321', Action: 'events:PutEvents'", "fail"),
        ("Principal: !Ref AWS::AccountId, Action: 'events:PutEvents'", "pass"),
        ("Principal: '*', Action: 'events:PutEvents'", "fail"),
        (
            "Principal: '*', Condition: {Key: aws:PrincipalAccount, Type: StringEquals, Value: !Ref AWS::AccountId}",
            "pass",
        ),
        (
            f"Statement: {{Effect: Allow, Principal: {{AWS: {OTHER}}}, Action: 'events:PutEvents', Resource: '*'}}",
            "fail",
        ),
        ("Statement: !Ref List", "unknown"),
    ],
)
def test_the_policy_of_the_default_event_bus(judge_template, properties, outcome):
    text = template(
        f"Policy: {{Type: AWS::Events::EventBusPolicy, Properties: {{StatementId: a, {properties}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"default": outcome}


@pytest.mark.parametrize(
    ("principals", "outcome"),
    [
        ("['210987654321']", "fail"),
        ("[!Ref Any]", "unknown"),
        ("!Ref List", "unknown"),
        ("[]", "pass"),
    ],
)
def test_resource_shares(judge_template, principals, outcome):
    text = template(
        f"It: {{Type: AWS::RAM::ResourceShare, Properties: {{Name: It, Principals: {principals}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}


def test_a_registry(judge_template):
    policy = document(OTHER, "ecr:ReplicateImage")
    text = template(f"It: {{Type: AWS::ECR::RegistryPolicy, Properties: {{PolicyText: {policy}}}}}")
    assert list(judge_template("resource-sharing", text).values()) == ["fail"]


def test_a_document_cannot_be_shared_by_a_template(judge_template):
    text = template("It: {Type: AWS::SSM::Document, Properties: {Content: {}}}")
    assert judge_template("resource-sharing", text) == {"It": "pass"}


LAYER = "It: {Type: AWS::Lambda::LayerVersion, Properties: {LayerName: It}}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        ("Principal: !Ref AWS::AccountId", "pass"),
        ("Principal: '210987654321'", "fail"),
        ("Principal: '*'", "fail"),
        ("Principal: '*', OrganizationId: !Ref Any", "unknown"),
        ("Principal: !Ref Any", "unknown"),
    ],
)
def test_whom_a_layer_allows(judge_template, properties, outcome):
    granted = f"P: {{Type: AWS::Lambda::LayerVersionPermission, Properties: {{LayerVersionArn: !Ref It, Action: 'lambda:GetLayerVersion', {properties}}}}}"
    text = template(LAYER, *([granted] if properties else []))
    assert list(judge_template("resource-sharing", text).values()) == [outcome]


@pytest.mark.parametrize(
    ("principal", "outcome"),
    [(OWN, "pass"), (OTHER, "fail"), ("!Ref Any", "unknown")],
)
def test_policies_of_log_groups_and_apis(judge_template, principal, outcome):
    policy = document(principal, "logs:PutLogEvents")
    text = template(
        f"It: {{Type: AWS::Logs::ResourcePolicy, Properties: {{PolicyName: It, PolicyDocument: {policy}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}
    policy = document(principal, "execute-api:Invoke")
    for properties in (f"Policy: {policy}", f"Body: {{x-amazon-apigateway-policy: {policy}}}"):
        text = template(
            f"It: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: It, EndpointConfiguration: {{Types: [PRIVATE]}}, {properties}}}}}"
        )
        assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize(
    ("principal", "outcome"),
    [("'*'", "fail"), (OWN, "pass"), (OTHER, "fail"), ("!Ref Any", "unknown")],
)
@pytest.mark.parametrize(
    "path", ["/*", "/prod/GET/orders", "/${Any}/*", "/*', !Sub 'execute-api:/${Any}"]
)
def test_the_policy_of_an_api_abbreviates_its_name(judge_template, principal, outcome, path):
    policy = document(principal, "execute-api:Invoke", f"[!Sub 'execute-api:{path}']")
    text = template(
        f"It: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: It, EndpointConfiguration: {{Types: [PRIVATE]}}, Policy: {policy}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}


def test_a_public_repository_is_shared_with_everyone(judge_template):
    text = template("It: {Type: AWS::ECR::PublicRepository, Properties: {RepositoryName: It}}")
    assert judge_template("resource-sharing", text) == {"It": "fail"}


OF_A_TOPIC = """
Parameters: {Elsewhere: {Type: String}}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Queue: {Type: AWS::SQS::Queue}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: sqs:SendMessage
            Resource: !GetAtt Queue.Arn
            Condition: {%s: %s}
"""


@pytest.mark.parametrize(
    ("operator", "keys", "outcome"),
    [
        ("ArnEquals", "{'aws:SourceArn': !Ref Topic}", "pass"),
        ("ArnEquals", "{'aws:SourceArn': [!Ref Topic, !Ref Topic]}", "pass"),
        ("ArnEquals", "{'aws:SourceArn': !Ref Elsewhere}", "unknown"),
        (
            "ArnEquals",
            "{'aws:SourceArn': !Sub 'arn:aws:sns:${AWS::Region}:${Elsewhere}'}",
            "unknown",
        ),
        ("StringEquals", "{'aws:RequestedRegion': !Ref AWS::Region}", "unknown"),
        ("ArnEquals", "!Ref Elsewhere", "unknown"),
    ],
)
def test_the_region_of_an_arn_says_nothing_about_whose_it_is(
    operator, keys, outcome, judge_template
):
    outcomes = judge_template("resource-sharing", OF_A_TOPIC % (operator, keys))
    assert outcomes["Queue"] == outcome


IN_A_TEXT = """
Parameters: {Any: {Type: String}}
Resources:
  It:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: It
      PolicyDocument: !Sub '{"Version": "2012-10-17", "Statement": [%s]}'
"""
STATEMENT = '{"Effect": "%s", "Principal": %s, "Action": "logs:PutLogEvents", "Resource": "%s"%s}'
IN_THE_REGION = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (("Allow", '{"Service": "es.amazonaws.com"}', IN_THE_REGION, ""), "pass"),
        (("Allow", '{"AWS": "arn:aws:iam::${AWS::AccountId}:root"}', IN_THE_REGION, ""), "pass"),
        (("Allow", '{"AWS": "111122223333"}', IN_THE_REGION, ""), "fail"),
        (("Allow", '{"AWS": "111122223333"}', "*", ', "Sid": "${Any}"'), "fail"),
        (("Allow", '{"AWS": "${Any}"}', "*", ""), "unknown"),
        (("${Any}", '{"AWS": "111122223333"}', "*", ""), "unknown"),
        (("Deny", '{"AWS": "${Any}"}', "*", ""), "pass"),
        (("Allow", "${Any}", "*", ""), "unknown"),
        (("Allow", '{"${Any}": "111122223333"}', "*", ""), "unknown"),
        (("Allow", '{"Service": "es.amazonaws.com"}', "a<b", ', "Sid": "${Any}"'), "pass"),
    ],
)
def test_a_policy_in_a_text_with_parts_that_are_not_known(judge_template, statement, outcome):
    text = IN_A_TEXT % (STATEMENT % statement)
    assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize("principal", [OWN, OTHER])
@pytest.mark.parametrize(
    "resource",
    [
        "!Sub 'arn:aws:%s:${AWS::Region}:${AWS::AccountId}:%s'",
        "['arn:aws:%s:us-east-1:000000009999:%s', nonsense]",
        "'*'",
    ],
)
@pytest.mark.parametrize(
    ("kind", "properties", "action", "path"),
    [
        ("Logs::ResourcePolicy", "PolicyName: It, PolicyDocument", "logs:PutLogEvents", "logs"),
        ("ECR::RegistryPolicy", "PolicyText", "ecr:ReplicateImage", "ecr"),
    ],
)
def test_a_policy_of_a_region_that_is_not_known(  # noqa: PLR0917 - each argument is parametrized
    judge_template, kind, properties, action, path, resource, principal
):
    place = {"logs": ("logs", "log-group:*"), "ecr": ("ecr", "repository/*")}[path]
    named = resource % place if "%s" in resource else resource
    statement = (
        f"{{Effect: Allow, Principal: {{AWS: {principal}}}, Action: '{action}', Resource: {named}}}"
    )
    policy = f"{{Version: '2012-10-17', Statement: [{statement}]}}"
    text = template(f"It: {{Type: AWS::{kind}, Properties: {{{properties}: {policy}}}}}")
    outcomes = {*judge_template("resource-sharing", text).values()}
    assert ("fail" in outcomes) is (principal == OTHER)
    assert "unknown" not in outcomes


@pytest.mark.parametrize("excepted", ["log-group:it:*", "*"])
@pytest.mark.parametrize("region", ["${AWS::Region}", "*"])
def test_a_deny_of_all_but_some_in_a_region_that_is_not_known(judge_template, region, excepted):
    arn = f"arn:aws:logs:{region}:${{AWS::AccountId}}:{excepted}"
    allow = STATEMENT % ("Allow", '{"AWS": "111122223333"}', "*", "")
    deny = STATEMENT % ("Deny", '"*"', arn, "")
    text = IN_A_TEXT % f"{allow}, {deny.replace('Resource', 'NotResource')}"
    assert judge_template("resource-sharing", text) == {"It": "fail"}


@pytest.mark.parametrize(
    ("excepted", "outcome"),
    [
        ("!GetAtt It.Arn", "fail"),
        ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:It'", "fail"),
        ("['arn:aws:sqs:*:*:*', 'arn:aws:s3:::logs']", "fail"),
        ("arn:aws:s3:::logs", "pass"),
        ("!Ref Any", "unknown"),
    ],
)
def test_a_deny_that_excepts_the_queue_itself(judge_template, excepted, outcome):
    allow = f"{{Effect: Allow, Principal: {{AWS: {OTHER}}}, Action: 'sqs:*', Resource: '*'}}"
    deny = f"{{Effect: Deny, Principal: '*', Action: '*', NotResource: {excepted}}}"
    text = template(
        "It: {Type: AWS::SQS::Queue, Properties: {QueueName: It}}",
        "Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref It], PolicyDocument: "
        f"{{Version: '2012-10-17', Statement: [{allow}, {deny}]}}}}}}",
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}


ARNS = {
    "KMS::Key": "kms:{place}:key/1234",
    "EFS::FileSystem": "elasticfilesystem:{place}:file-system/fs-1",
    "OpenSearchService::Domain": "es:{place}:domain/It/*",
    "Backup::BackupVault": "backup:{place}:backup-vault:It",
    "Events::EventBus": "events:{place}:event-bus/It",
    "Logs::Destination": "logs:{place}:destination:It",
    "SecretsManager::Secret": "secretsmanager:{place}:secret:It-abc123",
    "SQS::Queue": "sqs:{place}:It",
    "SNS::Topic": "sns:{place}:It",
    "Kinesis::Stream": "kinesis:{place}:stream/It",
}
"""What the ARN of It ends with, by type."""


@pytest.mark.parametrize("kind", sorted(ARNS))
def test_a_policy_names_its_resource_in_the_account_and_region_of_the_template(
    judge_template, kind
):
    """A template does not say where it is deployed: an ARN that is spelled out says it."""
    action = ATTACHED[kind][2] if kind in ATTACHED else SHARED[kind][1]
    own = ARNS[kind].format(place="eu-west-1:123456789012")
    policy = document("'*'", action, resource=f"['arn:aws:{own}']")
    assert "fail" in judge_template("resource-sharing", shared(kind, policy)).values()


HERE = "${AWS::Region}:${AWS::AccountId}"

NAMED = ARNS | {
    "Elasticsearch::Domain": "es:{place}:domain/It/*",
    "EventSchemas::Registry": "schemas:{place}:registry/It",
    "CodeArtifact::Domain": "codeartifact:{place}:domain/It",
    "CodeArtifact::Repository": "codeartifact:{place}:repository/d/It",
    "DynamoDB::Table": "dynamodb:{place}:table/It",
    "ApiGateway::RestApi": "execute-api:{place}:It/*/GET/",
}
"""The same, of every type whose policy can only be about the resource."""


def of_each(kind, policy):
    """A resource It of the type with the policy, in an account that allows private APIs only."""
    if kind == "DynamoDB::Table":
        return template(
            f"It: {{Type: AWS::{kind}, Properties: {{ResourcePolicy: {{PolicyDocument: {policy}}}}}}}"
        )
    if kind == "ApiGateway::RestApi":
        private = "EndpointConfiguration: {Types: [PRIVATE]}"
        return template(f"It: {{Type: AWS::{kind}, Properties: {{{private}, Policy: {policy}}}}}")
    return shared(kind, policy)


@pytest.mark.parametrize("kind", sorted(NAMED))
@pytest.mark.parametrize(("principal", "outcome"), [("'*'", "fail"), (OWN, "pass")])
@pytest.mark.parametrize(
    "other_resource",
    [
        (HERE, "${Any}"),
        (HERE, "Other"),
        ("eu-west-1:123456789012", "Other"),
        ("eu-west-1:123456789012", "${Any}"),
    ],
)
def test_an_allow_of_another_resource_is_meant_to_be_about_the_resource(
    judge_template, kind, principal, outcome, other_resource
):
    place, name = other_resource
    arn = f"!Sub 'arn:aws:{NAMED[kind].format(place=place).replace('It', name)}'"
    services = {"DynamoDB::Table": "dynamodb:*", "ApiGateway::RestApi": "execute-api:*"}
    policy = document(principal, services.get(kind) or action_of(kind), resource=arn)
    outcomes = {*judge_template("resource-sharing", of_each(kind, policy)).values()}
    assert outcome in outcomes <= {outcome, "pass"}


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        ("*", "pass"),
        (f"arn:aws:es:{HERE}:domain/it*", "pass"),
        (f"arn:aws:es:{HERE}:domain/it, arn:aws:es:{HERE}:domain/it/*", "pass"),
        (f"arn:aws:es:{HERE}:domain/it*, arn:aws:es:{HERE}:domain/other/*", "pass"),
        ("arn:aws:es:*:*:*", "pass"),
        (f"arn:aws:es:{HERE}:domain/it/_search", "fail"),
        (f"arn:aws:es:{HERE}:domain/it/_search, arn:aws:es:{HERE}:domain/other", "fail"),
        (f"arn:aws:es:{HERE}:domain/it/_search, arn:aws:es:{HERE}:domain/${{Any}}", "unknown"),
        (f"arn:aws:es:{HERE}:domain/other/*", "unknown"),
        (f"arn:aws:es:{HERE}:domain/${{Any}}/*", "unknown"),
        (f"arn:aws:es:{HERE}:domain/it-2/*", "unknown"),
    ],
)
def test_a_deny_may_not_be_about_the_domain_that_has_it(judge_template, names, outcome):
    everyone = "Principal: '*', Action: 'es:*'"
    named = ", ".join(f"!Sub '{name}'" for name in names.split(", "))
    policy = (
        f"{{Version: '2012-10-17', Statement: [{{Effect: Allow, {everyone}, Resource: '*'}}, "
        f"{{Effect: Deny, {everyone}, Resource: [{named}]}}]}}"
    )
    domain = f"{{DomainName: it, AccessPolicies: {policy}}}"
    text = template(f"It: {{Type: AWS::OpenSearchService::Domain, Properties: {domain}}}")
    assert judge_template("resource-sharing", text) == {"it": outcome}


def test_the_statement_of_a_bus_names_it(judge_template):
    bus = "'arn:aws:events:eu-west-1:123456789012:event-bus/orders'"
    statement = f"{{Effect: Allow, Principal: '*', Action: 'events:PutEvents', Resource: {bus}}}"
    policy = (
        "Policy: {Type: AWS::Events::EventBusPolicy, Properties: "
        f"{{EventBusName: orders, StatementId: open, Statement: {statement}}}}}"
    )
    for resources in (
        [policy],
        ["It: {Type: AWS::Events::EventBus, Properties: {Name: orders}}", policy],
    ):
        assert judge_template("resource-sharing", template(*resources)) == {"orders": "fail"}


OF_THE_BUS = "!Sub 'arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/orders'"


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        (OF_THE_BUS, "pass"),
        ("'*'", "pass"),
        ("arn:aws:events:eu-west-1:123456789012:event-bus/orders", "unknown"),
        ("!Sub 'arn:aws:events:eu-west-1:${AWS::AccountId}:event-bus/orders'", "unknown"),
        ("arn:aws:events:eu-west-1:123456789012:event-bus/other", "unknown"),
    ],
)
def test_a_deny_of_a_bus_that_spells_out_a_place_may_be_about_another(
    judge_template, named, outcome
):
    everyone = "Principal: '*', Action: 'events:PutEvents'"
    policies = [
        f"{name}: {{Type: AWS::Events::EventBusPolicy, Properties: "
        f"{{EventBusName: orders, StatementId: {name}, Statement: {statement}}}}}"
        for name, statement in (
            ("Open", f"{{Effect: Allow, {everyone}, Resource: {OF_THE_BUS}}}"),
            ("Shut", f"{{Effect: Deny, {everyone}, Resource: {named}}}"),
        )
    ]
    bus = "It: {Type: AWS::Events::EventBus, Properties: {Name: orders}}"
    assert judge_template("resource-sharing", template(bus, *policies)) == {"orders": outcome}


WITH_DENY = {
    "KMS::Key": ("kms:Decrypt", "KeyPolicy", "kms:{place}:key/{name}"),
    "EFS::FileSystem": (
        "elasticfilesystem:ClientMount",
        "FileSystemPolicy",
        "elasticfilesystem:{place}:file-system/{name}",
    ),
}


@pytest.mark.parametrize("kind", WITH_DENY)
@pytest.mark.parametrize(
    ("place", "name", "outcome"),
    [
        (HERE, "*", "pass"),
        ("*:*", "*", "pass"),
        (HERE, "other", "unknown"),
        ("eu-west-1:123456789012", "*", "unknown"),
        (HERE, "${Any}", "unknown"),
    ],
)
def test_a_deny_that_names_another_may_not_be_about_the_resource(
    judge_template, kind, place, name, outcome
):
    action, element, arn = WITH_DENY[kind]
    named = "!Sub 'arn:aws:" + arn.format(place=place, name=name) + "'"
    everyone = f"Principal: '*', Action: '{action}'"
    statements = (
        f"[{{Effect: Allow, {everyone}, Resource: '*'}}, "
        f"{{Effect: Deny, {everyone}, Resource: {named}}}]"
    )
    policy = f"{{Version: '2012-10-17', Statement: {statements}}}"
    text = template(f"It: {{Type: AWS::{kind}, Properties: {{{element}: {policy}}}}}")
    assert judge_template("resource-sharing", text) == {"It": outcome}


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        ("!GetAtt It.Arn", "pass"),
        ("['arn:aws:sqs:*:*:It', nonsense]", "pass"),
        ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:It'", "pass"),
        ("!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:Other'", "unknown"),
        ("arn:aws:sqs:eu-west-1:123456789012:It", "unknown"),
        ("!Ref Any", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_deny_that_names_the_queue(judge_template, named, outcome):
    everyone = "Principal: '*', Action: 'sqs:*'"
    statements = (
        f"[{{Effect: Allow, {everyone}, Resource: '*'}}, "
        f"{{Effect: Deny, {everyone}, Resource: {named}}}]"
    )
    text = template(
        "It: {Type: AWS::SQS::Queue, Properties: {QueueName: It}}",
        "Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref It], PolicyDocument: "
        f"{{Version: '2012-10-17', Statement: {statements}}}}}}}",
    )
    assert judge_template("resource-sharing", text) == {"It": outcome}


QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"


@pytest.mark.parametrize(
    ("principal", "about", "outcome"),
    [
        # The queue that a policy of it names is in the account of the stack.
        ("'arn:aws:iam::111122223333:root'", f"'{QUEUE}'", "pass"),
        ("111122223333", f"['{QUEUE}']", "pass"),
        ("['arn:aws:iam::111122223333:role/app', '444455556666']", f"'{QUEUE}'", "fail"),
        ("'arn:aws:iam::1111222233334:root'", f"'{QUEUE}'", "fail"),
        ("'arn:aws:iam::111122223333:root'", "'*'", "fail"),
        (
            "'arn:aws:iam::111122223333:root'",
            "['arn:aws:sqs:*:444455556666:*', 'arn:aws:sqs:*:111122223333:*']",
            "fail",
        ),
    ],
)
def test_a_policy_names_the_account_of_its_resource(judge_template, principal, about, outcome):
    text = template(
        "It: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}",
        f"Policy: {{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [!Ref It], PolicyDocument: {document(principal, 'sqs:*', about)}}}}}",
    )
    assert judge_template("resource-sharing", text) == {"jobs": outcome}


@pytest.mark.parametrize("account", ["111122223333", "444455556666"])
@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (
            "SQS::QueuePolicy",
            "Queues: ['https://sqs.us-east-1.amazonaws.com/111122223333/jobs'], PolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: '%s'}, Action: 'sqs:*', Resource: '*'}]}",
        ),
        (
            "SNS::TopicPolicy",
            "Topics: ['arn:aws:sns:us-east-1:111122223333:jobs'], PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 'sns:Publish', Resource: '*', Condition: {StringEquals: {'aws:PrincipalAccount': '%s'}}}]}",
        ),
        (
            "Lambda::Permission",
            "FunctionName: 'arn:aws:lambda:us-east-1:111122223333:function:f', Action: lambda:InvokeFunction, Principal: '%s'",
        ),
        (
            "Lambda::LayerVersionPermission",
            "LayerVersionArn: 'arn:aws:lambda:us-east-1:111122223333:layer:l:1', Action: lambda:GetLayerVersion, Principal: '%s'",
        ),
    ],
)
def test_the_name_of_a_resource_elsewhere_shows_the_account(
    judge_template, account, kind, properties
):
    text = template(f"It: {{Type: AWS::{kind}, Properties: {{{properties % account}}}}}")
    outcome = "pass" if account == "111122223333" else "fail"
    assert list(judge_template("resource-sharing", text).values()) == [outcome]


ROOT = "Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 'kms:*'"


@pytest.mark.parametrize(
    ("further", "properties", "outcome"),
    [
        # Only its own account may change a key that it can create.
        ("", "", "pass"),
        ("Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:user/A'}", "", "pass"),
        ("Effect: Deny, Principal: {AWS: '444455556666'}, Action: 'kms:*'", "", "pass"),
        ("Effect: Allow, Principal: {AWS: '444455556666'}, Action: 'kms:Decrypt'", "", "fail"),
        ("Effect: Allow, Principal: {AWS: '444455556666'}, Action: 'kms:Put*'", "", "fail"),
        ("Effect: Allow, Principal: '*', Action: 'kms:*'", "", "fail"),
        ("", "BypassPolicyLockoutSafetyCheck: false,", "pass"),
        ("", "BypassPolicyLockoutSafetyCheck: true,", "fail"),
        ("", "BypassPolicyLockoutSafetyCheck: !Ref Any,", "fail"),
    ],
)
def test_a_key_policy_shows_the_account(judge_template, further, properties, outcome):
    statements = [ROOT, further] if further else [ROOT]
    listed = ", ".join(f"{{{statement}, Resource: '*'}}" for statement in statements)
    text = template(
        f"Key: {{Type: AWS::KMS::Key, Properties: {{{properties} KeyPolicy: {{Statement: [{listed}]}}}}}}"
    )
    assert judge_template("resource-sharing", text) == {"Key": outcome}


SERVICE = "It: {Type: AWS::EC2::VPCEndpointService, Properties: {NetworkLoadBalancerArns: [a]}}"


@pytest.mark.parametrize(
    ("principals", "outcome"),
    [
        ("['*']", "fail"),
        (f"[{OTHER}]", "fail"),
        ("[!Sub 'arn:aws:iam::${AWS::AccountId}:root']", "pass"),
        (f"[!Sub 'arn:aws:iam::${{AWS::AccountId}}:root', {OTHER}]", "fail"),
        ("[!Sub 'arn:aws:iam::${Any}:root']", "unknown"),
        ("!Ref List", "unknown"),
        ("[]", "pass"),
    ],
)
def test_endpoint_services(judge_template, principals, outcome):
    def permissions(service):
        properties = f"{{ServiceId: {service}, AllowedPrincipals: {principals}}}"
        return f"Who: {{Type: AWS::EC2::VPCEndpointServicePermissions, Properties: {properties}}}"

    text = template(SERVICE, permissions("!Ref It"))
    assert list(judge_template("resource-sharing", text).values()) == [outcome]
    if outcome != "pass":
        text = template(permissions("vpce-svc-1"))
        assert list(judge_template("resource-sharing", text).values()) == [outcome]


@pytest.mark.parametrize(
    ("accepting", "outcome"), [("true", "pass"), ("false", "fail"), ("!Ref Any", "unknown")]
)
def test_endpoint_services_that_accept_each_connection(judge_template, accepting, outcome):
    text = template(
        f"It: {{Type: AWS::EC2::VPCEndpointService, Properties: {{AcceptanceRequired: {accepting}}}}}",
        "Who: {Type: AWS::EC2::VPCEndpointServicePermissions, Properties: {ServiceId: !Ref It, AllowedPrincipals: ['*']}}",
    )
    assert list(judge_template("resource-sharing", text).values()) == [outcome]


def test_an_endpoint_service_without_permissions(judge_template):
    assert list(judge_template("resource-sharing", template(SERVICE)).values()) == ["pass"]


PORTFOLIO = "It: {Type: AWS::ServiceCatalog::Portfolio, Properties: {DisplayName: servers}}"


@pytest.mark.parametrize(
    ("account", "outcome"),
    [("'210987654321'", "fail"), ("!Ref AWS::AccountId", "pass"), ("!Ref Any", "unknown")],
)
def test_portfolios(judge_template, account, outcome):
    def share(portfolio):
        properties = f"{{PortfolioId: {portfolio}, AccountId: {account}}}"
        return f"With: {{Type: AWS::ServiceCatalog::PortfolioShare, Properties: {properties}}}"

    text = template(PORTFOLIO, share("!Ref It"))
    assert list(judge_template("resource-sharing", text).values()) == [outcome]
    if outcome != "pass":
        text = template(share("port-1"))
        assert list(judge_template("resource-sharing", text).values()) == [outcome]
    assert judge_template("resource-sharing", template(PORTFOLIO)) == {"servers": "pass"}


@pytest.mark.parametrize(
    ("visibility", "outcome"),
    [
        ("", "pass"),
        (", Visibility: PRIVATE", "pass"),
        (", Visibility: PUBLIC_READ", "fail"),
        (", Visibility: !Ref Any", "unknown"),
    ],
)
def test_build_projects(judge_template, visibility, outcome):
    properties = f"{{Name: site, ServiceRole: {OTHER}{visibility}}}"
    text = template(f"It: {{Type: AWS::CodeBuild::Project, Properties: {properties}}}")
    assert list(judge_template("resource-sharing", text).values()) == [outcome]
