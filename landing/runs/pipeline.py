"""A run: load → observe → compare → plan → apply.

Everything goes forward as frozen values: what the config says is loaded once (`landing.config.load`), what AWS says of
packs and of the policies of others makes another organization of it, and whoever comes next is handed that one. Who
started the run is asked by `Hooks` alone. It stands here because it needs what guardrails say of a plan, which stand
above the engine, and is shown by reports, which stand above runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from landing.aws import FULL_ACCESS, SCP, Aws, as_joined, translated
from landing.core.errors import AwsError, CannotRead, ConfigError, WrongPlan
from landing.core.model import ORGANIZATION, Action, Address, Change, Diagnostic, Resource
from landing.engine.apply import refresh
from landing.engine.observe import Observation, Progress, desired_of, left_accounts, left_regions, needed_for, observe
from landing.engine.order.unique_names import refuse_impossible
from landing.engine.plan import Origin, Plan, make, refuse_theirs
from landing.engine.snapshot import Snapshot
from landing.guardrails.effects import effects
from landing.guardrails.exposure import by_allowance, dangers, refuse_unsafe
from landing.guardrails.lock_out import concerns, refuse_lock_out
from landing.guardrails.packs import as_held, as_read, with_full_access, with_full_access_now, with_others
from landing.guardrails.slots import refuse_crowded
from landing.guardrails.transition import sentences
from landing.organization import ROOT, Held, Organization, is_bootstrapped, node_of
from landing.organization.resources import (
    ACCOUNT,
    ATTACHMENTS,
    CONTROL_TOWER_PRINCIPAL,
    POLICY,
    TRUSTED_ACCESS,
    foreign_in,
    has_control_tower,
    moves,
    policies_of,
)
from landing.runs.bootstrap import buckets_of_others, without_buckets
from landing.runs.quotas import refuse_over_quota, told_of_closures
from landing.runs.waves import planned_waves

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a run asks of whoever started it."""

    now: Callable[[], str]
    """The time, ISO 8601 in UTC."""
    progress: Callable[[Aws], AbstractContextManager[Progress]]
    """Shows within the block how far reading is."""
    check: Callable[[Organization, Aws], Sequence[Diagnostic]]
    """What else the config names and AWS does not have."""
    keep: Callable[[Snapshot], None]
    """Given what was read, when all was."""
    phase: Callable[[str], None] = lambda name: None
    """Told what begins."""
    tell: Callable[[str], None] = lambda text: None
    """Told what a plan could not check, and goes on without."""
    refuse: Sequence[Callable[[Organization, Collection[Change]], None]] = ()
    """Each raises LandingError for changes that are not to be made in this place."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made of: the desired organization, with packs and policies of others as AWS has them.

    `changes` are those still to be made: of a saved plan some may be done. `account_ids` go by account key.
    """

    organization: Organization
    plan: Plan
    changes: tuple[Change, ...]
    account_ids: Mapping[str, str] = field(default_factory=dict)
    saved: bool = False
    set_aside: tuple[Change, ...] = ()
    """Of the roles that plan and apply, which only an administrator changes: not among `changes`."""


