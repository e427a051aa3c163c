"""Services as they are set: what AWS has of them as settings of a config, or why not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.model import Action, Change, Diagnostic
from landing.engine.observe import desired_of, observe
from landing.importing.comparison import Compared
from landing.importing.draft import Asked
from landing.importing.live import read, stranger
from landing.importing.live_services import with_services
from landing.importing.output import write_folder
from landing.importing.yaml_values import block
from landing.library import Library, shipped
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.guardduty.settings import FEATURES
from landing.services.organizations.declaration import SERVICE as ORGANIZATIONS
from landing.services.registry import KINDS, SERVICES
from landing.services.service import Service
from landing.services.settings import without_defaults
from tests.cloud import Cloud, QuickAws
from tests.importing.test_adopting import by_hand
from tests.samples import FULL

HOME, OTHER = "eu-west-1", "us-east-1"
INVERTED = [service for service in SERVICES if service.settings_of is not None]
CARRIED = (*ORGANIZATIONS.kinds, *(kind for service in INVERTED for kind in service.kinds))
RECORDING = KINDS["config_recording"]
"""Recorders that are there already are those of others."""
SETTINGS = (
    "{guardduty: {export: false}}",
    "{log_archive: {}, guardduty: {auto_enable: NONE, publishing_frequency: SIX_HOURS}}",
    "{guardduty: {export: false, management_account: false, features: {runtime_monitoring: {ec2_agent_management: false}}}}",
    "{guardduty: {export: false, suppress: {s: {where: {severity: {less_than: 4}}, description: d}}, malware_scans: {keep_snapshots: true, exclude_tags: {scan: never}}, lists: {l: {type: threat_ips, location: 's3://acme-lists/bad.txt', active: false}}}}",
    "{guardduty: {export: false, features: {runtime_monitoring: true, ai_protection: true, s3_data_events: false}}}",
    "{security_hub: {}}",
    "{security_hub: {linked_regions: [eu-north-1], policies: {off: {enabled: false, target: {units: [security]}}}}}",
    "{security_hub: {policies: {base: {target: {units: [root]}, parameters: {ACM.1: {daysToExpiration: 7}}}}}}",
    "{security_hub: {policies: {one: {target: {accounts: [shop-dev], units: [workloads/prod]}, disabled_controls: [S3.1]}}}}",
    "{security_hub: {custom_actions: {out: {name: Out, description: d}}, automation_rules: {a: {description: d, order: 3, terminal: true, "
    "where: {Title: {word: [x], eq: [b, a]}, Confidence: {gte: 5}}, then: {severity: LOW, types: [t/u], criticality: 7}}}}}",
    "{security_hub_v2: {disable_in_regions: [us-east-1], connectors: {j: {jira_project: SEC}}, automation_rules: {a: {description: d, order: 3, "
    "enabled: false, where: {cloud.region: {word: [x], neq: [b, a]}, vulnerabilities.is_fix_available: true, evidences.src_endpoint.ip: [10.0.0.0/8]}, "
    "then: {ticket: j}}, b: {description: d, order: 4, resources: {any: [{AccountName: {eq: [a, b]}}, {Region: {eq: [x]}, ResourceTags: {c: d}}], FindingsSummary.TotalFindings: {gt: 3}, ResourceTags: {a: b}}, then: {criticality: Low}}}}}",
    "{security_hub_v2: {enabled: false, policy: false}}",
    "{macie: {export: false, auto_enable: false, discovery: ALL}}",
    "{log_archive: {}, macie: {}}",
    "{macie: {export: false, suppress: {a: {description: d, where: {accountId: {eq: ['1', '0'], neq: ['2']}, count: {gte: 3}}}}}}",
    "{macie: {export: false, discovery: SOME, exclude: {buckets: [b-b, a-a], log_archive: false}, inspection: {exclude: [A_B]}, allow_lists: {l: {location: 's3://acme/l/words.txt'}}}}",
    "{log_archive: {}, macie: {discovery: NEW, exclude: {buckets: [a-a]}, identifiers: {i: {regex: 'a{3}', ignore_words: [aaab], distance: 9}}}}",
    "{macie: {export: false, identifiers: {i: {regex: a}}, jobs: {m: {every: month, day: 3, existing: true, include: {permission: [PUBLIC], names: [x-x, y-y]}, "
    "managed: EXCEPT, managed_identifiers: [A_B]}, d: {every: day, regions: [us-east-1], include: {target: {accounts: [shop-dev]}}, exclude: {tags: {k: [v, w]}}, identifiers: [i]}}}}",
    "{root_access: {}}",
    "{service_quotas: {new_accounts: {l: {service: lambda, quota: L-B99A9384, value: 2000}}}}",
    "{root_access: {sessions: false, administrator: false}}",
    "{identity_center: {permission_sets: {X: {session: 90m, boundary: {name: own, path: /a/}, customer_managed: [{name: b}], "
    "inline: {Statement: [{Effect: Deny, Action: '*', Resource: '*'}]}}}, attributes: {team: '${path:userName}'}, "
    "assignments: {a: {groups: [one, two], users: [ana@example.com], permission_sets: [X], target: {accounts: [shop-dev]}}}}}",
    "{inspector: {scans: {ecr: false, lambda: false, ami: true}, ecr_rescan: LIFETIME, ec2_scan_mode: EC2_SSM_AGENT_BASED}}",
    "{inspector: {overrides: {a: {target: {units: [workloads/dev]}, scans: {lambda_code: true}}, b: {target: {accounts: [security-tooling]}, scans: {ecr: false}}}}}",
    "{inspector: {cis_scans: {a: {every: day, tags: {k: [v, w]}}, b: {every: month, days: [TUE], tags: {k: [v]}}}}}",
    "{inspector: {suppress: {a: {where: {epssScore: {from: 0, to: 0.2}, title: {prefix: [a, b], neq: [c]}}}}}}",
    "{detective: {auto_enable: false, packages: []}}",
    "{security_lake: {roles: false, sources: {ROUTE53: {}, WAF: {version: '1.0'}}, rollup: eu-west-1, retention_days: 30, transitions: {GLACIER: 9}}}",
    "{firewall_manager: {administrators: {shop-dev: {}, shop-prod: {target: {units: [root], exclude: {units: [security]}}, regions: [eu-west-1]}}}}",
    "{firewall_manager: {policies: {u: {target: {units: [workloads]}, regions: [eu-west-1], security_group_usage: {}}}, "
    "notifications: {topics: {eu-west-1: 'arn:aws:sns:eu-west-1:111122223333:t'}, role: 'arn:aws:iam::111122223333:role/fw'}}, config: {recorders: false}}",
    "{security_incident_response: {triage: false, team: [{name: Ana, title: T, email: a@example.com}, {name: Bob, title: U, email: b@example.com}]}}",
    "{config: {recorders: false}}",
    "{config: {recorders: false, rules: {ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT, description: E}}}}",
    "{config: {recorders: false, rules: {tags: {identifier: REQUIRED_TAGS, parameters: {tag1Key: a}, home_only: true}}}}",
    "{config: {recorders: false, rules: {ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT, exclude: {accounts: [shop-dev]}}}}}",
    "{config: {recorders: false, conformance_packs: {mas-trm: {parameters: {LogDays: 400, PasswordLength: 20}}, cis-aws-5: {template: cis-aws-5.0, exclude: {units: [workloads/dev]}}}}}",
)
Load = Callable[..., Organization]


@pytest.mark.parametrize("service", INVERTED, ids=lambda service: service.key)
@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_come_back_from_what_they_ask_for(service: Service, settings: str, organization: Load) -> None:
    wanted = organization(f"services: {settings}\n")
    if service.key not in wanted.services:
        return
    assert _again(service, wanted, organization) == asked_for(wanted, service)


@pytest.mark.parametrize("service", INVERTED, ids=lambda service: service.key)
def test_those_of_the_full_sample_come_back_too(service: Service, full: Organization, load_text: Load) -> None:
    others = FULL.partition("services:")[0]
    assert _again(service, full, lambda text: load_text(others + text)) == asked_for(full, service)


def asked_for(organization: Organization, service: Service) -> dict[str, Any]:
    """The attributes that a config asks for, by address."""
    kinds = [kind for kind in service.kinds if kind is not RECORDING]
    return {str(address): each.attributes for address, each in desired_of(organization, kinds).items()}


def _again(service: Service, wanted: Organization, load: Load) -> Any:
    """What the settings ask for that were made of what others ask for."""
    assert service.settings_of
    assert service.settings
    settings = service.settings_of(wanted, list(desired_of(wanted, service.kinds).values()))
    services: Any = {"log_archive": {}} if settings.get("export") else {}
    if settings.get("policies") and service.key == "firewall_manager":
        services |= {"log_archive": {}, "config": {}}  # which its policies need
    services[service.key] = without_defaults(service.settings, settings)
    return asked_for(load("\n".join(["services:", *block(services, 2)]) + "\n"), service)


def test_every_service_with_an_administrator_says_how_it_is_taken_over() -> None:
    assert {service.key for service in SERVICES if service.administered} <= {service.key for service in INVERTED}


BUCKET_POLICY = {
    "Effect": "Allow",
    "Principal": {"Service": "guardduty.amazonaws.com"},
    "Action": ["s3:PutObject", "s3:GetBucketLocation"],
    "Resource": ["arn:aws:s3:::corp-findings", "arn:aws:s3:::corp-findings/*"],
}


class Watched:
    """An organization made by hand, of which an account administers the security services in two regions."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        live = by_hand(sandbox.world)
        self.accounts = {each.name: each.id for each in sandbox.world.accounts.values()}
        self.root = live.root
        self.calls = 0
        for principal in ("guardduty", "malware-protection.guardduty", "securityhub", "macie"):
            self.client("organizations", "").enable_aws_service_access(ServicePrincipal=f"{principal}.amazonaws.com")

    def client(self, service: str, account: str = "Audit", region: str = HOME) -> Any:
        session = self.sandbox.session(self.accounts.get(account), region=region)
        return session.client(service)  # type: ignore[call-overload]

    def guardduty(self, frequency: str = "ONE_HOUR") -> None:
        for region in (HOME, OTHER):
            self.client("guardduty", "", region).enable_organization_admin_account(
                AdminAccountId=self.accounts["Audit"]
            )
            client = self.client("guardduty", region=region)
            (detector,) = client.list_detectors()["DetectorIds"]
            features = [{"Name": name, "AutoEnable": "NEW" if on else "NONE"} for name, on in FEATURES.items()]
            own = [{"Name": name, "Status": "ENABLED" if on else "DISABLED"} for name, on in FEATURES.items()]
            client.update_detector(DetectorId=detector, FindingPublishingFrequency=frequency, Features=own)
            client.update_organization_configuration(
                DetectorId=detector, AutoEnableOrganizationMembers="NEW", Features=features
            )

    def security_hub(self, mode: str = "CENTRAL") -> None:
        self.client("securityhub", "").enable_organization_admin_account(AdminAccountId=self.accounts["Audit"])
        client = self.client("securityhub")
        client.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
        client.update_organization_configuration(
            AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": mode}
        )
        self.sandbox.advance(3600)
        if mode == "LOCAL":
            return
        document = {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": [],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": ["IAM.6"]},
        }
        for name in ("Corp.Base", "Nobody"):
            made = client.create_configuration_policy(Name=name, ConfigurationPolicy={"SecurityHub": document})["Id"]
            if name == "Corp.Base":
                client.start_configuration_policy_association(
                    ConfigurationPolicyIdentifier=made, Target={"RootId": self.root}
                )
        self.sandbox.advance(3600)

    def rules(self) -> None:
        """One everywhere, one at home, and some that no setting can say."""
        organizations = self.client("organizations", "")
        for principal in ("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"):
            organizations.enable_aws_service_access(ServicePrincipal=principal)
            organizations.register_delegated_administrator(AccountId=self.accounts["Audit"], ServicePrincipal=principal)
        tags = {"RuleIdentifier": "REQUIRED_TAGS", "InputParameters": json.dumps({"tag1Key": "team"})}
        mfa: dict[str, Any] = {"RuleIdentifier": "ROOT_ACCOUNT_MFA_ENABLED", "Description": "MFA"}
        hourly = {**tags, "MaximumExecutionFrequency": "One_Hour"}
        excluded = {"ExcludedAccounts": [self.accounts["Log Archive"]]}
        for region, name, metadata, more in (
            (HOME, "Corp_Tags", tags, {}),
            (OTHER, "Corp_Tags", tags, {}),
            (HOME, "root-mfa", mfa, {}),
            (OTHER, "elsewhere", mfa, {}),
            (HOME, "hourly", hourly, {}),
            (HOME, "but-one", tags, excluded),
            (HOME, "differs", tags, {}),
            (OTHER, "differs", mfa, {}),
        ):
            self.client("config", region=region).put_organization_config_rule(
                OrganizationConfigRuleName=name, OrganizationManagedRuleMetadata=metadata, **more
            )
        self.sandbox.advance(3600)

    def exported(self) -> None:
        """To a bucket of others."""
        store = self.client("s3", "Log Archive")
        store.create_bucket(Bucket="corp-findings", CreateBucketConfiguration={"LocationConstraint": HOME})
        policy = {"Version": "2012-10-17", "Statement": [BUCKET_POLICY]}
        store.put_bucket_policy(Bucket="corp-findings", Policy=json.dumps(policy))
        allowed = {**BUCKET_POLICY, "Action": "kms:GenerateDataKey", "Resource": "*"}
        own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.accounts['Log Archive']}:root"}}
        policy = {"Version": "2012-10-17", "Statement": [allowed, {**own, "Action": "kms:*", "Resource": "*"}]}
        key = self.client("kms", "Log Archive").create_key(Policy=json.dumps(policy))["KeyMetadata"]["Arn"]
        client = self.client("guardduty")
        client.create_publishing_destination(
            DetectorId=client.list_detectors()["DetectorIds"][0],
            DestinationType="S3",
            DestinationProperties={"DestinationArn": "arn:aws:s3:::corp-findings", "KmsKeyArn": key},
        )

    def imported(self, folder: Path, tooling: str = "") -> Compared:
        aws = QuickAws(stranger(HOME))
        draft = read(stranger(HOME), aws, Asked("corp", HOME, (HOME, OTHER), "", "Log Archive", tooling))
        found = with_services(aws, draft, write_folder(draft, folder), folder)
        self.calls = sum(aws.calls.values())
        return found


