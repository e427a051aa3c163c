"""The JSON Schema (draft-07) of the config: what `landing schema` prints and every load is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.constraints.inputs import allowed
from landing.constraints.principals import SERVICES
from landing.deadlines import DEADLINES, PATTERN, shown
from landing.partitions import REGIONS

Schema = dict[str, Any]

KEY = "^[a-z0-9][a-z0-9_-]{0,62}$"
_REGION: Schema = {"type": "string", "enum": sorted(REGIONS)}
_TAGS: Schema = {
    "type": "object",
    "maxProperties": 49,
    "propertyNames": {
        **allowed("organizations:TagResource Tags.Key"),
        "description": "letters, digits, spaces and `_.:/=+-@`, at most 128",
    },
    "additionalProperties": {
        **allowed("organizations:TagResource Tags.Value"),
        "description": "letters, digits, spaces and `_.:/=+-@`, at most 256",
    },
}


def _text(description: str, **rest: object) -> Schema:
    return {"type": "string", "description": description, **rest}


def _input(description: str, *names: str) -> Schema:
    """A text that is sent as these inputs of AWS (see `landing.constraints.inputs`)."""
    return {**allowed(*names), "description": description}


def _flag(description: str, *, default: bool = False) -> Schema:
    return {"type": "boolean", "default": default, "description": description}


def _number(description: str, minimum: int = 1) -> Schema:
    return {"type": "integer", "minimum": minimum, "description": description}


def _object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": properties,
        **({"required": list(required)} if required else {}),
    }


def _by_key(description: str, item: Schema) -> Schema:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": KEY},
        "additionalProperties": item,
    }


def _names(description: str) -> Schema:
    return {"type": "array", "description": description, "uniqueItems": True, "items": {"type": "string"}}


_SELECTION: Schema = {
    "units": _names("Unit keys as paths (`workloads/prod`), or `root`; everything below is meant too."),
    "accounts": _names("Account keys."),
    "tags": {**_TAGS, "description": "Only accounts that carry all of these tags."},
}
TARGET = _object(
    "What is meant: units and accounts, narrowed by tags, less exclusions.",
    {**_SELECTION, "exclude": _object("What is left out again.", dict(_SELECTION))},
)
_PACK = _flag("Put the guardrails that are attached here together, in as few policies as the limits allow.")
_FULL_ACCESS = _flag("Keep FullAWSAccess attached; false for an allow-list strategy.", default=True)
_CONTACT = _object(
    "An alternate contact.",
    {
        "name": _input("Full name.", "account:PutAlternateContact Name"),
        "title": _input("Job title.", "account:PutAlternateContact Title"),
        "email": _input("E-mail address.", "account:PutAlternateContact EmailAddress"),
        "phone": _input("Phone number.", "account:PutAlternateContact PhoneNumber"),
    },
    ("name", "title", "email", "phone"),
)
_ACCOUNT = _object(
    "An account of the organization. Its key is stable: name, e-mail and unit may change under it.",
    {
        "name": _input(
            "Account name as AWS shows it.",
            "organizations:CreateAccount AccountName",
            "account:PutAccountName AccountName",
        ),
        "email": _input(
            "E-mail address of the root user; needed unless the account is there already.",
            "organizations:CreateAccount Email",
        ),
        "unit": _text("Unit key as a path, or `root`."),
        "tags": {**_TAGS, "description": "Tags; keys that are not listed here are left alone."},
        "contacts": _object("Alternate contacts.", {"billing": _CONTACT, "operations": _CONTACT, "security": _CONTACT}),
        "id": {
            "description": "The account's id: this very account is meant, whatever its e-mail; none is ever created.",
            "type": ["string", "integer"],
            "pattern": "^[0-9]{12}$",
        },
        "full_access": _FULL_ACCESS,
        "pack": _PACK,
    },
    ("name", "unit"),
)
_UNIT: Schema = _object(
    "An organizational unit. Its key is stable: the name may change under it.",
    {
        "name": _input("Name as AWS shows it; the key when left out.", "organizations:CreateOrganizationalUnit Name"),
        "full_access": _FULL_ACCESS,
        "pack": _PACK,
        "units": {"$ref": "#/properties/units"},
    },
)
_GUARDRAIL = _object(
    "A policy of the library with its parameters, attached to a target.",
    {
        "policy": _text("Folder name in `scps/`; the key when left out."),
        "name": _input("Name of the policy in AWS; the key when left out.", "organizations:CreatePolicy Name"),
        "description": _input(
            "Description in AWS; the policy's own when left out.", "organizations:CreatePolicy Description"
        ),
        "target": TARGET,
        "parameters": {"type": "object", "description": "Values for the policy's parameters."},
    },
    ("target",),
)
_BASELINE = _object(
    "A blueprint of the library, deployed to a target by a stack set.",
    {
        "blueprint": _text("File name in `blueprints/`; the key with underscores when left out."),
        "target": TARGET,
        "regions": {
            "description": "Regions, or `home`; all governed regions when left out.",
            "oneOf": [{"const": "home"}, {"type": "array", "items": _REGION, "minItems": 1, "uniqueItems": True}],
        },
        "management": _flag("Deploy to the management account too, by a plain stack: a stack set never reaches it."),
        "parameters": {"type": "object", "description": "Values for the blueprint's parameters."},
        "deployment": {"$ref": "#/definitions/deployment"},
    },
    ("target",),
)
_DEPLOYMENT = _object(
    "How fast a stack set rolls out, and when it stops.",
    {
        "max_concurrent": _number("Accounts at once per region."),
        "failure_tolerance": _number("Failed stacks a region may have.", 0),
    },
)


_ORGANIZATION = _object(
    "The organization itself.",
    {
        "name": _text("What this organization is called in plans and reports.", minLength=1, maxLength=64),
        "id": _text("Refuse to run against any other organization.", pattern="^o-[a-z0-9]{10,32}$"),
        "home_region": {**_REGION, "description": "Where stack sets, the trail and aggregators live."},
        "governed_regions": {
            "type": "array",
            "description": "Regions in which services and baselines are set up; includes the home region.",
            "items": _REGION,
            "minItems": 1,
            "uniqueItems": True,
        },
        "stack_sets_by_region_group": _flag(
            "One stack set for each part of the world instead of one for all regions: needed before "
            "accounts × regions reach 100,000. Choose before the first apply: a change moves every stack."
        ),
        "root": _object("The root of the organization.", {"pack": _PACK}),
        "known_policies": {
            **_names(
                "Policies of others that may be in force: ids, or names with `*` anywhere but at the beginning, "
                "as `aws-guardrails-*` of Control Tower. Any other is drift."
            ),
            "items": {"type": "string", "pattern": r"^[^*\s]", "maxLength": 130},
        },
        "policy_types": {
            **_names("Policy types to enable besides those that guardrails need."),
            "items": allowed("organizations:EnablePolicyType PolicyType"),
        },
        "trusted_access": {
            **_names("Service principals to trust besides those that services need."),
            "items": {"enum": list(SERVICES)},
        },
    },
    ("name", "home_region", "governed_regions"),
)
_ROLES = _object(
    "Which account plays which part; any account may.",
    {
        "management": _text("Key of the management account."),
        "log_archive": _text("Key of the account that holds the logs."),
        "security_tooling": _text("Key of the delegated administrator of the security services."),
    },
    ("management", "log_archive", "security_tooling"),
)
_ACCESS = _object(
    "IAM roles that the tool and the guardrails must know.",
    {
        "member_role": _input(
            "Role in each member account that the management account assumes.", "organizations:CreateAccount RoleName"
        ),
        "read_role": _input(
            "Role in each member account that can only read, which plan and drift assume instead. The blueprint "
            "`read-role` makes `landing-read`.",
            "organizations:CreateAccount RoleName",
        ),
        "exempt_roles": _names("More roles that protective guardrails exempt: ARNs or names, `*` allowed."),
    },
)
_LOCK = _object(
    "The S3 object that keeps two runs apart, whatever machines they are on. The bucket must exist.",
    {
        "bucket": _text("Name of the bucket.", pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        "key": _text(
            "Name of the object; `landing.lock` when left out. One for each organization.", minLength=1, maxLength=1024
        ),
        "account": _text("Key of the account that owns the bucket; the management account when left out."),
        "region": {**_REGION, "description": "Region of the bucket; the home region when left out."},
    },
    ("bucket",),
)
_DELEGATED_ADMINISTRATORS: Schema = {
    "type": "object",
    "description": "Account key by service principal, besides those that services need.",
    "propertyNames": {"enum": [principal for principal, most in SERVICES.items() if most]},
    "additionalProperties": {"type": "string"},
}
_TIMEOUTS = _object(
    "How long AWS may take, as `90s`, `30m` or `6h`; a run that gives up can be run again.",
    {
        name: _text(f"{each.description} Default: {shown(each.seconds)}.", pattern=PATTERN)
        for name, each in DEADLINES.items()
    },
)
_LIMITS: Schema = {
    "type": "object",
    "description": "Quotas that AWS has raised for you, by policy type.",
    "additionalProperties": _object(
        "Limits of a policy type.",
        {
            "size": _number("Characters a document may have."),
            "attached": _number("Policies a target may have."),
        },
    ),
}


def compose(services: Mapping[str, Schema]) -> Schema:
    """The whole schema; `services` holds the schema of each key under `services`, as the kinds declare them."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "landing configuration",
        "type": "object",
        "additionalProperties": False,
        "required": ["organization", "roles", "accounts"],
        "definitions": {"deployment": _DEPLOYMENT},
        "properties": {
            "organization": _ORGANIZATION,
            "roles": _ROLES,
            "access": _ACCESS,
            "lock": _LOCK,
            "units": _by_key("Organizational units by stable key; `units` inside nests them.", _UNIT),
            "accounts": _by_key("Accounts by stable key.", _ACCOUNT),
            "guardrails": _by_key("Preventive controls by stable key.", _GUARDRAIL),
            "baselines": _by_key("Blueprints by stable key.", _BASELINE),
            "services": _object("Organization-wide services.", dict(services)),
            "delegated_administrators": _DELEGATED_ADMINISTRATORS,
            "timeouts": _TIMEOUTS,
            "limits": _LIMITS,
        },
    }


def with_defaults(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """The value with the schema's defaults filled in, at every depth of plain objects."""
    filled = dict(value)
    for name, part in schema.get("properties", {}).items():
        if name in filled and isinstance(filled[name], Mapping):
            filled[name] = with_defaults(part, filled[name])
        elif name not in filled and "default" in part:
            filled[name] = part["default"]
    return filled
