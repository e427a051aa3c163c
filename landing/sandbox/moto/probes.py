"""What holds in the sandbox and not in moto alone: one probe for each correction, read by `corrections`."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.iam.models import IAMBackend, iam_backends
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeBucket, s3_backends

from landing.sandbox.services import clients
from landing.sandbox.services.service import Probe, ProbedSandbox

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
BUCKET = "landing-sandbox-probe"
ALLOW = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)


def refuses(call: Any, code: str, **parameters: Any) -> bool:
    """Whether a call is refused with this error."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"] == code
    return False


def _iam(sandbox: ProbedSandbox, account: str | None = None) -> Any:
    return sandbox.session(account).client("iam")


def _bucket(sandbox: ProbedSandbox, **parameters: Any) -> Any:
    s3: Any = sandbox.session().client("s3")
    s3.create_bucket(Bucket=BUCKET, **parameters)
    return s3


def buckets_log_without_acls(sandbox: ProbedSandbox) -> bool:
    """Logging is switched on before the target's policy is there."""
    s3 = _bucket(sandbox)
    wanted = {"TargetBucket": BUCKET, "TargetPrefix": "x/"}
    s3.put_bucket_logging(Bucket=BUCKET, BucketLoggingStatus={"LoggingEnabled": wanted})
    return bool(s3.get_bucket_logging(Bucket=BUCKET)["LoggingEnabled"] == wanted)


def requests_count_as_tls(sandbox: ProbedSandbox) -> bool:
    """A bucket that takes what comes by TLS only takes an object."""
    s3 = _bucket(sandbox)
    tls = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    statement = {**tls, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return bool(s3.put_object(Bucket=BUCKET, Key="x", Body=b"x")["ETag"])


class _Counting(BackendDict):  # type: ignore[misc]
    """Counts how often its keys are copied."""

    copies = 0

    def keys(self) -> Any:
        self.copies += 1
        return super().keys()


def accounts_are_looked_up(_: ProbedSandbox) -> bool:
    """A second look at an account's backends copies nothing."""
    backends = _Counting(IAMBackend, "probe", use_boto3_regions=False, additional_regions=["aws"])
    _ = backends["123456789012"]
    backends.copies = 0
    _ = backends["123456789012"]
    BackendDict._instances.remove(backends)
    return backends.copies == 0


def models_are_not_tracked(sandbox: ProbedSandbox) -> bool:
    """A bucket is in no list of all buckets that ever were."""
    _bucket(sandbox)
    return not any(bucket.name == BUCKET for bucket in FakeBucket.instances_tracked)


def methods_are_listed_once(_: ProbedSandbox) -> bool:
    """The same class gives the same list, not a new one."""
    first = responses.method_names_from_class(responses.BaseResponse)
    return responses.method_names_from_class(responses.BaseResponse) is first


def request_ids_cost_no_dice(_: ProbedSandbox) -> bool:
    """A request id leaves the dice as they were."""
    before = mock_random.getstate()
    responses.gen_amzn_requestid_long({})
    return bool(mock_random.getstate() == before)


def callers_have_no_iam(sandbox: ProbedSandbox) -> bool:
    """An account that calls SSM has no IAM backend for that."""
    sandbox.session("222222222222").client("ssm").describe_parameters()
    return "222222222222" not in list(iam_backends)


def managed_policies_exist(sandbox: ProbedSandbox) -> bool:
    """AdministratorAccess can be read."""
    return bool(_iam(sandbox).get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["Arn"] == ADMINISTRATOR)


def attachments_are_counted_by_account(sandbox: ProbedSandbox) -> bool:
    """A policy of AWS's that is attached in one account is not attached in another."""
    iam = _iam(sandbox)
    iam.create_role(RoleName="probe", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="probe", PolicyArn=ADMINISTRATOR)
    here = iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["AttachmentCount"]
    there = _iam(sandbox, "222222222222").get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["AttachmentCount"]
    return (here, there) == (1, 0)


def created_accounts_have_a_role(sandbox: ProbedSandbox) -> bool:
    """The management account's role is in an account that it created."""
    account = sandbox.seed(1)[0]
    roles = _iam(sandbox, account).list_roles()["Roles"]
    return [role["RoleName"] for role in roles] == ["OrganizationAccountAccessRole"]


def buckets_have_defaults(sandbox: ProbedSandbox) -> bool:
    """A new bucket is encrypted, private and without ACLs."""
    s3 = _bucket(sandbox)
    s3.get_bucket_encryption(Bucket=BUCKET)
    s3.get_bucket_ownership_controls(Bucket=BUCKET)
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    return all(block.values())


def objects_go_quietly(sandbox: ProbedSandbox) -> bool:
    """An object that is forgotten gives no warning."""
    s3 = _bucket(sandbox)
    s3.put_object(Bucket=BUCKET, Key="key", Body=b"")
    key = s3_backends[sandbox.management_account_id]["aws"].buckets[BUCKET].keys["key"]
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        key.__del__()
    return not given


def buckets_stay_encrypted(sandbox: ProbedSandbox) -> bool:
    """A bucket whose encryption is deleted has SSE-S3."""
    s3 = _bucket(sandbox)
    s3.delete_bucket_encryption(Bucket=BUCKET)
    return "ServerSideEncryptionConfiguration" in s3.get_bucket_encryption(Bucket=BUCKET)


def objects_are_conditional(sandbox: ProbedSandbox) -> bool:
    """If-None-Match is `*` or not implemented."""
    return refuses(_bucket(sandbox).put_object, "NotImplemented", Bucket=BUCKET, Key="key", IfNoneMatch="etag")


def deletes_are_conditional(sandbox: ProbedSandbox) -> bool:
    """If-Match `*` is met by whatever is there."""
    s3 = _bucket(sandbox)
    s3.put_object(Bucket=BUCKET, Key="key")
    s3.delete_object(Bucket=BUCKET, Key="key", IfMatch="*")
    return "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def owners_are_expected(sandbox: ProbedSandbox) -> bool:
    """Neither an object of another owner's bucket is read, nor where that is."""
    s3 = _bucket(sandbox)
    s3.put_object(Bucket=BUCKET, Key="key")
    place = {"Bucket": BUCKET, "ExpectedBucketOwner": "999999999999"}
    return refuses(s3.get_object, "AccessDenied", Key="key", **place) and refuses(
        s3.get_bucket_location, "AccessDenied", **place
    )


def retention_has_one_unit(sandbox: ProbedSandbox) -> bool:
    """Default retention in days reads back without years."""
    s3 = _bucket(sandbox, ObjectLockEnabledForBucket=True)
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=configuration)
    read = s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"]
    return bool(read["Rule"]["DefaultRetention"] == retention)


