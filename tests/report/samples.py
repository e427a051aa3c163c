"""Organizations, plans and drift reports that the report tests render; made from the dataclasses, without AWS."""

from __future__ import annotations

from landing.core.model import Action, Address, Change, Diagnostic, Gap, Scope, Severity, Source
from landing.engine.drift import Finding, Report, Status, report
from landing.engine.plan import Origin, Plan
from landing.organization import Account, ForeignPolicy, Organization, Unit

UNITS = ("security", "workloads", "workloads/prod", "workloads/dev", "sandbox")
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
ORIGIN = Origin(
    organization="acme",
    organization_id="o-a1b2c3d4e5",
    account="111122223333",
    caller="arn:aws:sts::111122223333:assumed-role/plan/alice",
    config_digest="4f" * 32,
    created="2026-11-23T14:02:11Z",
    version="0.0.0",
)
HOSTILE = "\x1b]0;x\x07\r\n</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}|`@here` #1 \\| --> ::error::x ]]>##[error]y\u202e\ud800"
"""Everything that could mean something to a terminal, a browser, a template, Markdown, a workflow or a parser."""


def at(line: int, file: str = "config/organization.yaml") -> Source:
    return Source(file, line, 3)


def organization(accounts: int = 12, name: str = "acme") -> Organization:
    """`accounts` workload accounts beside the three that hold a role."""
    units = {
        key: Unit(key, key.rsplit("/", maxsplit=1)[-1].title(), key.rpartition("/")[0] or "root", source=at(20 + n))
        for n, key in enumerate(UNITS)
    }
    roles = {"management": "root", "log-archive": "security", "security-tooling": "security"}
    held = roles | {f"team-{n:05}": UNITS[2 + n % 3] for n in range(accounts)}
    return Organization(
        name=name,
        id="o-a1b2c3d4e5",
        home_region="eu-west-1",
        governed_regions=REGIONS,
        stack_sets_by_region_group=False,
        partition="aws",
        management="management",
        log_archive="log-archive",
        security_tooling="security-tooling",
        member_role="OrganizationAccountAccessRole",
        exempt_roles=(),
        admitted_roles=(),
        units=units,
        accounts={
            key: Account(key, key.title(), f"aws+{key}@acme.example", unit, source=at(10 + n, "config/accounts.yaml"))
            for n, (key, unit) in enumerate(held.items())
        },
        guardrails={},
        deployments={},
        services={},
        trusted_access={},
        delegated_administrators={},
        policy_types={},
        known_policies=("aws-guardrails-*",),
        source=at(1),
    )


REGION_LOCK = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyOutsideRegions",
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}},
        },
        {"Sid": "DenyLeaving", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
    ],
}


def with_region(document: dict, regions: list[str]) -> dict:
    first, *rest = document["Statement"]
    condition = {"StringNotEquals": {"aws:RequestedRegion": regions}}
    return {**document, "Statement": [{**first, "Condition": condition}, *rest]}


def policy(before: object, after: object) -> Change:
    shared = {"type": "SERVICE_CONTROL_POLICY", "name": "region-lock", "description": "d", "managed": True}
    return Change(
        Action.UPDATE,
        Address("policy", "region-lock"),
        {**shared, "content": before},
        {**shared, "content": after},
        source=at(58),
    )


def account(key: str, action: Action = Action.CREATE, **differs: str) -> Change:
    attributes = {"name": key.title(), "email": f"aws+{key}@acme.example", "unit": "sandbox", "tags": {"env": "dev"}}
    before = None if action is Action.CREATE else attributes | differs
    after = None if action is Action.DELETE else attributes
    source = None if action is Action.DELETE else at(211, "config/accounts.yaml")
    return Change(action, Address("account", key), before, after, source=source)


def attachments(target: str, before: list[str], after: list[str]) -> Change:
    sides = ({"policies": before} if before else None), ({"policies": after} if after else None)
    action = Action.UPDATE if all(sides) else Action.CREATE if after else Action.DELETE
    return Change(action, Address("attachments", target), *sides, source=at(73) if after else None)


def stack(name: str, key: str, region: str, *, retention: int = 365, was: int | None = 30) -> Change:
    """A stack of an account, whose bucket carries the account's name."""

    def side(days: int) -> dict:
        return {"parameters": {"Retention": str(days), "Bucket": f"logs-{key}-{region}"}, "protected": True}

    action = Action.CREATE if was is None else Action.UPDATE
    before = None if was is None else side(was)
    return Change(action, Address("stack", name, Scope(key, region)), before, side(retention), source=at(12))


def changes() -> list[Change]:
    """Some of everything: a policy, a detachment, accounts made and moved, stacks that fold and two that are odd."""
    wide = with_region(REGION_LOCK, ["eu-west-1", "us-east-1", "eu-central-1"])
    stacks = [stack("baseline", f"team-{n:05}", region) for n in range(12) for region in REGIONS]
    stacks[3:5] = [stack("baseline", f"team-{n:05}", "eu-central-1", retention=7) for n in (1, 2)]
    found = [
        policy(REGION_LOCK, wide),
        attachments("unit/sandbox", ["FullAWSAccess", "protect-logs"], ["FullAWSAccess"]),
        account("payments-dev-3"),
        account("payments-dev-4"),
        account("team-00001", Action.UPDATE, unit="workloads/prod"),
        Change(Action.DELETE, Address("config_rule", "old", Scope("security-tooling", "eu-west-1")), {"a": 1}, None),
        *{change.address: change for change in stacks}.values(),
    ]
    return sorted(found, key=lambda change: change.address)


