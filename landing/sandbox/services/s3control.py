"""Amazon S3 Control: moto's, with the organization's word on an account's public access block (S3 User Guide)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.effective import document
from landing.sandbox.services.service import Nothing, Probe, ProbedSandbox, Scope, Service

POLICY = "S3_POLICY"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def the_organization_decides(sandbox: ProbedSandbox) -> bool:
    """The probe: under a policy of the organization an account has its block, and cannot change it."""
    organizations: Any = sandbox.session().client("organizations")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType=POLICY)
    while {"Type": POLICY, "Status": "ENABLED"} not in organizations.list_roots()["Roots"][0]["PolicyTypes"]:
        pass
    block = {"s3_attributes": {"public_access_block_configuration": {"@@assign": "all"}}}
    content = {"Content": json.dumps(block), "Type": POLICY, "Name": "probe", "Description": ""}
    organizations.attach_policy(
        PolicyId=organizations.create_policy(**content)["Policy"]["PolicySummary"]["Id"], TargetId=root
    )
    control: Any = sandbox.session().client("s3control", region_name="us-east-1")
    account = sandbox.management_account_id
    off = dict.fromkeys(SETTINGS, False)
    read = control.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    return (
        all(read.values())
        and refuses(
            control.put_public_access_block,
            "AccessDenied",
            AccountId=account,
            PublicAccessBlockConfiguration=off,
        )
        and refuses(control.delete_public_access_block, "AccessDenied", AccountId=account)
    )


class S3Control(Service[Nothing]):
    """Access points and Storage Lens are moto's."""

    name = "s3control"
    extends = True
    scope = Scope.ACCOUNT
    state_type = Nothing
    probes: ClassVar[Mapping[str, Probe]] = dict.fromkeys(
        ("DeletePublicAccessBlock", "GetPublicAccessBlock", "PutPublicAccessBlock"), the_organization_decides
    )

    def get_public_access_block(self, call: Call) -> dict[str, Any] | HttpAnswer:
        """Moto knows no policy of the organization."""
        _own(call)
        declared = _declared(call)
        if declared is None:
            return call.forward()
        return {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, declared == "all")}

    def put_public_access_block(self, call: Call) -> HttpAnswer:
        """Moto knows no policy of the organization."""
        _check(call)
        return call.forward()

    def delete_public_access_block(self, call: Call) -> HttpAnswer:
        """Moto knows no policy of the organization."""
        _check(call)
        return call.forward()


def _own(call: Call) -> None:
    """Only of one's own account, also in an organization (API reference, x-amz-account-id)."""
    if call["AccountId"] != call.account:
        raise Refusal("AccessDenied", "Access Denied", 403)


def _check(call: Call) -> None:
    _own(call)
    if _declared(call) is not None:
        raise Refusal("AccessDenied", "The account's public access block is managed by an organization policy.", 403)


def _declared(call: Call) -> str | None:
    """all or none (Organizations User Guide, "S3 policy syntax and examples")."""
    organization = accounts.organization_of(call.world, call.account)
    effective = None if organization is None else document(organization, call.account, POLICY)
    found: str | None = (effective or {}).get("s3_attributes", {}).get("public_access_block_configuration")
    return found