def service_linked_roles_have_aws_names(sandbox: ProbedSandbox) -> bool:
    """The role of Config is AWSServiceRoleForConfig."""
    role = _iam(sandbox).create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
    return bool(role["RoleName"] == "AWSServiceRoleForConfig")


def service_linked_roles_stay(sandbox: ProbedSandbox) -> bool:
    """DeleteRole does not delete a service-linked role."""
    iam = _iam(sandbox)
    role = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")["Role"]["RoleName"]
    return refuses(iam.delete_role, "UnmodifiableEntity", RoleName=role)


def _allowing(buckets: int) -> str:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": [f"arn:aws:s3:::b{each}" for each in range(buckets)]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policies_are_short(sandbox: ProbedSandbox) -> bool:
    """A managed policy has a longest document."""
    return refuses(_iam(sandbox).create_policy, "LimitExceeded", PolicyName="probe", PolicyDocument=_allowing(500))


def versions_are_short(sandbox: ProbedSandbox) -> bool:
    """So has each version."""
    iam = _iam(sandbox)
    policy = iam.create_policy(PolicyName="probe", PolicyDocument=ALLOW)["Policy"]["Arn"]
    return refuses(iam.create_policy_version, "LimitExceeded", PolicyArn=policy, PolicyDocument=_allowing(500))


def roles_hold_ten_policies(sandbox: ProbedSandbox) -> bool:
    """A role has a quota of managed policies."""
    iam = _iam(sandbox)
    iam.create_role(RoleName="probe", AssumeRolePolicyDocument=TRUST)
    made = [iam.create_policy(PolicyName=f"probe-{each}", PolicyDocument=ALLOW) for each in range(11)]
    *first, last = (each["Policy"]["Arn"] for each in made)
    for policy in first:
        iam.attach_role_policy(RoleName="probe", PolicyArn=policy)
    return refuses(iam.attach_role_policy, "LimitExceeded", RoleName="probe", PolicyArn=last)