def plan(
    config: Organization,
    aws: Aws,
    hooks: Hooks,
    *,
    digest: str,
    targets: Collection[str] = (),
    explain: bool = True,
    repack: bool = False,
    whole: bool = False,
) -> Planned:
    """Look at both sides and compare; `explain` says what changes do to requests, at the end and on the way.

    `whole`: with the changes that only an administrator makes. `digest`: of the config. With `targets` only what these
    need is read. Raises ConfigError with all that the config names and AWS does not have, ImpossiblePlan for what AWS
    would refuse.
    """
    organization = as_held(as_joined(config, aws.tree.survey), aws, repack=repack)
    organization = without_buckets(organization, buckets_of_others(organization, aws))
    aws = aws.with_names_of(organization)
    observation = _observed(organization, aws, hooks, targets)
    compared, aside = _parted(make(observation, origin(organization, aws, digest, hooks.now())), targets, whole=whole)
    organization = _with_others(organization, aws, compared, observation)
    told = not targets or concerns(compared.changes)  # else nobody asks for the ids of 10,000 accounts
    account_ids = _account_ids(aws) if told else {}
    if not targets:
        made = compared.made_from
        hooks.keep(
            Snapshot(made.created, made.organization_id, made.account, made.caller, dict(account_ids), observation)
        )
    planned = Planned(organization, compared, compared.changes, account_ids, set_aside=aside)
    for refuse in hooks.refuse:
        refuse(organization, compared.only(targets).changes)
    if not explain:
        return planned
    changes = compared.only(targets).changes
    refuse_over_quota(organization, aws, changes, observation.live, hooks.tell, kinds=compared.kinds)
    planned = _explained(planned, observation, targets, ids=partial(_id_of, aws))
    sentences_of = dict(planned.plan.effects)
    for address, words in told_of_closures(aws, changes).items():
        sentences_of[address] = (*sentences_of.get(address, ()), words)
    return replace(planned, plan=replace(planned.plan, effects=sentences_of))


def plan_offline(
    config: Organization,
    seen: Snapshot,
    hooks: Hooks,
    *,
    digest: str,
    targets: Collection[str] = (),
    repack: bool = False,
) -> Planned:
    """What a plan would be if AWS were as the snapshot says; asks AWS nothing."""
    live = seen.observation.live
    coming = [key for key, each in config.accounts.items() if each.invite and Address(ACCOUNT, key) not in live]
    config = replace(config.without_members(coming), foreign=foreign_in(live), control_tower=has_control_tower(live))
    organization = as_read(config, live, repack=repack)
    observation = seen.observation_of(organization)
    observation.raise_if_unknown(organization, targets)
    made = Origin(config.name, seen.organization_id, seen.account, seen.caller, digest, hooks.now(), read=seen.taken)
    compared, aside = _parted(make(observation, made), targets, whole=False)
    organization = replace(organization, held=_held(observation, compared.changes))
    organization = with_full_access(organization, observation.desired)
    planned = Planned(organization, compared, compared.changes, seen.account_ids, set_aside=aside)
    return _explained(planned, observation, targets)


def plan_again(
    config: Organization, aws: Aws, hooks: Hooks, saved: Plan, *, name: str, digest: str, targets: Collection[str] = ()
) -> Planned:
    """What is left to do of a saved plan; raises WrongPlan when it was not made for this, StalePlan when AWS changed.

    `name`: of its file. `digest`: of the config.
    """
    organization = as_held(as_joined(config, aws.tree.survey), aws, saved.changes)
    aws = aws.with_names_of(organization)
    _as_seen(organization, saved).raise_if_unknown(organization, targets)
    aws.doubt([str(change.address) for change in saved.changes])
    _refuse_other(saved.made_from, origin(organization, aws, digest, hooks.now()), name)
    planned = refreshed(Planned(organization, saved.only(targets), (), saved=True), aws, hooks)
    for refuse in hooks.refuse:
        refuse(organization, planned.changes)
    if concerns(planned.changes):
        known = with_full_access_now(with_others(organization, aws), aws, planned.changes)
        held = _held_now(aws, planned.plan.changes, planned.changes)
        others = _names(saved.changes) - _names(planned.plan.changes)
        known = replace(known, held=held and replace(held, otherwise=held.otherwise | others))
        planned = replace(planned, organization=known)
        refuse_crowded(planned.organization, planned.changes)
    refuse_over_quota(planned.organization, aws, planned.changes, None, hooks.tell, kinds=planned.plan.kinds)
    return planned


def refreshed(planned: Planned, aws: Aws, hooks: Hooks) -> Planned:
    """With the changes that are still to be made, when it has been looked again at what they touch."""
    aws = aws.with_names_of(planned.organization)
    with hooks.progress(aws) as progress:
        return replace(planned, changes=refresh(planned.organization, aws, planned.plan, progress))


