"""The JSON Schema (draft-07) of the config: what `landing schema` prints and every load is checked against."""

from __future__ import annotations

from collections.abc import Mapping

from landing.config import pipeline, playbooks
from landing.core.constraints.inputs import allowed
from landing.core.constraints.principals import ACCOUNT, PRINCIPALS, SERVICES, STACKSETS
from landing.core.deadlines import DEADLINES, PATTERN, shown
from landing.core.quotas import TAGS_PER_RESOURCE
from landing.core.vocabulary import KEY, REGION, TAGS, TARGET, Schema, by_key, flag, mapping, names, number, sent, text
from landing.organization import ACCOUNT_TAGS, Strictness

_STRICTNESS = {
    "description": "What `drift` makes of what others have here and below. `strict`: whatever is neither declared nor "
    "ours is drift. `normal` (the default at the root): policies of others that are in force, unless "
    "`known_policies` names them. `lenient`: nothing is, all is counted.",
    "enum": [each.value for each in Strictness],
}
_PACK = flag("Put the guardrails that are attached here together, in as few policies as the limits allow.")
_FULL_ACCESS = {
    "description": "Whether FullAWSAccess is attached; false for an allow-list strategy. Left out, it stays as found.",
    "type": "boolean",
}
_CONTACT = mapping(
    "An alternate contact.",
    {
        "name": sent("Full name.", "account:PutAlternateContact Name"),
        "title": sent("Job title.", "account:PutAlternateContact Title"),
        "email": sent("E-mail address.", "account:PutAlternateContact EmailAddress"),
        "phone": sent("Phone number.", "account:PutAlternateContact PhoneNumber"),
    },
    ("name", "title", "email", "phone"),
)
_CONTACTS = {"billing": _CONTACT, "operations": _CONTACT, "security": _CONTACT}
_ACCOUNT_NAME = sent(
    "Account name as AWS shows it.", "organizations:CreateAccount AccountName", "account:PutAccountName AccountName"
)
_ACCOUNT = mapping(
    "An account of the organization. Its key is stable: name, e-mail and unit may change under it.",
    {
        "name": text("Account name as AWS shows it.", minLength=1, maxLength=128),
        "email": sent(
            "E-mail address of the root user; needed unless the account is there already or "
            "`organization.email_pattern` makes it.",
            "organizations:CreateAccount Email",
        ),
        "unit": text("Unit key as a path, or `root`."),
        "tags": {
            **TAGS,
            "description": "Tags; keys that are not listed here are left alone.",
            "maxProperties": TAGS_PER_RESOURCE - len(ACCOUNT_TAGS),
        },
        "contacts": mapping("Alternate contacts.", _CONTACTS),
        "id": {
            "description": "The account's id: this very account is meant, whatever its e-mail; none is ever created.",
            "type": ["string", "integer"],
            "pattern": "^[0-9]{12}$",
        },
        "join": {
            "description": "`invite`: while the account of this `id` is no member, it is invited; else it is an error.",
            "enum": ["invite"],
        },
        "full_access": _FULL_ACCESS,
        "pack": _PACK,
    },
    ("name", "unit"),
) | {"if": {"not": {"required": ["id"]}}, "then": {"properties": {"name": _ACCOUNT_NAME}}}
"""Of an account that is there already the name is what it is: longer, if it was invited, than AWS takes it now."""
_UNIT: Schema = mapping(
    "An organizational unit. Its key is stable: the name may change under it.",
    {
        "name": sent("Name as AWS shows it; the key when left out.", "organizations:CreateOrganizationalUnit Name"),
        "full_access": _FULL_ACCESS,
        "pack": _PACK,
        "strictness": _STRICTNESS,
        "units": {"$ref": "#/properties/units"},
    },
)
_GUARDRAIL = mapping(
    "A policy of the library with its parameters, attached to a target.",
    {
        "policy": text("Folder name in `scps/`; the key when left out."),
        "name": sent("Name of the policy in AWS; the key when left out.", "organizations:CreatePolicy Name"),
        "description": sent(
            "Description in AWS; the policy's own when left out.", "organizations:CreatePolicy Description"
        ),
        "target": TARGET,
        "nested": flag(
            "Attach it to every unit and account that the target names, also below a unit that has it already."
        ),
        "parameters": {"type": "object", "description": "Values for the policy's parameters."},
    },
    ("target",),
)
_BASELINE = mapping(
    "A blueprint of the library, deployed to a target by a stack set.",
    {
        "blueprint": text("File name in `blueprints/`; the key with underscores when left out."),
        "target": TARGET,
        "regions": {
            "description": "Regions, or `home`; all governed regions when left out.",
            "oneOf": [{"const": "home"}, {"type": "array", "items": REGION, "minItems": 1, "uniqueItems": True}],
        },
        "stack_set": text(
            "Name of a stack set that is there already: it is changed, and never deleted; `landing-KEY` is made when "
            "left out.",
            pattern="^[A-Za-z][A-Za-z0-9-]{0,127}$",
        ),
        "management": flag("Deploy to the management account too, by a plain stack: a stack set never reaches it."),
        "parameters": {"type": "object", "description": "Values for the blueprint's parameters."},
        "deployment": {"$ref": "#/definitions/deployment"},
    },
    ("target",),
)
_STACK = mapping(
    "A blueprint, deployed by plain stacks: one in each of the accounts and regions.",
    {
        "blueprint": text("File name in `blueprints/`; the key with underscores when left out."),
        "accounts": {**names("Keys of the accounts; the management account may be among them."), "minItems": 1},
        "regions": {
            "description": "Regions; the home region when left out.",
            "oneOf": [{"const": "home"}, {"type": "array", "items": REGION, "minItems": 1, "uniqueItems": True}],
        },
        "parameters": {
            "type": "object",
            "description": "Values for the blueprint's parameters; `{{ stacks.KEY.outputs.NAME }}` is an output of "
            "another stack, `@account/region` behind NAME says of which.",
        },
    },
    ("accounts",),
)
_DEPLOYMENT = mapping(
    "How fast a stack set rolls out, and when it stops.",
    {
        "max_concurrent": number("Accounts at once per region."),
        "failure_tolerance": number("Failed stacks a region may have.", 0),
    },
)
_GATE = mapping(
    "What must hold before the next wave begins, besides that nothing of this one is left or has failed.",
    {
        "denials_per_minute": number(
            "Requests a minute that guardrails may deny, by the metric of `services.alarms`.", 0
        ),
        "high_findings": number("New findings of high or critical severity that Security Hub may have.", 0),
        "minutes": number("How long after the wave began denials and findings are looked for.")
        | {"maximum": 20_160, "default": 15},
        "approval": {
            "description": "`person`: somebody says yes, when asked by `apply` or by `--approve-wave`.",
            "enum": ["person"],
        },
    },
)
_WAVES: Schema = {
    "type": "array",
    "description": "Which units and accounts are changed first, in this order; all else comes last: `rest`.",
    "minItems": 1,
    "maxItems": 20,
    "items": mapping(
        "A wave.",
        {"name": text("What it is called.", pattern=KEY), "target": TARGET, "gate": _GATE},
        ("name", "target"),
    ),
}


