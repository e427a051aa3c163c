"""Service-managed stack sets: how a blueprint reaches every account of a target."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint import canonical
from landing.core import forms
from landing.core.errors import ImpossiblePlan
from landing.core.model import (
    ORGANIZATION,
    Action,
    Address,
    Attributes,
    Change,
    Diagnostic,
    Gap,
    Resource,
    Scope,
    Severity,
)
from landing.core.spelling import nearest
from landing.organization import PREFIX, Cover, Deployment, Organization
from landing.organization.resources import OPT_IN, RELEASE, STACK_SET
from landing.services.base import GoingOn, Ownership, between, required_account
from landing.services.organizations.governed import GovernedRegion
from landing.services.organizations.trusted_access import STACKSETS, TrustedAccess
from landing.services.organizations.unit import OrganizationalUnit
from landing.services.stacks import auto_deployment, existing_recorders
from landing.services.stacks.cloudformation import MARK, ROLLBACK_FAILED, CloudFormationKind
from landing.services.stacks.deletions import deletion_notes, deletions
from landing.services.stacks.instances import BUSY, FAILED, WAITING, instances_of
from landing.services.stacks.operations import Operations
from landing.services.stacks.opt_in import OptIn
from landing.services.stacks.rollout import Rollout, lost, name_in, not_ours
from landing.services.stacks.shards import is_declared, key_of, name_of, names, problems, stack_sets
from landing.services.stacks.stack import Stack
from landing.services.stacks.template_strength import weaker_template
from landing.services.stacks.vault_lock import vault_locks
from landing.services.stacks.waves import UPDATED, inside, waves_of
from landing.services.strength import Weaker, neutral, on, parts

AT_ONCE = 4
"""Stack sets that are read side by side."""

SAMPLES = 3
"""How many instances a note names."""

AS_FOUND = ("auto_deployment", "managed_execution")
"""Settings of a stack set that a baseline names, which the config does not have."""

NESTED = "AWS::CloudFormation::Stack"


class StackSet(CloudFormationKind):
    """A stack set with service-managed permissions (CloudFormation, management account, home region).

    Targets are whole units, and single accounts where only part of a unit is meant. Only whole units get
    stacks for accounts that join later: AWS ignores account filters when it deploys by itself.
    """

    name = STACK_SET
    ownership = Ownership.STACK_SET
    title = "Stack set"
    severity = Severity.HIGH
    help_uri = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "template": weaker_template,
        "parameters": neutral,  # compared in the templates
        "targets": neutral,  # `dangers` tells
        "regions": neutral,  # `dangers` tells
        "auto_deployment": parts(enabled=on, retain=on),
        "managed_execution": neutral,
        "instances": neutral,  # are put back
    }
    reads = (
        "cloudformation:ListStackSets",
        "cloudformation:DescribeStackSet",
        "cloudformation:ListStackInstances",
        "cloudformation:ListStackSetOperations",
        "cloudformation:DetectStackSetDrift",
        "cloudformation:DescribeStackSetOperation",
        "account:ListRegions",
        "cloudformation:ListStackSetOperationResults",
        "cloudformation:ListStackInstanceResourceDrifts",
    )
    writes = (
        "sts:AssumeRole",
        *existing_recorders.REMOVAL,
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:ListStackResources",
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DetectStackDrift",
        "cloudformation:DetectStackResourceDrift",
        "cloudformation:DescribeStackDriftDetectionStatus",
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStackSet",
        "cloudformation:DescribeStackInstance",
        "cloudformation:DescribeStacks",
        "cloudformation:DeleteStackSet",
        "cloudformation:CreateStackInstances",
        "cloudformation:UpdateStackInstances",
        "cloudformation:DeleteStackInstances",
        "cloudformation:ImportStacksToStackSet",
        "cloudformation:UpdateStack",
        "cloudformation:TagResource",
    )
    waits_for = ("account", OPT_IN)
    narrows = True
    canonical: ClassVar[Mapping[str, forms.Form]] = dict.fromkeys(
        ("targets", "regions", "auto_deployment"), forms.unordered
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each deployment that is not for single accounts."""
        for deployment in stack_sets(organization).values():
            cover = organization.cover(deployment.target)
            accounts = [key for key in cover.accounts if key != organization.management]
            if not (cover.units or accounts):
                continue
            attributes = {
                "template": deployment.template,
                "parameters": self.parameters_of(organization, deployment),
                "targets": {"units": sorted(cover.units), "accounts": sorted(accounts)},
                "regions": sorted(deployment.regions),
                "auto_deployment": {
                    "enabled": bool(cover.units),
                    "retain": bool(cover.units),
                    "after": sorted(self._before(organization, deployment)) if cover.units else [],
                },
                "managed_execution": True,
                "instances": {},
            }
            needs = self._needs(organization, deployment, cover.units, accounts)
            yield Resource(
                self.address(deployment.key), attributes, tuple(dict.fromkeys(needs)), source=deployment.source
            )

    def _needs(
        self, organization: Organization, deployment: Deployment, units: tuple[str, ...], accounts: list[str]
    ) -> Iterator[Address]:
        yield TrustedAccess().address(STACKSETS)
        yield from map(GovernedRegion().address, deployment.regions)
        in_waves = organization.in_waves(Cover(units, ()))[:-1]
        yield from (
            OrganizationalUnit().parent(each) for each in (*units, *(u for wave in in_waves for u in wave.units))
        )
        yield from map(required_account, accounts)
        yield from (Address(RELEASE, key) for key in accounts if organization.is_quarantined(key))
        yield from self.accounts_given(organization, self.parameters_of(organization, deployment))
        for key in deployment.requires:
            other = organization.deployments.get(key)
            if other is not None and other.accounts:
                yield from Stack().sites(organization, key, Scope())
        yield from map(self.address, self._before(organization, deployment))

    def _before(self, organization: Organization, deployment: Deployment) -> Iterator[str]:
        """The stack sets that an account must have before this one, also when AWS deploys them by itself."""
        sets = stack_sets(organization)
        for key in deployment.requires:
            yield from (name for name in names(organization, key) if name in sets)

    def addresses(self, organization: Organization, key: str) -> Iterator[Address]:
        """The stack sets of one deployment."""
        return map(self.address, names(organization, key))

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Every stack set within its quota, and of a template that service-managed permissions allow."""
        yield from problems(organization)
        for deployment in stack_sets(organization).values():
            text = canonical(deployment.template)
            nested = f'"Type":"{NESTED}"' in text
            if nested or "Transform" in deployment.template or "Fn::Transform" in text:
                yield Diagnostic(
                    "LZ348",
                    f"the template of {deployment.key} has {'nested stacks' if nested else 'a transform'}: a stack set "
                    "with service-managed permissions takes neither",
                    deployment.source or organization.source,
                    "let the blueprint write out the resources themselves",
                    pointer=("baselines", deployment.key),
                )

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Our stack sets, and those of their instances that are not as they should be."""
        if aws.tree.description is None:
            return
        deployments = stack_sets(organization)
        for key, deployment in deployments.items():
            for region in OptIn(organization, aws).missing(organization, deployment.regions):
                yield self._gap(key, organization.management, region)
        there = aws.tree.survey.stack_sets(organization.home_region)
        for key, deployment in deployments.items():
            if deployment.stack_set and deployment.stack_set not in there:
                why = f"there is no stack set {deployment.stack_set}: take `stack_set` out, and one is made"
                yield Gap(self.name, ORGANIZATION, Diagnostic("", why), key)
        names = [name for name in there if name.startswith(PREFIX) or is_declared(organization, name)]
        with ThreadPoolExecutor(AT_ONCE, self.name) as pool:
            for found in pool.map(partial(self._read_one, organization, aws, deployments), names):
                yield from found

    def _gap(self, key: str, account: str, region: str) -> Gap:
        reason = f"{account} has not enabled the Region {region}: no stack there until it is (account:EnableRegion)"
        return Gap(self.name, Scope(account, region), Diagnostic("", reason), key)

    def _read_one(
        self, organization: Organization, aws: Aws, deployments: Mapping[str, Deployment], name: str
    ) -> list[Resource | Gap]:
        client, key = aws.client("cloudformation"), key_of(organization, name)
        found = client.describe_stack_set(StackSetName=name)["StackSet"]
        reason = not_ours(found, declared=is_declared(organization, name))
        if not reason:
            return list(self._read_ours(organization, aws, client, found, deployments.get(key)))
        why = Diagnostic("", reason, operation=f"stack set {name}")
        return [Gap(self.name, ORGANIZATION, why, key)] if key in deployments else []

    def _read_ours(
        self, organization: Organization, aws: Aws, client: Any, found: dict[str, Any], wanted: Deployment | None
    ) -> Iterator[Resource | Gap]:
        name = found["StackSetName"]
        instances = instances_of(organization, aws, client, found, wanted)
        if aws.detect and instances.expected:
            Operations(aws, client, name).detect_drift()
            found = client.describe_stack_set(StackSetName=name)["StackSet"]
            instances = instances_of(organization, aws, client, found, wanted)
        automatic = found.get("AutoDeployment") or {}
        off = OptIn(organization, aws).missing(organization, wanted.regions) if wanted else ()
        given = wanted.parameters if wanted else {}
        attributes = {
            **self.shown(aws, found["TemplateBody"], found.get("Parameters") or [], given),
            "targets": {"units": instances.units, "accounts": instances.accounts},
            "regions": sorted({*(found.get("Regions") or ()), *off}),
            "auto_deployment": {
                "enabled": automatic.get("Enabled", False),
                "retain": automatic.get("RetainStacksOnAccountRemoval", False),
                "after": sorted(key_of(organization, name_in(arn)) for arn in automatic.get("DependsOn") or ()),
            },
            "managed_execution": (found.get("ManagedExecution") or {}).get("Active", False),
            "instances": aws.symbolic(instances.exceptions()),
        }
        key = key_of(organization, name)
        for each in instances.not_enabled:
            yield self._gap(key, each.account, each.region)
        for each in instances.kept:  # something else stands there for the stack
            yield Resource(self.address(key, Scope(each.account, each.region)), {}, owned=False)
        needs = [OrganizationalUnit().parent(unit) for unit in instances.units]
        needs += map(GovernedRegion().address, found.get("Regions") or ())
        needs += map(self.address, attributes["auto_deployment"]["after"])
        yield Resource(self.address(key), attributes, tuple(needs), owned=not is_declared(organization, name))

    def kept(self, organization: Organization, aws: Aws, key: str) -> Iterator[Scope]:
        """Where a deployment could not be made because of a recorder that the account has already."""
        client = aws.client("cloudformation")
        failed = [{"Name": "DETAILED_STATUS", "Values": "FAILED"}]
        for name in names(organization, key):
            with unless("StackSetNotFoundException"):
                listed = aws.listed(
                    client,
                    "list_stack_instances",
                    "Summaries",
                    StackSetName=name_of(organization, name),
                    Filters=failed,
                )
                for one in listed:
                    if existing_recorders.explains(one.get("StatusReason") or ""):
                        yield Scope(aws.tree.account_keys.get(one["Account"], one["Account"]), one["Region"])

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """Of one that a baseline names, how AWS deploys by itself and side by side is no affair of the config.

        One of ours stays behind what the config has let go of (`removed`), and what is there still.
        """
        sets, found = stack_sets(organization), live.get(wanted.address)
        deployment = sets.get(wanted.address.name)
        if deployment is None or found is None:
            return wanted
        if not deployment.stack_set:
            before = (found.attributes.get("auto_deployment") or {}).get("after", ())
            kept = [key for key in before if key not in sets and organization.lets_go(self.address(key))]
            automatic = wanted.attributes["auto_deployment"]
            if not kept or not automatic["enabled"]:
                return wanted
            automatic = {**automatic, "after": sorted({*automatic["after"], *kept})}
            return replace(wanted, attributes={**wanted.attributes, "auto_deployment": automatic})
        as_it_is = {part: found.attributes[part] for part in AS_FOUND if part in found.attributes}
        return replace(wanted, attributes={**wanted.attributes, **as_it_is})

    def set_off(self, organization: Organization, changes: Collection[Change]) -> Iterable[Address]:
        """Stack sets that AWS deploys by itself to accounts that have joined a unit."""
        return map(self.address, auto_deployment.concerned(organization, changes))

    def going_on(
        self, organization: Organization, aws: Aws, address: Address, changes: Collection[Change]
    ) -> GoingOn | None:
        """An operation, or instances that are still to come; the same calls however many accounts have joined."""
        return auto_deployment.going_on(organization, aws, address.name, changes)

    def waves(self, organization: Organization, change: Change, coming: Collection[str] = ()) -> Collection[int]:
        """Those to which something new comes; the last where the set as such changes, or something goes."""
        return waves_of(organization, stack_sets(organization).get(change.address.name), change, coming)

    def begun(self, change: Change, present: Attributes) -> bool:
        """Whether some instances have been mended since, or an operation runs, and all else is on one of both sides.

        In waves, some units have what is new and others wait for it: they are missing or outdated.
        """
        before, after = change.before, change.after
        if after is None:
            return False
        rest = {part: value for part, value in present.items() if part not in ("instances", "regions", "targets")}
        if not between(change, rest) or not _reach_between(before, after, present):
            return False
        extended = before is None or any(before[part] != after[part] for part in (*UPDATED, "targets", "regions"))
        known = {BUSY, *(before["instances"] if before else ())}
        extended |= before is not None and BUSY in before["instances"]
        instances: Mapping[str, str] = present.get("instances", {})
        return all(site in known or (extended and what.startswith(NOT_YET)) for site, what in instances.items())

    def severity_of(self, organization: Organization, change: Change) -> Severity:
        """An operation that runs is no harm yet."""
        return Severity.LOW if self.under_way(change) else super().severity_of(organization, change)

    def controls_of(self, organization: Organization, address: Address) -> tuple[str, ...]:
        """Those of what it deploys, whichever part of it."""
        deployment = stack_sets(organization).get(address.name)
        return (*self.controls, *(deployment.controls if deployment else ()))

    def under_way(self, change: Change) -> str:
        """An operation that runs: how the instances are is known when it has ended. Or a wave that is still to come."""
        before, after = change.before or {}, change.after or {}
        instances: Mapping[str, str] = before.get("instances", {})
        if not instances or {**before, "instances": {}} != after:
            return ""
        waiting = all(what.startswith(WAITING) for what in instances.values())
        return instances.get(BUSY, f"{len(instances)} instances wait for a later wave" if waiting else "")

    def at_work(self, change: Change) -> str:
        """An operation that runs: what waits for a later wave is still to be changed."""
        said = self.under_way(change)
        return said if BUSY in (change.before or {}).get("instances", {}) else ""

    def dangers(self, change: Change) -> Iterable[str]:
        """Deleting it, what its template deletes, units, accounts or regions taken; units stay that a new one holds."""
        yield from super().dangers(change)
        if deletions(change):
            yield self.removal
        before, after = change.before, change.after
        if before and after:
            had, has = before["targets"], after["targets"]
            targets = any(not inside(unit, has["units"]) for unit in had["units"])
            targets |= bool(lost(had["accounts"], has["accounts"]))
            if targets or lost(before["regions"], after["regions"]):
                yield self.removal
            if _taken(before):
                yield existing_recorders.REPLACE

    def impossible(self, change: Change, live: Mapping[Address, Resource]) -> Iterable[str]:
        """What outlives its stack keeps the one from being made anew of who stays below a unit that goes."""
        kept = sorted(_outliving((change.before or {}).get("template", {})))
        for unit, part in _narrowed_units(change) if kept else ():
            yield (
                f"AWS deletes every stack below {unit}, those of {', '.join(part)} too, and what "
                f"outlives its stack ({', '.join(kept)}) keeps a new one from being made. Leave {unit} in the target, "
                "and move the accounts that are to have none to another unit"
            )

    def narrowed(self, change: Change, scopes: Collection[Scope]) -> Change | None:
        """The repair of the instances in these accounts; what runs on the set is waited for all the same.

        Never a change of the set itself. UpdateStackSet with a new template and narrowed DeploymentTargets leaves all
        other instances OUTDATED, and accounts that join get the new one. Nor is one repaired that waits for its wave.
        """
        before, after = change.before or {}, change.after or {}
        odd = sorted(part for part in {*before, *after} - {"instances"} if before.get(part) != after.get(part))
        if change.action is not Action.UPDATE or odd:
            what = f"update of {', '.join(odd)}" if change.action is Action.UPDATE else change.action.value
            raise ImpossiblePlan(
                f"{change.address}: its {what} is for all its accounts. Only the repair of its instances can be "
                f"narrowed to {_listed(scopes)}: plan it whole, without @account"
            )
        if change.only:
            scopes = {s for s in scopes if s.in_any(change.only)} | {s for s in change.only if s.in_any(scopes)}
        instances = {
            site: what
            for site, what in before["instances"].items()
            if (site == BUSY or _place(site).in_any(scopes)) and not what.startswith(WAITING)
        }
        if not instances:
            return None
        return replace(change, before={**before, "instances": instances}, only=tuple(sorted(scopes)))

    def out_of_reach(self, organization: Organization, address: Address, scope: Scope, live: Attributes | None) -> str:
        """An account or Region of which the stack set has, and is to have, no instance."""
        if any(_place(site).in_any([scope]) for site in (live or {}).get("instances", ())):
            return ""  # also one that it is not to have any more
        if scope.account not in organization.accounts:
            hint = nearest(scope.account, organization.accounts, "--target ADDR@KEY takes the key of an account")
            return f"the config has no account {scope.account}: {hint}"
        deployment = stack_sets(organization).get(address.name)
        reached = organization.members(deployment.target) if deployment else ()
        if scope.account == organization.management or scope.account not in reached:
            return f"{address} does not reach {scope.account}"
        if deployment and scope.region and scope.region not in deployment.regions:
            return f"{address} is deployed to {', '.join(deployment.regions)}, and not to {scope.region}"
        return ""

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Stacks that it means, locks for ever, and members that are entered for rollbacks that may have failed."""
        deployment = stack_sets(organization).get(change.address.name)
        if deployment is not None:
            accounts = [key for key in organization.members(deployment.target) if key != organization.management]
            regions = len(deployment.regions)
            reach = f"{len(accounts):,} accounts × {regions} regions = {len(accounts) * regions:,} stacks"
            yield (
                f"narrowed: of {reach}, only those in {_listed(change.only)}; the others stay as they are"
                if change.only
                else f"reach: {reach}"
            )
        for unit, part in _narrowed_units(change):
            yield f"AWS deletes every stack below {unit}: those of {', '.join(part)} go too, and are made anew"
        if self.at_work(change):
            yield "AWS may be at it by itself: an apply waits for that, and changes only what it leaves"
        yield from vault_locks(change)
        yield from deletion_notes(change)
        instances = (change.before or {}).get("instances", {}) if change.after is not None else {}
        if taken := _taken(change.before or {}):
            yield f"replaces the recorder of AWS Config in {_some(taken)}, with its delivery channel"
        failed = [site for site, what in instances.items() if what.startswith(FAILED)]
        if failed:
            yield (
                f"rollback: continued in the member where the stack is in {ROLLBACK_FAILED}, "
                f"by {organization.member_role}, which needs cloudformation:ContinueUpdateRollback and "
                f"what the resources of the template need: {_some(failed)}"
            )

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Bring the set, its targets and its instances to what is declared; wait for every operation."""
        client = aws.client("cloudformation")
        name, wanted = name_of(organization, change.address.name), stack_sets(organization).get(change.address.name)

        def look() -> Attributes:
            found = client.describe_stack_set(StackSetName=name)["StackSet"]
            resources = (
                one for one in self._read_ours(organization, aws, client, found, wanted) if isinstance(one, Resource)
            )
            attributes = next(one.attributes for one in resources if one.address == change.address)
            if not change.only:
                return attributes
            left = self.narrowed(replace(change, before=attributes), change.only)
            return {**attributes, "instances": left.before["instances"] if left and left.before else {}}

        rollout = Rollout(organization, aws, client, change, look)
        if change.only:
            rollout.mend(self)
        elif change.action is Action.DELETE:
            rollout.remove()
        else:
            kept = {"Tags": [MARK]}
            if is_declared(organization, name):
                kept = _kept(client.describe_stack_set(StackSetName=name)["StackSet"])
            rollout.roll_out({**self.sent(aws, change.after or {}), **kept}, self)