def apply(
    planned: Planned,
    aws: Aws,
    hooks: Hooks,
    make_them: Callable[[Organization, Aws, Collection[Change]], T],
    *,
    allow: Collection[str] = (),
    approve: Callable[[], None] | None = None,
) -> T:
    """Make what is still to be made, unless it is unsafe and not allowed by name (raises UnsafePlan).

    `approve` raises Refused unless somebody says yes; AWS may have changed while they thought about a plan made now.
    """
    refuse_unsafe(planned.organization, planned.changes, allow)
    if "lock-out" not in allow:
        refuse_lock_out(planned.organization, planned.changes)
    if approve is not None:
        hooks.phase("approval")
        approve()
        if not planned.saved:
            hooks.phase("refresh")
            aws.tree.forget()
            planned = refreshed(planned, aws, hooks)
    return make_them(planned.organization, aws.with_names_of(planned.organization), planned.changes)


def origin(organization: Organization, aws: Aws, digest: str, now: str) -> Origin:
    """What a plan made now is made from."""
    account, arn = aws.caller
    live = aws.tree.description
    return Origin(organization.name, live["Id"] if live else "", account, arn, digest, now)


def _parted(compared: Plan, targets: Collection[str], *, whole: bool) -> tuple[Plan, tuple[Change, ...]]:
    """A plan of what the apply role changes, and what of the targets only an administrator does."""
    if whole:
        return compared, ()
    aside = tuple(each for each in compared.only(targets).changes if is_bootstrapped(each.address))
    changes = tuple(each for each in compared.changes if not is_bootstrapped(each.address))
    return replace(compared, changes=changes), aside


def _observed(organization: Organization, aws: Aws, hooks: Hooks, targets: Collection[str]) -> Observation:
    """Both sides; raises ConfigError with all that the config names and AWS does not have."""
    only = None
    if targets:
        aws.doubt(targets)
        left = left_regions(organization, aws), left_accounts(organization, aws, targets)
        only = needed_for(organization, targets, *left)
    problems: list[Diagnostic] = []
    with hooks.progress(aws) as progress:
        try:
            observation = observe(organization, aws, only=only, progress=progress)
        except ConfigError as error:
            problems += error.problems
    if only is None:
        problems += hooks.check(organization, aws)
    if problems:
        raise ConfigError(problems)
    observation.raise_if_unknown(organization, targets)
    return observation


def _with_others(organization: Organization, aws: Aws, compared: Plan, observation: Observation) -> Organization:
    """With the policies of others and FullAWSAccess as read; of a plan of targets they may have to be read yet."""
    organization = replace(organization, control_tower=_has_control_tower(aws, compared, observation))
    if concerns(compared.changes) and not {(POLICY, ORGANIZATION), (ATTACHMENTS, ORGANIZATION)} <= observation.tasks:
        known = with_full_access_now(with_others(organization, aws), aws, compared.changes)
        return replace(known, held=_held_now(aws, compared.changes, compared.changes))
    organization = replace(organization, held=_held(observation, compared.changes))
    organization = replace(organization, foreign=foreign_in(observation.live))
    return with_full_access(organization, observation.desired)


def _held(observation: Observation, changes: Collection[Change]) -> Held | None:
    """The policies of ours as they were read; None where they were not."""
    kinds = {ATTACHMENTS, POLICY}
    if any(gap.kind in kinds for gap in observation.gaps) or not kinds <= {name for name, _ in observation.tasks}:
        return None
    changed = {change.address for change in changes}
    live = observation.live
    return Held(
        {each.name: tuple(policies_of(live[each].attributes)) for each in live if each.kind == ATTACHMENTS},
        frozenset(each.name for each in live if each.kind == POLICY and each not in changed),
        _names(changes),
    )