def attached_policies_stay(sandbox: ProbedSandbox) -> bool:
    """A policy that is attached is not deleted."""
    iam = _iam(sandbox)
    policy = iam.create_policy(PolicyName="probe", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.create_role(RoleName="probe", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="probe", PolicyArn=policy)
    return refuses(iam.delete_policy, "DeleteConflict", PolicyArn=policy)


def trust_policies_are_checked(sandbox: ProbedSandbox) -> bool:
    """A role needs a trust policy that says something."""
    return refuses(
        _iam(sandbox).create_role,
        "MalformedPolicyDocument",
        RoleName="probe",
        AssumeRolePolicyDocument="{}",
    )


def shared_issuers_are_asked_for(sandbox: ProbedSandbox) -> bool:
    """A role that trusts everybody with a token of GitHub is refused, also when it exists."""
    iam = _iam(sandbox)
    iam.create_role(RoleName="probe", AssumeRolePolicyDocument=TRUST)
    federated = {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}
    trust = json.loads(TRUST)
    trust["Statement"][0] |= {"Action": "sts:AssumeRoleWithWebIdentity", "Principal": federated}
    return refuses(
        iam.update_assume_role_policy, "MalformedPolicyDocument", RoleName="probe", PolicyDocument=json.dumps(trust)
    )


def audiences_change(sandbox: ProbedSandbox) -> bool:
    """A provider takes tokens for somebody else, and no longer for those that it was made for."""
    iam = _iam(sandbox)
    arn = iam.create_open_id_connect_provider(Url="https://gitlab.example.com", ClientIDList=["first"])[
        "OpenIDConnectProviderArn"
    ]
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="second")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="first")
    return bool(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["second"])


def organization_feature(operation: str) -> Probe:
    """A probe of one of the calls about root users of members."""

    def probe(sandbox: ProbedSandbox) -> bool:
        organizations: Any = sandbox.session().client("organizations")
        organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
        return "EnabledFeatures" in getattr(_iam(sandbox), operation)()

    return probe


def bucket_lists_have_pages(sandbox: ProbedSandbox) -> bool:
    """What a page has no room for is on the next one."""
    s3 = _bucket(sandbox)
    s3.create_bucket(Bucket=f"{BUCKET}-2")
    return "ContinuationToken" in s3.list_buckets(MaxBuckets=1)


def acls_are_off(sandbox: ProbedSandbox) -> bool:
    """A bucket whose owner owns everything has no ACLs."""
    return refuses(_bucket(sandbox).put_bucket_acl, "AccessControlListNotSupported", Bucket=BUCKET, ACL="public-read")


def _tagged_root(sandbox: ProbedSandbox) -> tuple[str, Any]:
    organizations: Any = sandbox.session().client("organizations")
    root = organizations.list_roots()["Roots"][0]
    organizations.tag_resource(ResourceId=root["Id"], Tags=[{"Key": "probe", "Value": "1"}])
    return root["Arn"], sandbox.session().client("resourcegroupstaggingapi")


def resources_of_organizations_are_found(sandbox: ProbedSandbox) -> bool:
    """The root with a tag is a resource with a tag."""
    arn, client = _tagged_root(sandbox)
    return arn in [found["ResourceARN"] for found in client.get_resources()["ResourceTagMappingList"]]


def tag_keys_of_organizations_are_found(sandbox: ProbedSandbox) -> bool:
    """Its key is a key."""
    return "probe" in _tagged_root(sandbox)[1].get_tag_keys()["TagKeys"]


def tag_values_of_organizations_are_found(sandbox: ProbedSandbox) -> bool:
    """Its value is a value."""
    return bool(_tagged_root(sandbox)[1].get_tag_values(Key="probe")["TagValues"] == ["1"])


def organizations_is_tagged(sandbox: ProbedSandbox) -> bool:
    """The tagging API can tag the root."""
    arn, client = _tagged_root(sandbox)
    return bool(client.tag_resources(ResourceARNList=[arn], Tags={"a": "b"})["FailedResourcesMap"] == {})


def organizations_is_untagged(sandbox: ProbedSandbox) -> bool:
    """And untag it."""
    arn, client = _tagged_root(sandbox)
    client.untag_resources(ResourceARNList=[arn], TagKeys=["probe"])
    organizations: Any = sandbox.session().client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    return bool(organizations.list_tags_for_resource(ResourceId=root)["Tags"] == [])


def root_users_are_reported(sandbox: ProbedSandbox) -> bool:
    """The root user of a management account has a password and a row of its own in the credential report."""
    iam = _iam(sandbox)
    iam.generate_credential_report()
    iam.generate_credential_report()
    reported = b"<root_account>" in iam.get_credential_report()["Content"]
    return bool(reported and iam.get_account_summary()["SummaryMap"].get("AccountPasswordPresent"))


