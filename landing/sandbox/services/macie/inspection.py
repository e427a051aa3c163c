"""The scope and the template of automated discovery, which there are once it was enabled."""

from __future__ import annotations

from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.services.call import Call
from landing.sandbox.services.macie.state import Discovery, absent, enabled, invalid

NAME = "automated-sensitive-data-discovery"


def list_classification_scopes(call: Call) -> dict[str, Any]:
    """One, or none (API reference, ListClassificationScopes)."""
    found = enabled(call).discovery.scope
    named = call.get("name", NAME) == NAME
    return {"classificationScopes": [{"id": found, "name": NAME}] if found and named else []}


def get_classification_scope(call: Call) -> dict[str, Any]:
    """API reference, GetClassificationScope."""
    found = _discovery(call, "scope")
    return {"id": found.scope, "name": NAME, "s3": {"excludes": {"bucketNames": found.excluded}}}


def update_classification_scope(call: Call) -> dict[str, Any]:
    """Names of buckets that are there (API reference, S3ClassificationScopeExclusionUpdate)."""
    found = _discovery(call, "scope")
    asked = call.get("s3", {}).get("excludes")
    if asked is None:
        return {}
    names, operation = asked["bucketNames"], asked["operation"]
    if operation != "REMOVE" and any(delivery.bucket(name) is None for name in names):
        raise invalid("The request failed because a bucket doesn't exist.")
    if operation == "REPLACE":
        found.excluded = list(dict.fromkeys(names))
    elif operation == "ADD":
        found.excluded = list(dict.fromkeys((*found.excluded, *names)))
    else:
        found.excluded = [name for name in found.excluded if name not in names]
    return {}


def list_sensitivity_inspection_templates(call: Call) -> dict[str, Any]:
    """One, or none (API reference, ListSensitivityInspectionTemplates)."""
    found = enabled(call).discovery.template
    return {"sensitivityInspectionTemplates": [{"id": found, "name": NAME}] if found else []}


def get_sensitivity_inspection_template(call: Call) -> dict[str, Any]:
    """API reference, GetSensitivityInspectionTemplate."""
    found = _discovery(call, "template")
    return {"name": NAME, "sensitivityInspectionTemplateId": found.template, **found.inspection}


def update_sensitivity_inspection_template(call: Call) -> dict[str, Any]:
    """All that a request says, and nothing of before (User Guide, "Configuring settings for automated discovery")."""
    found, place = _discovery(call, "template"), enabled(call)
    if len(call.get("description", "")) > 200:
        raise invalid("A description has 200 characters at most.")
    includes = call.get("includes", {})
    custom = includes.get("customDataIdentifierIds", [])
    if any(each not in place.identifiers or place.identifiers[each]["deleted"] for each in custom):
        raise invalid("A custom data identifier doesn't exist.")
    if any(each not in place.lists for each in includes.get("allowListIds", [])):
        raise invalid("An allow list doesn't exist.")
    found.inspection = {name: call[name] for name in ("description", "includes", "excludes") if name in call}
    return {}


def _discovery(call: Call, member: str) -> Discovery:
    found = enabled(call).discovery
    if not call["id"] or call["id"] != getattr(found, member):
        raise absent("The request failed because the specified resource doesn't exist.")
    return found