def denied(region: str, number: int) -> Diagnostic:
    """What GuardDuty answers in a region."""
    return Diagnostic(
        "",
        "no",
        operation="ListDetectors",
        scope=Scope("security-tooling", region),
        aws_code="AccessDeniedException",
        request_id=f"0000-{number}",
    )


def plan(*more: Change) -> Plan:
    """A plan with something of everything, gaps and unmanaged resources included."""
    gaps = tuple(
        Gap("guardduty", Scope("security-tooling", region), denied(region, n)) for n, region in enumerate(REGIONS)
    )
    unmanaged = (Address("policy", "test-1"), Address("policy", "test-2"))
    foreign = (
        foreign_policy("DenyS3", "root", "account/team-00001"),
        foreign_policy("aws-guardrails-AbCdEf", "unit/security"),
    )
    return Plan((*changes(), *more), gaps, unmanaged, 4120, ORIGIN, foreign=foreign)


def foreign_policy(name: str, *nodes: str) -> ForeignPolicy:
    address = Address("policy", name)
    return ForeignPolicy(f"p-{name[:8].lower()}", name, "SERVICE_CONTROL_POLICY", nodes, address)


def drift(*more: Change) -> Report:
    """The same read as drift."""
    return report(organization(), plan(*more))


def empty() -> Plan:
    return Plan((), in_sync=4120, made_from=ORIGIN)


def many(count: int) -> Plan:
    """`count` changes: most fold into two groups, every hundredth is a deletion of its own."""
    found: list[Change] = []
    for number in range(count):
        key, region = f"team-{number // 3:05}", REGIONS[number % 3]
        if number % 100 == 99:
            address = Address("stack", "old", Scope(key, region))
            found.append(Change(Action.DELETE, address, {"parameters": {}, "protected": True}, None))
        else:
            found.append(stack("baseline", key, region, retention=7 if number % 40 == 1 else 365))
    return Plan(tuple(sorted(found, key=lambda change: change.address)), in_sync=count, made_from=ORIGIN)


def distinct(count: int) -> Plan:
    """`count` changes of which no two fold."""
    found = [stack("baseline", f"team-{number:05}", "eu-west-1", retention=number + 31) for number in range(count)]
    return Plan(tuple(found), in_sync=count, made_from=ORIGIN)


def hostile(text: str = HOSTILE) -> Plan:
    """The same text wherever AWS or the config could put one."""
    attributes = {"name": text, "email": text, "unit": text, "tags": {text: text}}
    source = Source(text, 1, 1)
    scope = Scope(text, text)
    found = [
        Change(Action.CREATE, Address("account", text), None, attributes, source=source),
        Change(Action.UPDATE, Address("account", text + "2"), attributes | {"name": "n"}, attributes, source=source),
        Change(Action.DELETE, Address("stack", text, scope), {"parameters": {text: text}}, None),
        stack(text, text, text),
        stack(text, text + "3", text),
        attachments(f"unit/{text}", ["a", text], ["a"]),
    ]
    foreign = (ForeignPolicy(text, text, text, ("root", f"account/{text}"), Address("policy", text + "4")),)
    origin = Origin(text, text, text, text, text, text, text)
    return Plan(
        tuple(found),
        (Gap("trail", scope, Diagnostic("", text), text),),
        (Address("policy", text),),
        1,
        origin,
        foreign=foreign,
    )


def declared(org: Organization) -> list[Address]:
    """What a config like this asks for: one of each kind that a map shows."""
    found = [Address("account", key) for key in org.accounts]
    found += [Address("stack", "baseline", Scope(key, region)) for key in org.accounts for region in REGIONS]
    found += [Address("unit", key) for key in org.units]
    found += [Address("attachments", f"unit/{key}") for key in org.units] + [Address("attachments", "root")]
    found += [Address("policy", "region-lock"), Address("trail", "organization")]
    scopes = [Scope("security-tooling", region) for region in REGIONS]
    return found + [Address(kind, "organization", scope) for kind in ("guardduty", "security_hub") for scope in scopes]


def findings(count: int) -> Report:
    """`count` findings, each at a line of the config of its own and different from all others."""
    found = tuple(
        Finding(
            Status.CHANGED,
            Severity.HIGH if number % 3 else Severity.LOW,
            Address("stack", f"stack-{number:05}", Scope(f"team-{number:05}", "eu-west-1")),
            "Stack",
            declared_at=at(number + 1),
            diff=(("parameters.Retention", "365", str(number)),),
        )
        for number in range(count)
    )
    return Report(found, 100, Plan((), made_from=ORIGIN))


PROBLEMS = [
    Diagnostic(
        "LZ201", "unknown key `emial` in account", at(25, "config/accounts.yaml"), "did you mean `email`?", length=5
    ),
    Diagnostic(
        "LZ201", "unknown key `nmae` in account", at(25, "config/accounts.yaml"), pointer=("accounts", "a", "nmae")
    ),
    Diagnostic("LZ342", "the document uses 9,988 of 10,240 characters", at(58), severity="warning"),
    Diagnostic("LZ101", "no config found"),
]