def root_users_are_resources(sandbox: ProbedSandbox) -> bool:
    """A policy may be about them."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "arn:aws:iam::*:root"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return bool(_iam(sandbox).create_policy(PolicyName="root", PolicyDocument=document)["Policy"]["Arn"])


LISTS = {
    "AccessKeyId": ("list_access_keys", "AccessKeyMetadata"),
    "SerialNumber": ("list_mfa_devices", "MFADevices"),
    "CertificateId": ("list_signing_certificates", "Certificates"),
}
"""Where the ids of the credentials of a root user are listed."""


def root_user_call(method: str, parameter: str = "", *, once: bool = False) -> Probe:
    """A probe of a call of a root user about itself; `once`: it is refused when made again."""

    def probe(sandbox: ProbedSandbox) -> bool:
        (account,) = sandbox.seed(1)
        told = {"password": method != "create_login_profile", "keys": 1, "mfa_devices": 1, "certificates": 1}
        sandbox.world.options["root_users"] = {account: told}
        arn = f"arn:aws:iam::{account}:root"
        identity = sandbox.world.issue_key(account=account, arn=arn, user_id=account, temporary=True)
        iam: Any = clients.session(identity, "us-east-1").client("iam")
        given = {}
        if parameter:
            lists, member = LISTS[parameter]
            given = {parameter: getattr(iam, lists)()[member][0][parameter]}
        answer = getattr(iam, method)(**given)
        if method == "get_user":
            return bool(answer["User"]["Arn"] == arn)
        return not once or refuses(getattr(iam, method), "NoSuchEntity", **given)

    return probe


def access_is_reported(sandbox: ProbedSandbox) -> bool:
    """A job for the whole organization ends, and IAM itself was used."""
    organizations: Any = sandbox.session().client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    while not any(each["Status"] == "ENABLED" for each in organizations.list_roots()["Roots"][0]["PolicyTypes"]):
        pass
    path = f"{organizations.describe_organization()['Organization']['Id']}/{root}"
    iam = _iam(sandbox)
    job = iam.generate_organizations_access_report(EntityPath=path)["JobId"]
    while (report := iam.get_organizations_access_report(JobId=job, MaxItems=1000))["JobStatus"] == "IN_PROGRESS":
        pass
    return any(each["ServiceNamespace"] == "iam" and "EntityPath" in each for each in report["AccessDetails"])


IAM: Mapping[str, Probe] = {
    **dict.fromkeys(("GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport"), access_is_reported),
    "CreateLoginProfile": root_user_call("create_login_profile"),
    "GetLoginProfile": root_user_call("get_login_profile"),
    "DeleteLoginProfile": root_user_call("delete_login_profile", once=True),
    "GetUser": root_user_call("get_user"),
    "ListAccessKeys": root_user_call("list_access_keys"),
    "GetAccessKeyLastUsed": root_user_call("get_access_key_last_used", "AccessKeyId"),
    "ListMFADevices": root_user_call("list_mfa_devices"),
    "ListSigningCertificates": root_user_call("list_signing_certificates"),
    "DeleteAccessKey": root_user_call("delete_access_key", "AccessKeyId", once=True),
    "DeactivateMFADevice": root_user_call("deactivate_mfa_device", "SerialNumber", once=True),
    "DeleteSigningCertificate": root_user_call("delete_signing_certificate", "CertificateId", once=True),
    "CreateServiceLinkedRole": service_linked_roles_have_aws_names,
    "DeleteRole": service_linked_roles_stay,
    "DeletePolicy": attached_policies_stay,
    "CreatePolicy": policies_are_short,
    "CreatePolicyVersion": versions_are_short,
    "AttachRolePolicy": roles_hold_ten_policies,
    "CreateRole": trust_policies_are_checked,
    "UpdateAssumeRolePolicy": shared_issuers_are_asked_for,
    **dict.fromkeys(
        ("AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"), audiences_change
    ),
    **dict.fromkeys(("GetAccountSummary", "GetCredentialReport"), root_users_are_reported),
    "ListOrganizationsFeatures": organization_feature("list_organizations_features"),
    **{
        f"{what}Organizations{feature}": organization_feature(f"{what}_organizations_{method}".lower())
        for what in ("Enable", "Disable")
        for feature, method in (
            ("RootSessions", "root_sessions"),
            ("RootCredentialsManagement", "root_credentials_management"),
        )
    },
}
S3: Mapping[str, Probe] = {
    "DeleteObject": deletes_are_conditional,
    **dict.fromkeys(("GetBucketLocation", "GetObject"), owners_are_expected),
    "ListBuckets": bucket_lists_have_pages,
    "PutBucketAcl": acls_are_off,
    "PutObject": objects_are_conditional,
}
TAGGING: Mapping[str, Probe] = {
    "GetResources": resources_of_organizations_are_found,
    "GetTagKeys": tag_keys_of_organizations_are_found,
    "GetTagValues": tag_values_of_organizations_are_found,
    "TagResources": organizations_is_tagged,
    "UntagResources": organizations_is_untagged,
}
