"""Services as they are set: the settings that say so, taken over where a plan with them changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from landing.aws import Aws
from landing.core.errors import ConfigError
from landing.core.model import MARK, Action
from landing.importing.comparison import Compared, Sight, beyond_adoption, differences, few
from landing.importing.draft import Draft, LeftOut
from landing.importing.live_control_tower import with_control_tower
from landing.importing.live_logs import with_logs
from landing.importing.live_remediations import with_remediations
from landing.importing.live_stack_sets import with_stack_sets
from landing.importing.live_stacks import with_ours
from landing.importing.output import Written, rewrite_folder, say_left_out
from landing.importing.unmanaged_stacks import plain_stacks
from landing.organization import Organization
from landing.organization.resources import STACK, STACK_SET
from landing.services.base import BY_SERVICE, Ownership
from landing.services.organizations.declaration import SERVICE as ORGANIZATIONS
from landing.services.registry import KINDS, SERVICES
from landing.services.service import Service
from landing.services.settings import without_defaults
from landing.services.shapes import ServiceAdministrator


def with_services(aws: Aws, draft: Draft, written: Written, folder: Path) -> Compared:
    """Take over the services as they are set, one after the other; `written` is what the folder has without them.

    What no settings describe is left out, and it is said why. `aws` has read the organization.
    """
    organization = written.organization
    trusted = frozenset(aws.tree.trusted)
    settable = (each for each in SERVICES if each.administered or each.delegated or each.remembered)
    there = [each for each in settable if trusted.intersection(each.trusted)]
    sight = Sight(aws, frozenset(each.key for each in there))
    left: list[LeftOut] = []
    services = list(_administered(sight, draft, organization, there, left=left))
    for each in [each for each in services if each.remembered]:
        sight.look(organization, each.kinds, unasked=True)
        if not {address.kind for address in sight.live} & {kind.name for kind in each.kinds}:
            services.remove(each)
    sight.look(organization, (*ORGANIZATIONS.kinds, *(kind for each in services for kind in each.kinds)))
    found = Compared(draft, written, sight.plan(organization, ORGANIZATIONS.kinds))
    found = with_logs(sight, found, folder, left)
    for service in services:
        tried = _tried(service, sight, organization, found, folder)
        if isinstance(tried, Compared):
            found = tried
            names = {kind.name for kind in service.kinds}
            given = found.draft.services[service.key]
            named = given.values() if isinstance(given, Mapping) else ()
            unmanaged = (address for address in found.plan.unmanaged if address.kind in names)
            rest = [address for address in unmanaged if address.name not in named]
            left += [LeftOut(str(address), f"`services.{service.key}` does not say it: it stays") for address in rest]
        else:
            in_archive = any(kind.ownership is Ownership.LOG_ARCHIVE for kind in service.kinds)
            keeper = organization.log_archive if in_archive else organization.security_tooling
            who = "" if service.remembered else f", administered by {keeper}"
            left.append(LeftOut(service.title + who, tried))
    found = with_control_tower(aws, sight, found, folder, left)
    found = with_stack_sets(aws, sight, found, folder, left=left)
    if aws.tree.has_marks:
        sight.look(found.written.organization, KINDS)
        found = with_remediations(aws, sight, found, folder, left=left)
        found = with_ours(aws, sight, found, folder, left=left)
    left += plain_stacks(aws, organization)
    complete = replace(found.draft, left_out=(*left, *draft.left_out))
    found = replace(found, draft=complete)
    if aws.tree.has_marks:
        return _letting_go(sight, found, folder)
    return replace(found, written=say_left_out(complete, found.written, folder))


def _letting_go(sight: Sight, found: Compared, folder: Path) -> Compared:
    """With what another config has made, and a plan of this one would delete, under `removed`: it stays as it is."""
    plan = sight.plan(found.written.organization, KINDS, (KINDS[STACK], KINDS[STACK_SET]))
    gone = [change for change in plan.changes if change.action is Action.DELETE]
    ours = [change for change in gone if KINDS[change.address.kind].ownership not in BY_SERVICE]
    left = found.draft.left_out
    removed = tuple(dict.fromkeys((*found.draft.removed, *(str(change.address) for change in ours))))
    if removed:
        what = f"{len(removed)} that an apply of another config has made, and this config does not say"
        left = (LeftOut(what, "they stay as they are, under `removed`"), *left)
    draft = replace(found.draft, removed=removed, left_out=left)
    written = rewrite_folder(draft, folder, found.written.accepted) if removed else found.written
    kept = [change for change in plan.changes if change.action is not Action.DELETE]
    forgotten = [
        replace(change, action=Action.FORGET, after=None) for change in ours if MARK in (change.before or {})
    ]  # what has no mark is merely left alone
    plan = replace(plan, changes=(*kept, *forgotten))
    return replace(found, draft=draft, written=say_left_out(draft, written, folder), plan=plan)


def _administered(
    sight: Sight, draft: Draft, organization: Organization, services: Collection[Service], *, left: list[LeftOut]
) -> Iterator[Service]:
    """The services that the security tooling account administers wherever they have an administrator, or need none."""
    appointing = {
        each.key: [kind for kind in each.kinds if isinstance(kind, ServiceAdministrator)] for each in services
    }
    sight.look(organization, [kind for kinds in appointing.values() for kind in kinds])
    for service in services:
        if not appointing[service.key] and not service.delegated:
            yield service
            continue
        names = {kind.name for kind in appointing[service.key]}
        if hidden := sorted({gap.reason for gap in sight.gaps if gap.kind in names}):
            left.append(LeftOut(f"the administrator of {service.title}", f"it may not be read: {hidden[0]}"))
            continue
        found = {str(each.attributes["account"]) for address, each in sight.live.items() if address.kind in names}
        delegated = draft.delegated_administrators
        tooling = organization.security_tooling
        named = [delegated[principal] for principal in service.delegated if principal in delegated]
        accounts = sorted(found | {tooling if tooling in keys else keys[0] for keys in named})
        if accounts == [organization.security_tooling] and service.settings_of is not None:
            yield service
        elif accounts:
            why = f"it stays as it is set; `services.{service.key}` sets it for all accounts"
            if accounts != [organization.security_tooling]:
                why += f", administered by {organization.security_tooling}"
            left.append(LeftOut(f"{service.title}, administered by {', '.join(accounts)}", why))


def _tried(service: Service, sight: Sight, organization: Organization, found: Compared, folder: Path) -> Compared | str:
    """With the settings of a service, or why it stays as it is."""
    names = {kind.name for kind in service.kinds}
    hidden = sorted({gap.reason for gap in sight.gaps if gap.kind in names})
    if hidden:
        return f"it stays as it is set, which may not be read: {few(hidden, 1)}"
    assert service.settings is not None  # else it has no administrator
    assert service.settings_of is not None  # else it is not tried
    live = [each for address, each in sight.live.items() if address.kind in names]
    settings = without_defaults(service.settings, service.settings_of(organization, live))
    draft = replace(found.draft, services={**found.draft.services, service.key: settings})
    try:
        written = rewrite_folder(draft, folder, found.written.accepted)
    except ConfigError as error:  # its notes and warnings are about the rest of the config
        errors = [each.message for each in error.problems if each.severity == "error"]
        return f"it stays as it is set, which a config cannot say: {few(errors)}"
    kinds = (*found.kinds, *service.kinds)
    plan = sight.plan(written.organization, kinds, service.kinds)
    known = {(change.action, change.address) for change in found.plan.changes}
    more = [change for change in beyond_adoption(plan.changes) if (change.action, change.address) not in known]
    if more:
        words = [difference for change in more for difference in differences(change)]
        return f"it stays as it is set, which a config cannot say: {few(words)}"
    sight.keep()
    return Compared(draft, written, plan, kinds)