def _trusted(most: int) -> Schema:
    """A service with trusted access, and the accounts that administer it: at most so many."""
    if not most:
        return mapping("It has no delegated administrator.", {})
    one = {"type": "string"}
    several = {"type": "array", "items": one, "minItems": 1, "maxItems": most, "uniqueItems": True}
    described = f"Key of the account that administers it{f', or keys of at most {most}' if most > 1 else ''}."
    either: Schema = {"oneOf": [one, several]} if most > 1 else one
    return mapping("Trusted access.", {"administrator": {"description": described, **either}})


_ORGANIZATION = mapping(
    "The organization itself.",
    {
        "name": text("What this organization is called in plans and reports.", minLength=1, maxLength=64),
        "id": text("Refuse to run against any other organization.", pattern="^o-[a-z0-9]{10,32}$"),
        "home_region": {**REGION, "description": "Where stack sets, the trail and aggregators live."},
        "governed_regions": {
            "type": "array",
            "description": "Regions in which services and baselines are set up; includes the home region.",
            "items": REGION,
            "minItems": 1,
            "uniqueItems": True,
        },
        "stack_sets_by_region_group": flag(
            "One stack set for each part of the world instead of one for all regions: needed before "
            "accounts × regions reach 100,000. Choose before the first apply: a change moves every stack."
        ),
        "enable_opt_in_regions": flag(
            "Enable governed regions that are off until an account enables them, in every account; and those that a "
            "baseline or stack names, where it goes. Waits until they are on; none is disabled again."
        ),
        "new_accounts": mapping(
            "What becomes of accounts that are made.",
            {
                "quarantine": text(
                    "Key of the unit in which they wait, until the stack sets that cover it stand in them; then each "
                    "moves to its own `unit`."
                )
            },
            ("quarantine",),
        ),
        "email_pattern": text(
            "E-mail address of the root user of accounts that have no `email` of their own; `{account}` is the key, as "
            "in `aws+{account}@corp.example`.",
            pattern=r"^[^\s@{}]*\{account\}[^\s@{}]*@[^\s@{}]+\.[^\s@{}]+$",
            maxLength=64,
        ),
        "contacts": mapping("Alternate contacts of every account that has none of the kind itself.", _CONTACTS),
        "root": mapping("The root of the organization.", {"pack": _PACK, "strictness": _STRICTNESS}),
        "known_policies": {
            **names(
                "Policies of others that may be in force: ids, or names with `*` anywhere but at the beginning, "
                "as `aws-guardrails-*` of Control Tower. Any other is drift."
            ),
            "items": {"type": "string", "pattern": r"^[^*\s]", "maxLength": 130},
        },
        "policy_types": {
            **names("Policy types to enable besides those that guardrails need."),
            "items": allowed("organizations:EnablePolicyType PolicyType"),
        },
        "untrusted": {
            **names(
                "Service principals that stay without trusted access, of those that are trusted unasked: accounts are "
                "not renamed then, or no stack sets made."
            ),
            "items": {"enum": [ACCOUNT, STACKSETS]},
        },
        "trusted_access": mapping(
            "Services that work across the organization, besides those under `services`: who administers them.",
            {name: _trusted(SERVICES[principal]) for name, principal in sorted(PRINCIPALS.items())},
        ),
    },
    ("name", "home_region", "governed_regions"),
)
_ROLES = mapping(
    "Which account plays which part; any account may.",
    {
        "management": text("Key of the management account."),
        "log_archive": text("Key of the account that holds the logs."),
        "security_tooling": text("Key of the delegated administrator of the security services."),
        "forensics": text("Key of the account that playbooks share evidence with; better one of its own."),
    },
    ("management", "log_archive", "security_tooling"),
)
_ACCESS = mapping(
    "IAM roles that the tool and the guardrails must know.",
    {
        "member_role": sent(
            "Role in each member account that the management account assumes.", "organizations:CreateAccount RoleName"
        ),
        "read_role": sent(
            "Role in each member account that can only read, which plan and drift assume instead. The blueprint "
            "`read-role` makes `landing-read`.",
            "organizations:CreateAccount RoleName",
        ),
        "pipeline": pipeline.SCHEMA,
        "exempt_roles": names("More roles that protective guardrails exempt: ARNs or names, `*` allowed."),
    },
)
_LOCK = mapping(
    "The S3 object that keeps two runs apart, whatever machines they are on. The bucket must exist, unless "
    "`landing bootstrap` makes it.",
    {
        "bucket": text("Name of the bucket.", pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"),
        "key": text(
            "Name of the object; `landing.lock` when left out. One for each organization.", minLength=1, maxLength=1024
        ),
        "account": text("Key of the account that owns the bucket; the management account when left out."),
        "region": {**REGION, "description": "Region of the bucket; the home region when left out."},
    },
    ("bucket",),
)
_TIMEOUTS = mapping(
    "How long AWS may take, as `90s`, `30m` or `6h`; a run that gives up can be run again.",
    {
        name: text(f"{each.description} Default: {shown(each.seconds)}.", pattern=PATTERN)
        for name, each in DEADLINES.items()
    },
)
_LIMITS: Schema = {
    "type": "object",
    "description": "Quotas that AWS has raised for you, by policy type.",
    "additionalProperties": mapping(
        "Limits of a policy type.",
        {
            "size": number("Characters a document may have."),
            "attached": number("Policies a target may have."),
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
            "units": by_key("Organizational units by stable key; `units` inside nests them.", _UNIT),
            "accounts": by_key("Accounts by stable key.", _ACCOUNT),
            "guardrails": by_key("Preventive controls by stable key.", _GUARDRAIL),
            "baselines": by_key("Blueprints by stable key.", _BASELINE),
            "stacks": by_key("Plain stacks by stable key.", _STACK),
            "playbooks": by_key("What is done when something happens, by stable key.", playbooks.SCHEMA)
            | {"propertyNames": {"pattern": playbooks.KEY}},
            "services": mapping("Organization-wide services.", dict(services)),
            "deployment": mapping("How changes reach the organization.", {"waves": _WAVES}),
            "removed": names("Addresses of what is no longer managed: it stays as it is, and our mark is taken off."),
            "timeouts": _TIMEOUTS,
            "limits": _LIMITS,
        },
    }
