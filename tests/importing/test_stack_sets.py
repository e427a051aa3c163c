"""Stack sets that are there are named, with why a config does not have them."""

from __future__ import annotations

import json

from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.sandbox import Sandbox
from tests.cloud import QuickAws
from tests.importing.test_adopting import by_hand
from tests.test_ownership import TEMPLATE

STRANGER = stranger("eu-west-1")


def test_every_stack_set_is_named_with_its_reason() -> None:
    with Sandbox() as sandbox:
        live = by_hand(sandbox.world)
        client = sandbox.session(region="eu-west-1").client("cloudformation")
        client.activate_organizations_access()
        about = {"TemplateBody": json.dumps(TEMPLATE), "Capabilities": ["CAPABILITY_IAM"]}
        client.create_stack_set(StackSetName="self", PermissionModel="SELF_MANAGED", **about)
        automatic = {"Enabled": True, "RetainStacksOnAccountRemoval": False}
        for name in ("corp", "AWSControlTowerBP-BASELINE-ROLES"):
            client.create_stack_set(
                StackSetName=name, PermissionModel="SERVICE_MANAGED", AutoDeployment=automatic, **about
            )
        (workloads,) = (unit.id for unit in live.units.values() if unit.name == "Workloads")
        client.create_stack_instances(
            StackSetName="corp", DeploymentTargets={"OrganizationalUnitIds": [workloads]}, Regions=["eu-west-1"]
        )
        draft = read(STRANGER, QuickAws(STRANGER), Asked("corp", "eu-west-1", ("eu-west-1",)))
    assert [str(each) for each in draft.left_out if each.what.startswith("stack set")] == [
        "stack set AWSControlTowerBP-BASELINE-ROLES: it is of AWS Control Tower",
        "stack set corp at unit/workloads in eu-west-1: make a blueprint of it, or leave it as it is",
        "stack set self: its permissions are self-managed, which a config does not have",
    ]