def _held_now(aws: Aws, planned: Collection[Change], left: Collection[Change]) -> Held | None:
    """The same of the policies that a plan changes, with what is left of it to be made; a call each.

    Of all that is ours, and FullAWSAccess, where an account moves.
    """
    moved = any(map(moves, left))
    if not moved and not any(change.address.kind == POLICY and change.action is Action.UPDATE for change in left):
        return None
    names = _names(planned)
    attached: dict[str, tuple[str, ...]] = {}
    for policy in aws.tree.policies.values():
        for node in aws.tree.nodes(policy) if (moved or policy.key in names) and aws.tree.concerns(policy) else ():
            attached[node] = (*attached.get(node, ()), policy.key)
    if moved and aws.tree.policy_types.get(SCP) == "ENABLED":
        for unit in (ROOT, *aws.tree.units):
            here = (FULL_ACCESS,) if aws.tree.full_access(aws.tree.node_id(unit)) else ()
            attached[node_of(unit)] = (*attached.get(node_of(unit), ()), *here)
    return Held(attached, _names(planned) - _names(left), _names(left))


def _names(changes: Collection[Change]) -> frozenset[str]:
    """The policies that change."""
    return frozenset(change.address.name for change in changes if change.address.kind == POLICY)


def _has_control_tower(aws: Aws, compared: Plan, observation: Observation) -> bool:
    """As read; for a plan of targets that changes something it is asked."""
    if (TRUSTED_ACCESS, ORGANIZATION) in observation.tasks or not compared.changes:
        return has_control_tower(observation.live)
    with suppress(AwsError), translated(ORGANIZATION):
        return CONTROL_TOWER_PRINCIPAL in aws.tree.trusted
    return False


def _explained(
    planned: Planned,
    observation: Observation,
    targets: Collection[str],
    *,
    ids: Callable[[str], str] = lambda node: "",
) -> Planned:
    """With what the changes do to requests; raises ImpossiblePlan. Only what the targets mean is planned."""
    organization, whole = planned.organization, planned.plan
    wanted = whole.only(targets)
    refuse_theirs(organization, wanted.changes, observation.live)
    refuse_impossible(whole.kinds, wanted.changes, observation.live)
    refuse_crowded(organization, wanted.changes, observation.live, ids)
    told = effects(organization, observation.live, whole.changes, planned.account_ids)
    for address, words in sentences(organization, observation.live, whole.changes, planned.account_ids).items():
        told.sentences[address] = (*told.sentences.get(address, ()), *words)
        if address in told.in_brief:
            told.in_brief[address] += words
    explained = replace(whole, effects=told.sentences, effects_in_brief=told.in_brief).only(targets)
    weighed = any(
        moves(each) or (each.address.kind == POLICY and each.action is Action.UPDATE) for each in explained.changes
    )
    allow = by_allowance(dangers(organization, explained.changes, whole.kinds), explained.changes)
    held, waves = organization.held if weighed else None, planned_waves(organization, explained.changes, whole.kinds)
    explained = replace(explained, allow=allow, held=held, waves=waves)
    return replace(planned, plan=explained, changes=explained.changes)


def _as_seen(organization: Organization, saved: Plan) -> Observation:
    """What a saved plan and the config know of, for targets."""
    there = {each.address: Resource(each.address, each.before or {}) for each in saved.changes}
    return Observation(desired_of(organization), there, ())


def _refuse_other(made: Origin, here: Origin, name: str) -> None:
    """Raise WrongPlan when a plan was not made from what there is here."""
    if made.config_digest != here.config_digest:
        raise WrongPlan(f"The config has changed since {name} was made. Plan again")
    if made.organization_id not in ("", here.organization_id):
        raise WrongPlan(
            f"{name} was made for organization {made.organization_id}; this is {here.organization_id or 'none'}. "
            "Plan again"
        )
    if made.account != here.account:
        raise WrongPlan(
            f"{name} was made with credentials of account {made.account}; these are of {here.account}. Plan again"
        )


def _account_ids(aws: Aws) -> Mapping[str, str]:
    """Id by account key; none where the accounts cannot be read, which is a gap already."""
    try:
        with translated(ORGANIZATION):
            return aws.tree.account_ids if aws.tree.description else {}
    except CannotRead:
        return {}


def _id_of(aws: Aws, node: str) -> str:
    """The id of a node, if it is there."""
    try:
        with translated(ORGANIZATION):
            return aws.tree.target_id(node)
    except AwsError:
        return ""
