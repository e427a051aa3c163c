"""Condition keys: AWS's global ones, which the catalogue of actions has not, and how to find any by its name.

IAM user guide, "AWS global condition context keys". The table is as of `AS_OF`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from landing.policy import catalog

AS_OF = "2026-11"


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key. `type` is AWS's name of it, beginning with ArrayOf for a multivalued key.

    `always` is whether every signed request has it. `scope` is global (in requests to any service), service
    (only where the catalogue lists it) or federation (an identity provider's).
    """

    name: str
    type: str
    always: bool
    scope: str

    @property
    def multivalued(self) -> bool:
        """Whether a request may give it several values, so that a policy needs a set operator."""
        return self.type.startswith("ArrayOf")

    @property
    def base_type(self) -> str:
        """The type of one value: String, ARN, Bool, Numeric, Date or IPAddress."""
        return self.type.removeprefix("ArrayOf")


_ALWAYS = {
    "ARN": ("aws:PrincipalArn",),
    "Bool": ("aws:PrincipalIsAWSService", "aws:SecureTransport", "aws:ViaAWSService"),
    "Date": ("aws:CurrentTime", "aws:EpochTime"),
    "String": ("aws:PrincipalAccount", "aws:PrincipalType", "aws:RequestedRegion", "aws:userid"),
}
_SOMETIMES = {
    "ARN": (
        "aws:ChatbotSourceArn",
        "aws:SignInSessionArn",
        "aws:SourceArn",
        "aws:SourceVpcArn",
        "codebuild:BuildArn",
        "codebuild:ProjectArn",
        "ec2:SourceInstanceArn",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceArn",
    ),
    "ArrayOfString": (
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    ),
    "Bool": (
        "aws:AssumedRoot",
        "aws:IsMcpServiceAction",
        "aws:MultiFactorAuthPresent",
        "aws:ViaAWSMCPService",
    ),
    "Date": ("aws:TokenIssueTime",),
    "IPAddress": ("aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIp", "aws:VpcSourceIp"),
    "Numeric": ("aws:MultiFactorAuthAge", "ec2:RoleDelivery"),
    "String": (
        "aws:CalledViaAWSMCP",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:Ec2InstanceSourceVpc",
        "aws:FederatedProvider",
        "aws:PrincipalOrgID",
        "aws:PrincipalServiceName",
        "aws:PrincipalTag/${TagKey}",
        "aws:RequestTag/${TagKey}",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceTag/${TagKey}",
        "aws:SourceAccount",
        "aws:SourceIdentity",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:UserAgent",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:referer",
        "aws:username",
        "glue:CredentialIssuingService",
        "glue:RoleAssumedBy",
        "identitystore:UserId",
    ),
}

GLOBAL: dict[str, Key] = {
    name.lower(): Key(name, kind, always, "global")
    for always, table in ((True, _ALWAYS), (False, _SOMETIMES))
    for kind, names in table.items()
    for name in names
}
_TAGGED = tuple(name.removesuffix("${tagkey}") for name in GLOBAL if name.endswith("${tagkey}"))
# An OIDC provider's keys begin with its host and path: oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub.
_OIDC = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[^:]*)?:[\w./-]+\Z")


@lru_cache(maxsize=4096)
def find_key(name: str) -> Key | None:
    """The key of a name, whatever its case; none if AWS has none such."""
    lowered = name.lower()
    found = GLOBAL.get(lowered)
    if found is None and "$" not in lowered:
        prefix = next((tag for tag in _TAGGED if lowered.startswith(tag) and lowered != tag), None)
        found = GLOBAL.get(f"{prefix}${{tagkey}}")
    return found or _of_service(lowered) or _of_provider(lowered)


def spelled(name: str) -> str:
    """A key as AWS spells it; what stands for a placeholder in the key's name is kept as it is."""
    found = find_key(name)
    if found is None:
        return name
    beginning = found.name.partition("$")[0]
    return beginning + name[len(beginning) :]


def _of_service(name: str) -> Key | None:
    service, colon, rest = name.partition(":")
    if not colon or not rest:
        return None
    known = catalog.service_keys(service)
    pattern = name if name in known else next((item for item in known if catalog.fits(item, name)), None)
    return Key(pattern, known[pattern], False, "service") if pattern else None


def _of_provider(name: str) -> Key | None:
    prefix, colon, rest = name.rpartition(":")
    if not colon or not rest:
        return None
    if _OIDC.match(name) or any(catalog.fits(item, prefix) for item in catalog.federation_prefixes()):
        kind = "ArrayOfString" if rest == "amr" else "String"
        return Key(name, kind, False, "federation")
    return None


def may_be_present(name: str, action: catalog.Action | None) -> bool:
    """Whether a request for an action may have a key: no only for a service's key not listed for the action.

    Global keys are never ruled out, nor are keys that nobody lists.
    """
    found = find_key(name)
    if found is None or found.scope != "service" or action is None:
        return True
    return action.lists(name.lower())