def reasons(found: Compared) -> str:
    return "\n".join(str(each) for each in found.written.left_out if "administered by" in each.what)


def test_services_are_taken_over_as_they_are_set_and_given_up_again_without_loss(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        watched.guardduty()
        watched.exported()
        watched.security_hub()
        found = watched.imported(tmp_path / "org")
        assert reasons(found) == ""
        assert found.draft.services == {
            "guardduty": {
                "auto_enable": "NEW",
                "publishing_frequency": "ONE_HOUR",
                "management_account": False,
                "export": False,
            },
            "security_hub": {
                "policies": {
                    "corp-base": {
                        "name": "Corp.Base",
                        "disabled_controls": ["IAM.6"],
                        "target": {"units": ["root"]},
                    }
                }
            },
        }
        door = Cloud(sandbox, found.written.organization).open()
        observe(found.written.organization, door)
        # The calls of a plan, one for each policy, and GuardDuty's lists and filters and Macie's members, which a plan asks
        # for once they are in the config or the service is marked; and who administers the newer Security Hub, which
        # ListOrganizationAdminAccounts says in a call of its own, and a plan asks if the config has it.
        lists = (5 + 1) * 2 + 1
        policies = len(found.draft.policies) + len(found.draft.known)
        assert watched.calls <= sum(door.calls.values()) + policies + lists
        cloud = Cloud(sandbox, found.written.organization, kinds=CARRIED)
        plan = cloud.plan(CARRIED)
        assert {change.action for change in plan.changes} == {Action.ADOPT}
        assert {"security_hub_policy.Nobody@audit/eu-west-1", "guardduty_export.organization@audit/eu-west-1"} <= {
            *map(str, plan.unmanaged)
        }
        assert cloud.apply(changes=plan.changes).complete
        assert cloud.plan(CARRIED).changes == ()
        services = tmp_path / "org/config/services.yaml"
        services.write_text(services.read_text().replace("[IAM.6]", "[IAM.6, S3.1]"))
        cloud = _reloaded(sandbox, tmp_path)
        changes = cloud.plan(CARRIED).changes
        assert _updates(changes) == ["security_hub_policy.corp-base@audit/eu-west-1"]
        assert cloud.apply(changes=changes).complete
        assert cloud.plan(CARRIED).changes == ()


def _reloaded(sandbox: Sandbox, folder: Path) -> Cloud:
    """With the config as it is now."""
    organization, _ = load(folder / "org/config", Library.load(shipped(), folder / "org"))
    return Cloud(sandbox, organization, kinds=CARRIED)


def _updates(changes: tuple[Change, ...]) -> list[str]:
    assert {change.action for change in changes} <= {Action.UPDATE}
    return [str(change.address) for change in changes]


def test_rules_of_config_are_taken_over_by_their_names(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        watched.rules()
        found = watched.imported(tmp_path / "org")
        assert found.draft.services == {
            "config": {
                "recorders": False,
                "rules": {
                    "but-one": {
                        "name": "but-one",
                        "identifier": "REQUIRED_TAGS",
                        "parameters": {"tag1Key": "team"},
                        "exclude": {"accounts": ["log-archive"]},
                        "home_only": True,
                    },
                    "corp-tags": {
                        "name": "Corp_Tags",
                        "identifier": "REQUIRED_TAGS",
                        "parameters": {"tag1Key": "team"},
                    },
                    "root-mfa": {
                        "name": "root-mfa",
                        "identifier": "ROOT_ACCOUNT_MFA_ENABLED",
                        "description": "MFA",
                        "home_only": True,
                    },
                },
            }
        }
        left = {each.what for each in found.written.left_out if each.what.startswith("config_rule")}
        assert left == {
            f"config_rule.{name}@audit/{region}"
            for name, region in (
                ("elsewhere", OTHER),
                ("hourly", HOME),
                ("differs", HOME),
                ("differs", OTHER),
            )
        }
        cloud = Cloud(sandbox, found.written.organization, kinds=CARRIED)
        assert {change.action for change in cloud.plan(CARRIED).changes} == {Action.ADOPT}
        assert cloud.apply(changes=cloud.plan(CARRIED).changes).complete
        services = tmp_path / "org/config/services.yaml"
        services.write_text(services.read_text().replace("description: MFA", "description: All have MFA"))
        assert _updates(_reloaded(sandbox, tmp_path).plan(CARRIED).changes) == ["config_rule.root-mfa@audit/eu-west-1"]


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("config: {rules: {a: {name: landing-b, identifier: REQUIRED_TAGS, parameters: {tag1Key: a}}}}", "LZ362"),
        ("security_hub: {policies: {a: {name: landing-b, target: {units: [root]}}}}", "LZ357"),
        (
            "security_hub: {policies: {a: {name: Corp, target: {units: [root]}}, "
            "b: {name: Corp, target: {units: [security]}}}}",
            "LZ357",
        ),
    ],
)
def test_a_name_is_given_once_and_not_one_that_a_config_makes(
    extra: str, code: str, problems: Callable[..., list[Diagnostic]]
) -> None:
    assert code in {each.code for each in problems(f"services: {{log_archive: {{}}, {extra}}}\n")}


