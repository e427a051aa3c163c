"""Remediations that another config has deployed, written back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landing.core.model import Action
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.config.remediations_found import remediations_of
from landing.services.config.settings import ConfigSettings
from landing.services.config.shipped_remediations import SHIPPED
from tests.cloud import Cloud, QuickAws, Story
from tests.conftest import Load
from tests.kinds.test_remediation import text
from tests.samples import REMEDIED

HOME = "eu-west-1"
OWN = "{identifier: REQUIRED_TAGS, parameters: {tag1Key: a}, document: Own, document_parameters: {Id: RESOURCE_ID, Tags: [b, c], On: true}, permissions: [s3:GetObject, ec2:DescribeTags]}"
ENTRIES = {
    f"{{own: {OWN}}}": None,
    f"{{own: {{automatic: true, attempts: 5, retry_seconds: 60, concurrency: 1, error_percentage: 2, {OWN[1:]}}}": None,
    f"{{open-ssh: {OWN}}}": None,  # the key of one that is shipped, for another
    "{open-ssh: {}}": {"open-ssh": {}},
    "{password-policy: {parameters: {MinimumPasswordLength: 16}}}": {
        "password-policy": {"parameters": {"MinimumPasswordLength": 16}}
    },
    "{password-policy: {document_parameters: {HardExpiry: true}, automatic: true}}": {
        "password-policy": {"document_parameters": {"HardExpiry": True}, "automatic": True}
    },
    "{public-buckets: {permissions: [s3:PutBucketPublicAccessBlock]}}": {
        "public-buckets": {"permissions": ["s3:PutBucketPublicAccessBlock"]}
    },
    "{volume-encryption: {home_only: true, attempts: 9}}": {"volume-encryption": {"home_only": True, "attempts": 9}},
}  # fmt: skip


def templates(organization: Organization) -> list[dict[str, Any]]:
    deployments = organization.deployments
    return [deployments[name].template for name in ("config-remediation", "config-remediation-role")]


@pytest.mark.parametrize("entries", ENTRIES)
def test_they_come_back_from_the_templates_that_were_made_of_them(entries: str, load_text: Load) -> None:
    wanted = load_text(text(entries))
    found = dict(remediations_of(*templates(wanted)))
    again = load_text(text(str(found).replace("True", "true").replace("False", "false")))
    assert templates(again) == templates(wanted)
    expected = ENTRIES[entries]
    assert expected is None or found == expected


def test_one_that_is_shipped_is_called_by_its_key_alone(load_text: Load) -> None:
    entries = ", ".join(f"{key}: {{}}" for key in SHIPPED)
    wanted = load_text(text(f"{{{entries}}}", "{receives: [flow-logs]}"))
    assert dict(remediations_of(*templates(wanted))) == {key: {} for key in SHIPPED}


def _imported(sandbox: Sandbox, folder: Path) -> Any:
    aws = QuickAws(stranger(HOME))
    asked = Asked("again", HOME, (HOME, "us-east-1"), "", "Log Archive", "Security Tooling")
    draft = read(stranger(HOME), aws, asked)
    return with_services(aws, draft, write_folder(draft, folder), folder)


def test_an_import_writes_those_of_another_config(sandbox: Sandbox, load_text: Load, tmp_path: Path) -> None:
    entries = "{public-buckets: {automatic: true}, password-policy: {parameters: {MinimumPasswordLength: 16}}}"
    assert Cloud(sandbox, load_text(text(entries))).apply().complete
    found = _imported(sandbox, tmp_path / "org")
    assert found.draft.services["config"] == {
        "recorders": False,
        "remediations": {
            "password-policy": {"parameters": {"MinimumPasswordLength": 16}},
            "public-buckets": {"automatic": True},
        },
    }
    assert not [each for each in found.draft.removed if "remediation" in each]
    plan = Cloud(sandbox, found.written.organization).plan()
    assert {each.action for each in plan.changes} <= {Action.ADOPT, Action.FORGET}


def test_those_of_a_service_that_is_left_out_are_told(creation: Story, tmp_path: Path) -> None:
    """A rule in Guard, of which the file is not there."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        found = _imported(sandbox, tmp_path / "org")
    assert "config" not in found.draft.services
    (told,) = [str(each) for each in found.written.left_out if each.what.startswith("remediations")]
    assert told == (
        "remediations of AWS Config (password-policy, public-buckets): let go of, since AWS Config is left out"
    )


@pytest.mark.parametrize(
    "target",
    [
        "{units: [workloads/prod], accounts: [management]}",
        "{units: [root], exclude: {accounts: [management]}}",
        "{accounts: [shop-dev]}",
    ],
)
def test_they_stay_where_they_are(sandbox: Sandbox, load_text: Load, target: str, tmp_path: Path) -> None:
    wanted = load_text(REMEDIED.replace("  config:\n", f"  config:\n    target: {target}\n"))
    assert Cloud(sandbox, wanted).apply().complete
    found = _imported(sandbox, tmp_path / "org")
    service = found.written.organization.service(ConfigSettings)
    assert not [str(e) for e in found.written.left_out if "remed" in str(e)]
    assert service.settings.remediations.keys() == {"password", "public"}
    assert _reached(found.written.organization) == _reached(wanted)
    plan = Cloud(sandbox, found.written.organization).plan()
    assert not [str(each.address) for each in plan.changes if "config-remediation" in each.address.name]


def _reached(organization: Organization) -> set[str]:
    """Where there are rules with a remediation, the management account among it."""
    deployment = organization.deployments["config-remediation"]
    members = {*organization.members(deployment.target)} - {organization.management}
    return members | ({organization.management} if deployment.management else set())


def test_what_a_config_cannot_say_is_let_go_of_and_told(sandbox: Sandbox, load_text: Load, tmp_path: Path) -> None:
    """A template that somebody has changed."""
    assert Cloud(sandbox, load_text(REMEDIED)).apply().complete
    client = sandbox.session(region=HOME).client("cloudformation")
    found = client.describe_stack_set(StackSetName="landing-config-remediation")["StackSet"]
    template = json.loads(found["TemplateBody"])
    template["Resources"]["Rule0"]["Properties"]["Description"] = "by hand"
    client.update_stack_set(
        StackSetName="landing-config-remediation",
        TemplateBody=json.dumps(template),
        Parameters=found["Parameters"],
    )
    sandbox.advance(3600)
    imported = _imported(sandbox, tmp_path / "org")
    assert "remediations" not in imported.draft.services["config"]
    (told,) = [each for each in imported.written.left_out if "remediations" in each.what]
    assert "a config cannot say them" in told.why
    assert "stack_set.config-remediation" in imported.draft.removed
