"""Stack sets of others: what a config can say of one becomes a baseline, with its template as a blueprint."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint import CONTEXT_PARAMETERS, MAX_TEMPLATE, canonical
from landing.core.errors import HIDING, ConfigError
from landing.core.keys import keys
from landing.core.model import Change, Diagnostic, Scope
from landing.importing.comparison import Compared, Sight, beyond_adoption, differences, few
from landing.importing.draft import DraftBaseline, DraftStack, LeftOut
from landing.importing.folder import blueprint_of
from landing.importing.output import rewrite_folder
from landing.library import Library, shipped
from landing.library.template import parsed
from landing.organization import PIPELINE, PREFIX, Organization, node_of
from landing.organization.owners import owner_of
from landing.organization.resources import STACK, STACK_SET
from landing.services.registry import KINDS, SERVICES
from landing.services.stacks.instances import LIST_ALL_BELOW
from landing.services.stacks.shards import key_of

OF_SERVICES = frozenset({PIPELINE, *(row.key for service in SERVICES for row in service.blueprints)})
"""Keys of stacks and stack sets that the config does not give."""

Wanted = DraftBaseline | DraftStack
Found = Mapping[str, Any]
"""A stack set as DescribeStackSet shows it."""


def with_stack_sets(aws: Aws, sight: Sight, found: Compared, folder: Path, *, left: list[LeftOut]) -> Compared:
    """Take over what a plan changes nothing of: first over whole units, then over the accounts that have instances.

    Those that delegated administrators have made are among them: AWS keeps all in the management account
    (CloudFormation User Guide, "Register a delegated administrator").
    """
    organization = found.written.organization
    aws = aws.with_names_of(organization)
    sets = {str(each["StackSetName"]): each for each in _of_nobody(aws, organization, left)}
    wanted = list(_drafted(aws, organization, sets, left))
    if not wanted:
        return found
    found, refused = tried(sight, found, wanted, folder)
    fewer = [_over_accounts(aws, each) for each in wanted if each.key in refused]
    again = [each for each in fewer if each not in wanted]
    if again:
        found, still = tried(sight, found, again, folder)
        refused = {key: why for key, why in refused.items() if key not in {each.key for each in again}} | dict(still)
    for each in wanted:
        if each.key in refused:
            why = f"it stays as it is, which a config cannot say: {refused[each.key]}"
            left.append(LeftOut(f"stack set {each.stack_set} at {_places(each)}", why))
    taken = [
        each.stack_set for each in wanted if each.key not in refused and (parsed(each.template) or {}).get("Parameters")
    ]
    if taken:
        what = f"parameters that single instances of {', '.join(taken)} override, if any"
        left.append(LeftOut(what, "AWS tells them of one instance a call, so they are not read; they stay as they are"))
    return found


def _of_nobody(aws: Aws, organization: Organization, left: list[LeftOut]) -> Iterator[Found]:
    """The stack sets of the management account that no tool is known to keep, and that a config can have."""
    home = Scope("", organization.home_region)
    client = aws.client("cloudformation", home)
    with translated(home), unless(*HIDING, "ValidationError") as refused:
        for name in sorted(aws.tree.survey.stack_sets(organization.home_region)):
            if name.startswith(PREFIX):
                continue  # see `live_stacks`
            if owner := owner_of(name):
                left.append(LeftOut(f"stack set {name}", f"it is of {owner}"))
                continue
            found = client.describe_stack_set(StackSetName=name)["StackSet"]
            tags = {each["Key"]: each["Value"] for each in found.get("Tags") or ()}
            if owner := owner_of(name, tags):
                left.append(LeftOut(f"stack set {name}", f"it is of {owner}"))
            elif found.get("PermissionModel") != "SERVICE_MANAGED":
                left.append(
                    LeftOut(f"stack set {name}", "its permissions are self-managed, which a config does not have")
                )
            elif why := _beyond(found):
                left.append(LeftOut(f"stack set {name}", f"it stays as it is: {why}"))
            else:
                yield found
    if refused.code:
        left.append(LeftOut("stack sets", f"they may not be read ({refused.code})"))


def _beyond(found: Found) -> str:
    """Why no config can have a stack set, whatever it says of it."""
    if not found.get("OrganizationalUnitIds") or not found.get("Regions"):
        return "it has no instances"
    template = parsed(found["TemplateBody"])
    if template is None:
        return "its template is neither JSON nor YAML that a blueprint may be"
    if (size := len(canonical(template))) > MAX_TEMPLATE:
        return f"its template has {size:,} bytes, and a blueprint {MAX_TEMPLATE:,}"
    return ""


def _drafted(
    aws: Aws, organization: Organization, sets: Mapping[str, Found], left: list[LeftOut]
) -> Iterator[DraftBaseline]:
    shipping = {name.replace("_", "-") for name in Library.load(shipped()).blueprint_files}
    there = {key_of(organization, name) for name in aws.tree.survey.stack_sets(organization.home_region)}
    named = keys(((name, name, "") for name in sets), "stack-set", {*OF_SERVICES, *shipping, *there})
    for name, found in sets.items():
        units = [aws.tree.node_key(unit) for unit in found["OrganizationalUnitIds"]]
        values = {each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters") or ()}
        yield DraftBaseline(
            key=named[name],
            blueprint=named[name].replace("-", "_"),
            stack_set=name,
            template=found["TemplateBody"],
            nodes=tuple(map(node_of, sorted(units))),
            regions=tuple(sorted(found["Regions"])),
            parameters={key: values[key] for key in sorted({*values} - {*CONTEXT_PARAMETERS})},
        )


def _over_accounts(aws: Aws, baseline: DraftBaseline) -> DraftBaseline:
    """The same over single accounts in units of which not every account has an instance; a large set as it is."""
    client, tree = aws.client("cloudformation"), aws.tree
    listing = aws.listed(client, "list_stack_instances", "Summaries", StackSetName=baseline.stack_set)
    listed = list(islice(listing, LIST_ALL_BELOW + 1))
    if len(listed) > LIST_ALL_BELOW:
        return baseline
    having = {tree.account_keys.get(each["Account"], "") for each in listed}
    nodes: list[str] = []
    for node in baseline.nodes:
        unit = node.removeprefix("unit/")
        inside = {key for key, account in tree.accounts.items() if unit in tree.path(account.unit)}
        members = {key for key in inside - {aws.context.management} if tree.accounts[key].state == "ACTIVE"}
        nodes += [node] if members <= having else [f"account/{key}" for key in sorted(members & having)]
    return replace(baseline, nodes=tuple(nodes))


def tried(
    sight: Sight, found: Compared, wanted: Collection[Wanted], folder: Path
) -> tuple[Compared, Mapping[str, str]]:
    """With those of which a plan changes nothing, and of the others by key what stands in the way."""
    refused: dict[str, str] = {}
    made = (KINDS[STACK], KINDS[STACK_SET])
    kinds = (*found.kinds, *(kind for kind in made if kind not in found.kinds))
    while left := [each for each in wanted if each.key not in refused]:
        baselines = (*found.draft.baselines, *(each for each in left if isinstance(each, DraftBaseline)))
        stacks = (*found.draft.stacks, *(each for each in left if isinstance(each, DraftStack)))
        draft = replace(found.draft, baselines=baselines, stacks=stacks)
        try:
            written = rewrite_folder(draft, folder, found.written.accepted)
        except ConfigError as error:
            refused |= _wrong(left, error.problems)
            continue
        plan = sight.plan(written.organization, kinds, made)
        more = [change for change in beyond_adoption(plan.changes) if change.address.kind in (STACK, STACK_SET)]
        other = {each.key: words for each in left if (words := _words(more, each.key))}
        if not other:
            sight.keep()
            return Compared(draft, written, plan, kinds), refused
        refused |= {key: few(words) for key, words in other.items()}
    return replace(found, written=rewrite_folder(found.draft, folder, found.written.accepted)), refused


def _words(changes: Collection[Change], key: str) -> list[str]:
    return [words for change in changes if change.address.name == key for words in differences(change)]


def _wrong(wanted: Collection[Wanted], problems: Collection[Diagnostic]) -> dict[str, str]:
    """What is wrong with each, by key; with all of them where nothing tells with which."""
    files = {blueprint_of(each): each.key for each in wanted}
    found: dict[str, list[str]] = {}
    for problem in problems:
        file = Path(problem.source.file).name if problem.source else ""
        key = str(problem.pointer[1]) if problem.pointer[:1] in (("baselines",), ("stacks",)) else files.get(file, "")
        if problem.severity == "error" and key in files.values():
            found.setdefault(key, []).append(problem.message)
    if not found:
        found = {each.key: [problem.message for problem in problems] for each in wanted}
    return {key: few(words) for key, words in found.items()}


def _places(baseline: DraftBaseline) -> str:
    return f"{', '.join(baseline.nodes) or 'no unit'} in {', '.join(baseline.regions)}"
