"""Conformance packs of an account: its own, and those that its organization deploys."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import templates
from landing.sandbox.services.config.rules import check_source
from landing.sandbox.services.config.state import (
    Deployment,
    Pack,
    at,
    deployments,
    here,
    invalid,
    put_tags,
    selected,
)
from landing.sandbox.world import World

MOST = 50


def put_conformance_pack(call: Call) -> dict[str, Any]:
    """In the background (API reference, PutConformancePack)."""
    if "Source" in call or "TemplateSSMDocumentDetails" in call:
        raise unsupported("config", "PutConformancePack", "only from TemplateBody or TemplateS3Uri")
    place, name = here(call), call["ConformancePackName"]
    packs = place.packs = place.packs or {}
    if name not in packs and len(packs) >= MOST:
        raise Refusal("MaxNumberOfConformancePacksExceededException", f"An account has at most {MOST} packs.")
    pack = packs.get(name)
    if pack is not None and pack.state.endswith("_IN_PROGRESS"):
        raise Refusal("ResourceInUseException", f"The conformance pack {name} is being changed.")
    rules = read_rules(call, "ConformancePackTemplateValidationException")
    if pack is None:
        pack_id = f"conformance-pack-{call.world.token(9)}"
        pack = packs[name] = Pack(pack_id, name, {}, call.world.now, "CREATE_IN_PROGRESS")
    else:
        pack.state, pack.requested = "UPDATE_IN_PROGRESS", call.world.now
    pack.rules, pack.settings = rules, settings_of(call)
    thing = _thing(call.account, call.region, name)
    call.world.clock.later(finish, call.account, call.region, name, thing=thing)
    arn = _arn(call, pack)
    put_tags(call, arn)
    return {"ConformancePackArn": arn}


def settings_of(call: Call) -> dict[str, Any]:
    """What a request says besides its template."""
    names = ("DeliveryS3Bucket", "DeliveryS3KeyPrefix", "ConformancePackInputParameters", "ExcludedAccounts")
    return {name: call[name] for name in names if name in call}


def read_rules(call: Call, code: str) -> dict[str, dict[str, Any]]:
    """The rules of a request's template; refused with `code` where it does not hold. Of two, that in S3 counts."""
    body = call.get("TemplateBody")
    if "TemplateS3Uri" in call:
        body = None
    elif body is None:
        raise invalid("One of TemplateBody and TemplateS3Uri is required.")
    if body is None:
        bucket, _, key = call["TemplateS3Uri"].removeprefix("s3://").partition("/")
        try:
            body = call.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        except ClientError as error:
            raise Refusal(code, f"The template {call['TemplateS3Uri']} cannot be read: {error}") from error
    given = {p["ParameterName"]: p["ParameterValue"] for p in call.get("ConformancePackInputParameters") or ()}
    try:
        rules = templates.rules_of(body, given)
    except templates.TemplateProblem as problem:
        raise Refusal(code, str(problem)) from problem
    for rule in rules.values():
        try:
            check_source(rule["Source"], rule.get("InputParameters"), call.region)
        except Refusal as refusal:
            raise Refusal(code, refusal.message) from refusal
    return rules


def finish(world: World, account: str, region: str, name: str) -> None:
    """The rules are there, or there is no recorder for them; or the pack is gone."""
    place = at(world, account, region)
    pack = (place.packs or {}).get(name)
    if pack is None:
        return
    if pack.state == "DELETE_IN_PROGRESS":
        del (place.packs or {})[name]
        return
    verb = pack.state.partition("_")[0]
    if place.recorder is None:
        pack.state = f"{verb}_FAILED"
        pack.reason = "NoAvailableConfigurationRecorder: there is no configuration recorder in the account."
        return
    pack.state, pack.reason, pack.completed = f"{verb}_COMPLETE", None, world.now


def _thing(account: str, region: str, name: str) -> tuple[str, str, str, str]:
    return ("conformance-pack", account, region, name)


def _arn(call: Call, pack: Pack) -> str:
    return call.arn(f"conformance-pack/{pack.name}/{pack.id}")


def every(world: World, account: str, region: str) -> dict[str, Pack]:
    """All packs of an account in a Region, by name."""
    found = dict(at(world, account, region).packs or {})
    for _, deployment in deployments(world, account, region):
        if deployment.kind == "ConformancePack" and account in deployment.deployed:
            found[deployment.member_name] = _deployed(deployment)
    return found


def _deployed(deployment: Deployment) -> Pack:
    return Pack(
        id=f"conformance-pack-{deployment.suffix}",
        name=deployment.member_name,
        settings={k: v for k, v in deployment.settings.items() if k != "ExcludedAccounts"},
        requested=deployment.updated,
        state="CREATE_COMPLETE",
        completed=deployment.updated,
        rules=deployment.rules,
    )


def chosen(call: Call, names: list[str] | None) -> list[Pack]:
    """The packs that a call names, or all."""
    for name in list(here(call).packs or ()):
        call.poll(_thing(call.account, call.region, name))
    known = every(call.world, call.account, call.region)
    return selected(names, known, "NoSuchConformancePackException", "The conformance pack")


def describe_conformance_packs(call: Call) -> dict[str, Any]:
    """API reference, DescribeConformancePacks."""

    def show(pack: Pack) -> dict[str, Any]:
        organizational = pack.name.startswith("OrgConformsPack-")
        return {
            "ConformancePackName": pack.name,
            "ConformancePackArn": _arn(call, pack),
            "ConformancePackId": pack.id,
            "LastUpdateRequestedTime": pack.requested,
            "CreatedBy": "config-multiaccountsetup.amazonaws.com" if organizational else None,
            "Type": "CUSTOM",
            "ConformancePackInputParameters": [],
            **{name: value for name, value in pack.settings.items() if name != "ExcludedAccounts"},
        }

    return call.page("ConformancePackDetails", chosen(call, call.get("ConformancePackNames")), show=show, most=20)


def describe_conformance_pack_status(call: Call) -> dict[str, Any]:
    """API reference, DescribeConformancePackStatus."""

    def show(pack: Pack) -> dict[str, Any]:
        return {
            "ConformancePackName": pack.name,
            "ConformancePackId": pack.id,
            "ConformancePackArn": _arn(call, pack),
            "ConformancePackState": pack.state,
            "ConformancePackStatusReason": pack.reason,
            "StackArn": call.arn(f"stack/awsconfigconforms-{pack.name}/{pack.id}", service="cloudformation"),
            "LastUpdateRequestedTime": pack.requested,
            "LastUpdateCompletedTime": pack.completed,
            "Type": "CUSTOM",
        }

    return call.page("ConformancePackStatusDetails", chosen(call, call.get("ConformancePackNames")), show=show, most=20)


def delete_conformance_pack(call: Call) -> None:
    """In the background; not one of the organization's (API reference, DeleteConformancePack)."""
    name, place = call["ConformancePackName"], here(call)
    pack = chosen(call, [name])[0]
    if name not in (place.packs or {}):
        raise Refusal(
            "AccessDeniedException",
            f"User: {call.caller.arn} is not authorized to perform: config:DeleteConformancePack on a pack that the "
            "organization deploys",
        )
    if pack.state.endswith("_IN_PROGRESS"):
        raise Refusal("ResourceInUseException", f"The conformance pack {name} is being changed.")
    pack.state = "DELETE_IN_PROGRESS"
    thing = _thing(call.account, call.region, name)
    call.world.clock.later(finish, call.account, call.region, name, thing=thing)