def test_what_no_settings_say_is_left_out_with_the_difference(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        watched.guardduty()
        client = watched.client("guardduty", region=OTHER)
        client.update_detector(
            DetectorId=client.list_detectors()["DetectorIds"][0], FindingPublishingFrequency="SIX_HOURS"
        )
        watched.security_hub("LOCAL")
        found = watched.imported(tmp_path / "org")
    assert found.draft.services == {}
    assert not (tmp_path / "org/config/services.yaml").exists()
    told = reasons(found)
    assert (
        "guardduty.organization@audit/us-east-1 has publishing_frequency 'SIX_HOURS', which would be 'ONE_HOUR'" in told
    )
    assert re.search("security_hub.organization@audit/eu-west-1 has configuration 'LOCAL', which would be", told)
    top = (tmp_path / "org/config/organization.yaml").read_text()
    assert "# - Amazon GuardDuty, administered by audit: it stays as it is set, which a config cannot say" in top


@pytest.mark.parametrize("reached", [False, True])
def test_guardduty_is_taken_over_without_the_access_for_scans_where_members_are_not_scanned(
    tmp_path: Path, *, reached: bool
) -> None:
    scans = "malware-protection.guardduty.amazonaws.com"
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        organizations = watched.client("organizations", "")
        organizations.disable_aws_service_access(ServicePrincipal=scans)
        if reached:
            watched.guardduty()
        else:  # as the appointment leaves it
            for region in (HOME, OTHER):
                watched.client("guardduty", "", region).enable_organization_admin_account(
                    AdminAccountId=watched.accounts["Audit"]
                )
        found = watched.imported(tmp_path / "org")
    assert ("guardduty" in found.draft.services) is not reached
    assert (f"trusted_access.{scans} is not there, and would be made" in reasons(found)) is reached
    assert {change.action for change in found.plan.changes} == {Action.ADOPT}


def test_what_another_account_administers_is_left_out(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        watched.guardduty()
        found = watched.imported(tmp_path / "org", "Log Archive")
    assert found.draft.services == {}
    assert "Amazon GuardDuty, administered by audit: it stays as it is set" in reasons(found)


def test_access_is_taken_over_with_all_who_have_it(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.world.options["identity_center"] = {"region": OTHER, "groups": ["platform", "shop"], "users": ["ana"]}
        watched = Watched(sandbox)
        client = watched.client("sso-admin", "", OTHER)
        store = watched.client("identitystore", "", OTHER)
        (instance,) = client.list_instances()["Instances"]
        here, directory = {"InstanceArn": instance["InstanceArn"]}, {"IdentityStoreId": instance["IdentityStoreId"]}
        groups = {each["DisplayName"]: each["GroupId"] for each in store.list_groups(**directory)["Groups"]}
        made = {
            name: client.create_permission_set(**here, Name=name, SessionDuration="PT8H")["PermissionSet"]
            for name in ("Reader", "Operator", "AWSPowerUserAccess")
        }
        policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        reader = {**here, "PermissionSetArn": made["Reader"]["PermissionSetArn"]}
        client.attach_managed_policy_to_permission_set(**reader, ManagedPolicyArn=policy)
        given = [("Reader", "platform", each) for each in watched.accounts.values()]
        given += [("Reader", "shop", watched.accounts["Audit"]), ("Operator", "shop", watched.accounts["Audit"])]
        given += [("AWSPowerUserAccess", "shop", watched.accounts["Audit"])]
        for name, group, account in given:
            who = {"PrincipalType": "GROUP", "PrincipalId": groups[group], "TargetType": "AWS_ACCOUNT"}
            arn = made[name]["PermissionSetArn"]
            client.create_account_assignment(**here, **who, PermissionSetArn=arn, TargetId=account)
            sandbox.advance(3600)
        found = watched.imported(tmp_path / "org")
        assert found.draft.services["identity_center"] == {
            "permission_sets": {
                "Operator": {"session": "8h"},
                "Reader": {"session": "8h", "aws_managed": ["ReadOnlyAccess"]},
            },
            "assignments": {
                "operator-reader": {
                    "groups": ["shop"],
                    "permission_sets": ["Operator", "Reader"],
                    "target": {"accounts": ["audit"]},
                },
                "reader": {"groups": ["platform"], "permission_sets": ["Reader"], "target": {"units": ["root"]}},
            },
        }
        left = {each.what for each in found.written.left_out}
        assert {"permission_set.AWSPowerUserAccess", "account_assignment.group/shop/AWSPowerUserAccess"} <= left
        cloud = Cloud(sandbox, found.written.organization, kinds=CARRIED)
        plan = cloud.plan(CARRIED)
        assert {change.action for change in plan.changes} == {Action.ADOPT}
        assert cloud.apply(changes=plan.changes).complete
        assert cloud.plan(CARRIED).changes == ()


def test_a_lake_is_taken_over_with_those_it_collects_from(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        archive, audit = watched.accounts["Log Archive"], watched.accounts["Audit"]
        watched.client("securitylake", "").register_data_lake_delegated_administrator(accountId=archive)
        iam = watched.client("iam", "Log Archive")
        for principal in ("resource-management.securitylake", "lakeformation"):
            iam.create_service_linked_role(AWSServiceName=f"{principal}.amazonaws.com")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        name = {"RoleName": "AmazonSecurityLakeMetaStoreManagerV2", "Path": "/service-role/"}
        role = iam.create_role(**name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        lake, regions = watched.client("securitylake", "Log Archive"), [HOME, OTHER]
        kept = {"expiration": {"days": 90}, "transitions": []}
        wanted = [{"region": each, "lifecycleConfiguration": kept} for each in regions]
        lake.create_data_lake(configurations=wanted, metaStoreManagerRoleArn=role)
        sandbox.advance(3600)
        everybody, some = [*watched.accounts.values()], [archive, audit]
        for source, accounts in (("ROUTE53", everybody), ("VPC_FLOW", some)):
            entry = {"sourceName": source, "sourceVersion": "2.0", "regions": regions, "accounts": accounts}
            assert lake.create_aws_log_source(sources=[entry])["failed"] == []
            sandbox.advance(3600)
        joining = [{"sourceName": "ROUTE53", "sourceVersion": "2.0"}]
        rows = [{"region": each, "sources": joining} for each in regions]
        lake.create_data_lake_organization_configuration(autoEnableNewAccount=rows)
        who = {"principal": "111122223333", "externalId": "corp"}
        reads = [{"awsLogSource": each} for each in joining]
        lake.create_subscriber(subscriberName="siem", subscriberIdentity=who, sources=reads, accessTypes=["S3"])
        found = watched.imported(tmp_path / "org")
        assert reasons(found) == ""
        assert found.draft.services == {
            "security_lake": {
                "sources": {"ROUTE53": {}, "VPC_FLOW": {"target": {"units": ["security"]}}},
                "retention_days": 90,
                "roles": False,
            }
        }
        assert "security_lake_subscriber.siem (by name)@log-archive/eu-west-1" in {*map(str, found.plan.unmanaged)}
        cloud = Cloud(sandbox, found.written.organization, kinds=CARRIED)
        plan = cloud.plan(CARRIED)
        assert {change.action for change in plan.changes} == {Action.ADOPT}
        assert cloud.apply(changes=plan.changes).complete
        assert cloud.plan(CARRIED).changes == ()


def test_a_lake_of_another_account_is_left_out(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        watched = Watched(sandbox)
        watched.client("securitylake", "").register_data_lake_delegated_administrator(
            accountId=watched.accounts["Audit"]
        )
        found = watched.imported(tmp_path / "org")
    assert found.draft.services == {}
    (why,) = [each for each in found.written.left_out if "Security Lake" in each.what]
    assert why.what == "Amazon Security Lake, administered by log-archive"
    assert "security_lake_administrator.organization has account 'audit'" in why.why


def test_where_nobody_has_access_by_it_nothing_is_said_of_it(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.world.options["identity_center"] = {"region": OTHER}
        watched = Watched(sandbox)
        watched.client("sso-admin", "", OTHER).list_instances()
        found = watched.imported(tmp_path / "org")
        assert found.draft.services == {}
