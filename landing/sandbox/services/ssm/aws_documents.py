"""Documents of AWS, run step by step as the role that they are given.

Systems Manager Automation Runbook Reference, the page of each: its parameters with their defaults, and its steps. A
document that is not here cannot be run. How AWS writes the scripts of its steps is not known: what a page says of a
step is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Parameters = Mapping[str, str]
Act = Callable[[str], Any]
"""A client, by its service, that acts as the role."""
Run = Callable[[Act, Parameters], None]
PASSWORDS = (
    "AllowUsersToChangePassword", "HardExpiry", "MaxPasswordAge", "MinimumPasswordLength", "PasswordReusePrevention",
    "RequireLowercaseCharacters", "RequireNumbers", "RequireSymbols", "RequireUppercaseCharacters",
)  # fmt: skip
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
EVERYBODY = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}


class Failed(Exception):
    """A step that did not do what it is there for."""


def _set_password_policy(act: Act, given: Parameters) -> None:
    policy: dict[str, Any] = {}
    for name in PASSWORDS:
        value = given.get(name, "")
        if value.isdigit() and int(value):
            policy[name] = int(value)
        elif value.lower() == "true":
            policy[name] = True
    iam = act("iam")
    iam.update_account_password_policy(**policy)
    found = iam.get_account_password_policy()["PasswordPolicy"]
    _confirm(found.items() >= policy.items(), "the password policy")


def _close_default_group(act: Act, given: Parameters) -> None:
    ec2 = act("ec2")
    group = _group(ec2, given["GroupId"])
    _confirm(group["GroupName"] == "default", "the name of the group")
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def _close_ssh(act: Act, given: Parameters) -> None:
    ec2 = act("ec2")
    for wanted in given["SecurityGroupIds"].split(","):
        group = _group(ec2, wanted)
        for rule in group["IpPermissions"]:
            if (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) != ("tcp", 22, 22):
                continue
            open_to = [each for each in EVERYBODY for name, ranges in each.items() if ranges[0] in rule.get(name, ())]
            for everybody in open_to:
                permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **everybody}
                ec2.revoke_security_group_ingress(GroupId=wanted, IpPermissions=[permission])


def _close_to_everybody(act: Act, given: Parameters) -> None:
    ec2 = act("ec2")
    group = _group(ec2, given["SecurityGroupId"])
    for rule in group["IpPermissions"]:
        ports = {name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
        for everybody in EVERYBODY:
            ((name, (ranges,)),) = everybody.items()
            if any(ranges.items() <= each.items() for each in rule.get(name, ())):
                ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[{**ports, **everybody}])


def _group(ec2: Any, group: str) -> dict[str, Any]:
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return dict(found)


def _block_bucket(act: Act, given: Parameters) -> None:
    s3 = act("s3")
    wanted = {name: given.get(name, "true").lower() == "true" for name in BLOCKS}
    s3.put_public_access_block(Bucket=given["BucketName"], PublicAccessBlockConfiguration=wanted)
    found = s3.get_public_access_block(Bucket=given["BucketName"])["PublicAccessBlockConfiguration"]
    _confirm(found == wanted, "the block of the bucket")


def _encrypt_volumes(act: Act, given: Parameters) -> None:
    del given
    ec2 = act("ec2")
    ec2.enable_ebs_encryption_by_default()
    _confirm(ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"], "encryption by default")


def _confirm(holds: object, what: str) -> None:
    if not holds:
        raise Failed(f"Verification of {what} failed.")


DOCUMENTS: Mapping[str, tuple[Run, frozenset[str], frozenset[str]]] = {
    "AWSConfigRemediation-SetIAMPasswordPolicy": (_set_password_policy, frozenset(), frozenset(PASSWORDS)),
    "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules": (
        _close_default_group, frozenset({"GroupId"}), frozenset(),
    ),
    "AWS-DisableIncomingSSHOnPort22": (_close_ssh, frozenset({"SecurityGroupIds"}), frozenset()),
    "AWSConfigRemediation-RemoveUnrestrictedSourceIngressRules": (
        _close_to_everybody, frozenset({"SecurityGroupId"}), frozenset(),
    ),
    "AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock": (
        _block_bucket, frozenset({"BucketName"}), frozenset(BLOCKS),
    ),
    "AWSConfigRemediation-EnableEbsEncryptionByDefault": (_encrypt_volumes, frozenset(), frozenset()),
}  # fmt: skip
"""What a document does, the parameters that it needs, and those that it may be given, besides its role."""


def run(document: str, act: Act, given: Parameters) -> None:
    """All steps; raises Failed for parameters that the document does not have, and ClientError of a step."""
    does, needed, optional = DOCUMENTS[document]
    names = given.keys() - {"AutomationAssumeRole"}
    if not needed <= names <= needed | optional:
        raise Failed(
            f"{document} takes {', '.join(sorted(needed | optional)) or 'nothing'}: {', '.join(sorted(names))}"
        )
    does(act, given)