def _narrowed_units(change: Change) -> Iterator[tuple[str, list[str]]]:
    """The units that go from the targets, with those below them that stay.

    To delete a unit deletes the instances below it (CloudFormation User Guide, "Delete stacks from StackSets").
    """
    if change.before and change.after:
        units = change.after["targets"]["units"]
        for unit in change.before["targets"]["units"]:
            part = [each for each in units if inside(each, [unit])]
            if part and not inside(unit, units):
                yield unit, part


def _outliving(template: Any) -> Iterator[str]:
    """The logical ids of what is kept with its name when its stack is deleted."""
    for name, resource in template.get("Resources", {}).items():
        named = any(key.endswith("Name") for key in resource.get("Properties", {}))
        if named and str(resource.get("DeletionPolicy", "")).startswith("Retain"):
            yield name


NOT_YET = ("missing", "outdated")
"""How it is told of an instance that an operation has not come to it yet."""


NOTHING: Attributes = {"targets": {"units": [], "accounts": []}, "regions": []}


def _reach_between(before: Attributes | None, after: Attributes, present: Attributes) -> bool:
    """Whether what a set reaches now is some of what it did before and of what it will, and all that stays."""
    old, now = {**NOTHING, **(before or {})}, {**NOTHING, **present}
    had, has, there = ({*each["targets"]["accounts"]} for each in (old, after, now))
    units, kept = old["targets"]["units"], after["targets"]["units"]
    return (
        all(inside(unit, [*units, *kept]) for unit in now["targets"]["units"])
        and all(inside(unit, now["targets"]["units"]) for unit in units if inside(unit, kept))
        and had & has <= there <= had | has
        and {*old["regions"]} & {*after["regions"]} <= {*now["regions"]} <= {*old["regions"], *after["regions"]}
    )


def _kept(found: Mapping[str, Any]) -> dict[str, Any]:
    """What UpdateStackSet is to leave as it is: its tags too, which AWS leaves alone where none are sent."""
    return {"Description": found["Description"]} if found.get("Description") else {}


def _listed(scopes: Collection[Scope]) -> str:
    return ", ".join(map(str, scopes))


def _place(site: str) -> Scope:
    """Where an instance is, of its `account/region`."""
    account, _, region = site.partition("/")
    return Scope(account, region)


def _taken(before: Attributes) -> list[str]:
    """Where a recorder is in the place of an instance, and is to be replaced."""
    return [site for site, what in before.get("instances", {}).items() if what.startswith(existing_recorders.TAKEN)]


def _some(sites: list[str]) -> str:
    return ", ".join(sites[:SAMPLES]) + (" …" if len(sites) > SAMPLES else "")
