"""The desired organization: the validated config with its references resolved; frozen.

Values only: nothing here reads files or asks AWS. Imported by all but `core` and `blueprint`. Begin with `desired`.
"""

from __future__ import annotations

from landing.organization.desired import (
    Delivery,
    Deployment,
    EnabledService,
    LockPlace,
    Organization,
    Place,
    PlaybookUse,
)
from landing.organization.files import File
from landing.organization.hierarchy import ROOT, Account, Contact, Cover, Hierarchy, Strictness, Target, Unit, node_of
from landing.organization.marks import (
    ACCOUNT_TAGS,
    ASSIGNED_TAG,
    CONTACTS_TAG,
    EMAIL_TAG,
    FIREWALL_TAG,
    NEW_TAG,
    PREFIX,
    REGION_TAG,
    REGIONS_TAG,
    REQUIRES_TAG,
    SERVICE_TAG,
    SHIELD_TAG,
    STACKS_TAG,
    TAG,
    TAGS_TAG,
    WAVE_TAG,
)
from landing.organization.pipeline import PIPELINE, Pipeline, is_bootstrapped
from landing.organization.policies import ForeignPolicy, Guardrail, Held, Pack
from landing.organization.waves import REST, Gate, Wave

__all__ = [
    "ACCOUNT_TAGS",
    "ASSIGNED_TAG",
    "CONTACTS_TAG",
    "EMAIL_TAG",
    "FIREWALL_TAG",
    "NEW_TAG",
    "PIPELINE",
    "PREFIX",
    "REGIONS_TAG",
    "REGION_TAG",
    "REQUIRES_TAG",
    "REST",
    "ROOT",
    "SERVICE_TAG",
    "SHIELD_TAG",
    "STACKS_TAG",
    "TAG",
    "TAGS_TAG",
    "WAVE_TAG",
    "Account",
    "Contact",
    "Cover",
    "Delivery",
    "Deployment",
    "EnabledService",
    "File",
    "ForeignPolicy",
    "Gate",
    "Guardrail",
    "Held",
    "Hierarchy",
    "LockPlace",
    "Organization",
    "Pack",
    "Pipeline",
    "Place",
    "PlaybookUse",
    "Strictness",
    "Target",
    "Unit",
    "Wave",
    "is_bootstrapped",
    "node_of",
]
