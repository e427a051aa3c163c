"""Plain stacks: the log archive's, those that cover the management account, and the config's `stacks`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, ClassVar

from landing.aws import Aws, translated, unless
from landing.blueprint import canonical
from landing.core import references
from landing.core.errors import AwsError, NotOurs, NotThere, OperationFailed
from landing.core.model import (
    Action,
    Address,
    Attributes,
    Change,
    Diagnostic,
    Gap,
    Level,
    Resource,
    Scope,
    Severity,
    Source,
)
from landing.core.references import Output, outputs_in, with_outputs
from landing.organization import PREFIX, REQUIRES_TAG, Deployment, Organization
from landing.organization.outputs import placed, producers, sites
from landing.organization.resources import GOVERNED_ACCOUNT, STACK
from landing.services.base import LACKS, between, required_account
from landing.services.organizations.delegated_administrator import DelegatedAdministrator
from landing.services.organizations.organization import TheOrganization
from landing.services.stacks import existing_recorders
from landing.services.stacks.cloudformation import (
    IN_REVIEW,
    MARK,
    ROLLBACK_FAILED,
    CloudFormationKind,
    operation_id,
    unmarked,
)
from landing.services.stacks.deletions import deletion_notes, deletions
from landing.services.stacks.prerequisites import prerequisites
from landing.services.stacks.template_strength import weaker_template
from landing.services.stacks.vault_lock import vault_locks
from landing.services.strength import Weaker, neutral, on

BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", ROLLBACK_FAILED}
CLEANING_UP = {"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
"""The stack is as declared; what it was before is being removed."""
GONE_FIRST = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", IN_REVIEW}
"""States of a stack that was never built: CloudFormation wants it deleted before it is created again."""

NOTHING_TO_DO = "No updates are to be performed"
"""What CloudFormation says to an update that changes nothing; it has no error code of its own."""


KEY, ALIAS, BUCKET = "AWS::KMS::Key", "AWS::KMS::Alias", "AWS::S3::Bucket"
NAMES = ("BucketName", "AliasName", "Bucket")
"""Properties that say what a resource is called in AWS, or whose it is."""
KEPT = ":kept"
"""So ends the name of what others have in the place of a stack, which is no name that a stack can have."""


class Stack(CloudFormationKind):
    """A blueprint deployed as a stack in one account and region (CloudFormation, with termination protection)."""

    name = STACK
    title = "Stack"
    level = Level.ACCOUNT
    severity = Severity.HIGH
    help_uri = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "template": weaker_template,
        "parameters": neutral,  # compared in the templates
        "status": neutral,
        "protected": on,
        "drift": neutral,  # is put back
    }
    reads = (
        "cloudformation:DescribeStacks",
        "cloudformation:GetTemplate",
        "cloudformation:DetectStackDrift",
        "cloudformation:DescribeStackDriftDetectionStatus",
        "cloudformation:DescribeStackResourceDrifts",
        "cloudformation:DetectStackResourceDrift",
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        "kms:DescribeKey",
        "s3:GetBucketLocation",
        "s3:ListAllMyBuckets",
        "sts:AssumeRole",
    )
    writes = (
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:DeleteStack",
        "cloudformation:UpdateTerminationProtection",
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:ListStackResources",
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:TagResource",
        *existing_recorders.REMOVAL,
    )

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The accounts with a role, those that `stacks` name, and those that are marked: only there is one of ours."""
        roles = (organization.management, organization.log_archive, organization.security_tooling)
        for account in dict.fromkeys((*roles, *organization.stack_accounts, *organization.left_accounts)):
            for region in organization.governed_regions:
                yield Scope(account, region)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """What is deployed to single accounts, and the management account's share of stack sets."""
        for deployment in organization.deployments.values():
            accounts = deployment.accounts or ((organization.management,) if deployment.management else ())
            for account, region in product(accounts, deployment.regions):
                yield self._resource(organization, deployment, Scope(account, region))

    def _resource(self, organization: Organization, deployment: Deployment, scope: Scope) -> Resource:
        parameters = placed(organization, self.parameters_of(organization, deployment), scope)
        attributes = {
            "template": deployment.template,
            "parameters": parameters,
            "status": "complete",
            "protected": True,
            "drift": {},
        }
        needs = [TheOrganization().address("this"), required_account(scope.account)]
        needs += self.accounts_given(organization, parameters)
        needs += (
            DelegatedAdministrator().address(f"{principal}/{scope.account}") for principal in deployment.delegated
        )
        needs += prerequisites(organization, deployment, scope)
        needs += (address for key in deployment.requires for address in self.sites(organization, key, scope))
        needs += (self.address(key, site) for key, site in producers(parameters))
        needs += [Address(GOVERNED_ACCOUNT, scope.account)] if deployment.remembered else []
        return Resource(
            self.address(deployment.key, scope), attributes, tuple(dict.fromkeys(needs)), source=deployment.source
        )

    def sites(self, organization: Organization, key: str, near: Scope) -> Iterator[Address]:
        """Where the stacks of another deployment are that something in `near` builds on."""
        other = organization.deployments.get(key)
        if other is None:
            return
        accounts = other.accounts or (
            (near.account,) if other.management and near.account == organization.management else ()
        )
        for account, region in product(accounts, other.regions):
            yield self.address(key, Scope(account, region))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Every stack of ours in the scope."""
        client = aws.client("cloudformation", scope)
        built = set()
        for stack in aws.listed(client, "describe_stacks", "Stacks"):
            name, status = stack["StackName"], stack["StackStatus"]
            if status not in GONE_FIRST:
                built.add(name.removeprefix(PREFIX))
            if not name.startswith(PREFIX) or status == "DELETE_COMPLETE":
                continue
            key = name.removeprefix(PREFIX)
            if reason := unmarked(stack):
                if key in organization.deployments:
                    yield Gap(self.name, scope, Diagnostic("", reason, operation=f"stack {name}"), key)
                continue
            broken = status in BROKEN or status in GONE_FIRST
            done = not broken and (not status.endswith("_IN_PROGRESS") or status in CLEANING_UP)
            try:
                made_of = self._made_of(organization, aws, self.address(key, scope), stack, broken=broken)
            except AwsError as error:  # of the account that has the outputs
                yield Gap(self.name, scope, error.diagnostic, key)
                continue
            attributes = {
                **made_of,
                "status": "complete" if done else status,
                "protected": stack.get("EnableTerminationProtection", False),
                "drift": self._drift(aws, client, stack) if done else {},
            }
            yield Resource(self.address(key, scope), attributes, tuple(self._leans_on(organization, key, scope, stack)))
        yield from self._existing(organization, aws, scope, built)

    def _made_of(
        self, organization: Organization, aws: Aws, address: Address, stack: Mapping[str, Any], *, broken: bool
    ) -> dict[str, Any]:
        """Template and parameters of a stack; in the place of a value that an output has now, the reference to it."""
        client = aws.client("cloudformation", address.scope)
        name = stack["StackName"]
        template = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"] if not broken else {}
        deployment = organization.deployments.get(address.name)
        found = self.shown(aws, template, stack.get("Parameters") or [], deployment.parameters if deployment else {})
        if deployment is not None and deployment.remembered and address.scope in sites(deployment):
            wanted = placed(organization, deployment.parameters, address.scope)
            for parameter in sorted(parameter for parameter, text in wanted.items() if outputs_in(text)):
                text = wanted[parameter]
                outputs = {each: self._output(organization, aws, each) for each in outputs_in(text)}
                known = {each: value for each, value in outputs.items() if value is not None}
                if known.keys() == outputs.keys():
                    now = aws.symbolic(with_outputs(text, known.__getitem__))
                    if now == found["parameters"].get(parameter):
                        found["parameters"][parameter] = text
        return found

    def _output(self, organization: Organization, aws: Aws, output: Output) -> str | None:
        """The value of an output as it will stay; None where the stack is not there, or not as declared yet."""
        scope = Scope(output.account, output.region)

        def read() -> Mapping[str, str] | None:
            try:
                with translated(scope):
                    return self._outputs(organization, aws, self.address(output.stack, scope))
            except NotThere:
                return None

        known = aws.tree.once(f"outputs of {output.stack} {scope}", read)
        return None if known is None else known.get(output.name)

    def _outputs(self, organization: Organization, aws: Aws, address: Address) -> Mapping[str, str] | None:
        name = PREFIX + address.name
        with unless("ValidationError") as absent:
            stack = aws.client("cloudformation", address.scope).describe_stacks(StackName=name)["Stacks"][0]
        if absent.code or not stack["StackStatus"].endswith("_COMPLETE") or stack["StackStatus"] in BROKEN:
            return None
        wanted = self._resource(organization, organization.deployments[address.name], address.scope).attributes
        found = self._made_of(organization, aws, address, stack, broken=False)
        if unmarked(stack) or any(found[part] != wanted[part] for part in found):
            return None
        return outputs_of(stack)

    def _leans_on(
        self, organization: Organization, key: str, scope: Scope, stack: Mapping[str, Any]
    ) -> Iterator[Address]:
        """What goes only after a stack: those whose outputs it was given, and the mark of its account."""
        given = (tag["Value"] for tag in stack.get("Tags") or () if tag["Key"].startswith(REQUIRES_TAG))
        for text in sorted(given):
            name, _, place = text.partition("@")
            account, _, region = place.partition("/")
            yield self.address(name, Scope(account, region))
        deployment = organization.deployments.get(key)
        if deployment is None or deployment.remembered:
            yield Address(GOVERNED_ACCOUNT, scope.account)

    def sent(self, aws: Aws, after: Mapping[str, Any]) -> dict[str, Any]:
        """With outputs as they are now, and the tags that say whose a stack is and on which others it leans."""
        leans = (f"{key}@{scope}" for key, scope in producers(after["parameters"]))
        tags = [{"Key": f"{REQUIRES_TAG}{number}", "Value": value} for number, value in enumerate(leans)]
        values = {name: with_outputs(text, self._looked_up(aws)) for name, text in after["parameters"].items()}
        return {**super().sent(aws, {**after, "parameters": values}), "Tags": [MARK, *tags]}

    def _looked_up(self, aws: Aws) -> Callable[[Output], str]:
        """Outputs as AWS has them at this moment; raises OperationFailed where there is none."""
        known: dict[tuple[str, Scope], dict[str, str]] = {}

        def value(output: Output) -> str:
            scope, name = Scope(output.account, output.region), PREFIX + output.stack
            if (name, scope) not in known:
                with unless("ValidationError") as absent:
                    stack = aws.client("cloudformation", scope).describe_stacks(StackName=name)["Stacks"][0]
                known[name, scope] = {} if absent.code else outputs_of(stack)
            if output.name not in known[name, scope]:
                raise OperationFailed(f"it has no output {output.name} in {scope}", operation=f"stack {name}")
            return known[name, scope][output.name]

        return value

    def _existing(
        self, organization: Organization, aws: Aws, scope: Scope, built: Collection[str]
    ) -> Iterator[Resource | Gap]:
        """Recorders in the place of a stack: one that is kept, and records what is asked, stands for it."""
        for wanted in organization.deployments.values():
            mine = organization.management == scope.account and wanted.management and scope.region in wanted.regions
            if not (mine and wanted.existing) or wanted.accounts or wanted.key in built:
                continue
            found = existing_recorders.recorder_at(aws.client("config", scope))
            if found is None:
                continue
            lacks = existing_recorders.shortfall(found, wanted.template, home=scope.region == organization.home_region)
            resource = self._resource(organization, wanted, scope)
            if wanted.existing == existing_recorders.REPLACE:
                status = {"status": f"{existing_recorders.TAKEN} the recorder {found['name']} is there"}
                yield replace(resource, attributes=status)
                continue
            yield replace(resource, owned=False)
            if lacks:
                about = {LACKS: existing_recorders.kept(found["name"], lacks)}
                yield Resource(self.address(wanted.key + KEPT, scope), about, owned=False, used=True)

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """The deployment in whose place something of others is kept."""
        deployment = organization.deployments.get(address.name.removesuffix(KEPT))
        return deployment.source if deployment else organization.source

    def _drift(self, aws: Aws, client: Any, stack: dict[str, Any]) -> dict[str, Any]:
        status = stack.get("DriftInformation", {}).get("StackDriftStatus", "NOT_CHECKED")
        if aws.detect:
            status = self.detect_drift(aws, client, stack["StackName"])
        return aws.symbolic(self.drifts(aws, client, stack["StackName"])) if status == "DRIFTED" else {}

    def begun(self, change: Change, present: Attributes) -> bool:
        """Whether AWS is still at it, or has failed half way, and template and all else are on one of both sides.

        The protection is lifted first where a stack goes, and set last where it takes back what was left. A new one
        that was not built is deleted and made anew.
        """
        comes_or_goes = change.before is None or change.after is None
        if change.before is None and present["status"] in GONE_FIRST:
            return True
        open_to = {"status"} | ({"protected"} if comes_or_goes else set())
        rest = {part: value for part, value in present.items() if part not in open_to}
        status = str(present["status"])
        failed = ROLLBACK_FAILED if change.after is not None else "DELETE_FAILED"  # each is what `apply` goes on from
        left = status in ("complete", failed) if change.before is not None else status == "complete"
        return between(change, rest) and (left or status.endswith("_IN_PROGRESS"))

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, update, put back or delete, and wait for the end."""
        client = aws.client("cloudformation", change.address.scope)
        name = PREFIX + change.address.name
        self._status(client, name)  # before the stack of somebody else is waited for
        status = self.settled(aws, client, name)
        if change.action is Action.DELETE or status in GONE_FIRST:
            self._delete(aws, client, name, status)
            status = ""
        if change.after is None:
            return
        if _taken(change):
            existing_recorders.remove(aws.client("config", change.address.scope))
        if not status:
            self._create(aws, change.address.scope, name, change.after)
            return
        skipped = status == ROLLBACK_FAILED and self.continue_rollback(aws, client, name)
        client.update_termination_protection(StackName=name, EnableTerminationProtection=True)
        before = change.before or {}
        if any(before.get(part) != change.after[part] for part in ("template", "parameters", "status")):
            built = (before.get("template") or {}).get("Resources") or ()
            if set(_retained(change.after["template"])) - set(built):  # it may have been there before
                self._take_back(aws, client, name, change.after, ChangeSetType="UPDATE")
            else:
                self._update(aws, client, name, self.sent(aws, change.after))
        if skipped:
            self.restore(aws, client, name)
        elif before.get("drift"):
            self.revert_drift(aws, client, name)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Locks for ever, and what stays where it is, though no stack has it any longer."""
        yield from vault_locks(change)
        yield from deletion_notes(change)
        before, after = ((side or {}).get("template") or {} for side in (change.before, change.after))
        left = sorted({*_retained(before)} - {*(after.get("Resources") or {})})
        if left:
            called = (_called(name, before["Resources"][name], change.address.scope) for name in left)
            named = ", ".join(dict.fromkeys(called))  # a bucket's policy goes by its bucket
            yield (
                f"stays in {change.address.scope.account}, with all that is in it, until somebody deletes it there: "
                f"{named}"
            )

    def in_the_way(self, organization: Organization, aws: Aws, change: Change) -> Iterable[str]:
        """Buckets of its names that it cannot take in, for names are the world's; aliases of keys of no use."""
        resources, scope = _new(change), change.address.scope
        kept = _retained((change.after or {}).get("template") or {})
        for name, body in resources.items():
            called = aws.resolve(_called(name, body, scope))
            if body["Type"] == BUCKET and called != name and "${" not in called:
                yield from self._bucket_in_the_way(aws, scope, called, retained=name in kept)
            elif body["Type"] == ALIAS and called != name and "${" not in called:
                with unless("NotFoundException") as absent:
                    key = aws.client("kms", scope).describe_key(KeyId=called)["KeyMetadata"]
                if not absent.code and key["KeyState"] != "Enabled":
                    yield (
                        f"{called} in {scope.account} is that of the key {key['KeyId']}, which is in the state "
                        f"{key['KeyState']}: enable it (aws kms cancel-key-deletion, enable-key), or delete the alias"
                    )

    def _bucket_in_the_way(self, aws: Aws, scope: Scope, name: str, *, retained: bool) -> Iterator[str]:
        client = aws.client("s3", scope)
        with unless("NoSuchBucket", "AccessDenied") as absent:
            client.get_bucket_location(Bucket=name, ExpectedBucketOwner=aws.tree.account_ids[scope.account])
        ours = not absent.code
        if absent.code == "AccessDenied":
            ours = name in {each["Name"] for each in aws.listed(client, "list_buckets", "Buckets")}
            if not ours:
                yield (
                    f"the bucket {name} is another account's: names of buckets are the world's. Have it deleted there, "
                    f"or name a bucket of {scope.account} (services.log_archive.existing)"
                )
        if ours and not retained:
            yield (
                f"the bucket {name} is in {scope.account} already, and a stack takes in only what its template retains "
                "(DeletionPolicy: Retain)"
            )

    def dangers(self, change: Change) -> Iterable[str]:
        """Deleting it, what its template deletes, or the recorder in its place."""
        yield from super().dangers(change)
        if deletions(change):
            yield self.removal
        if _taken(change):
            yield existing_recorders.REPLACE

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """Nothing where the stack was rolled back when it was to be created: none of its resources is there."""
        before = change.before or {}
        if before.get("status") == "ROLLBACK_COMPLETE" and not _retained(before["template"]):
            return ()
        return super().weakened(organization, change)

    def _create(self, aws: Aws, scope: Scope, name: str, after: Mapping[str, Any]) -> None:
        """With what an earlier stack of the name has left behind, if anything (see `_take_back`)."""
        client, sent = aws.client("cloudformation", scope), self.sent(aws, after)
        if _retained(after["template"]):
            if keys := self._left_keys(aws.client("kms", scope), after["template"]):
                part = {key: value for key, value in after["template"].items() if key != "Outputs"}
                part["Resources"] = {key: part["Resources"][key] for key in keys}
                named = [
                    {"ResourceType": KEY, "LogicalResourceId": key, "ResourceIdentifier": {"KeyId": key_id}}
                    for key, key_id in keys.items()
                ]
                sent |= {"TemplateBody": canonical(part), "ResourcesToImport": named}
                self.carry_out(aws, client, name, "keys", ChangeSetType="IMPORT", **sent)
            self._take_back(aws, client, name, after, ChangeSetType="UPDATE" if keys else "CREATE")
            return
        with unless("AlreadyExistsException"):  # made already, and the answer was lost
            client.create_stack(StackName=name, **sent, EnableTerminationProtection=True)
        self._appear(aws, client, name)
        self.wait_for_stack(aws, client, name)

    def _left_keys(self, client: Any, template: Mapping[str, Any]) -> dict[str, str]:
        """Keys that were left behind, by logical id: AWS gives a key no name, but the template has an alias for it."""
        found = {}
        for body in template["Resources"].values():
            target = body["Properties"].get("TargetKeyId") if body["Type"] == ALIAS else None
            if isinstance(target, Mapping) and isinstance(target.get("Ref"), str):
                with unless("NotFoundException"):
                    key = client.describe_key(KeyId=body["Properties"]["AliasName"])["KeyMetadata"]
                    if key["KeyState"] == "Enabled":
                        found[target["Ref"]] = key["KeyId"]
        return found

    def _take_back(self, aws: Aws, client: Any, name: str, after: Mapping[str, Any], **more: str) -> None:
        """By a change set that takes in what is there under the names of the template, and then is put right."""
        live = client.describe_stacks(StackName=name)["Stacks"][0] if more["ChangeSetType"] == "UPDATE" else {}
        sent = self.sent(aws, after)
        token = operation_id(name, str(live.get("LastUpdatedTime", "")), {**after, "parameters": sent["Parameters"]}, 0)
        taken = self.carry_out(aws, client, name, token, ImportExistingResources=True, **more, **sent)
        client.update_termination_protection(StackName=name, EnableTerminationProtection=True)
        if taken:
            self.restore(aws, client, name)

    def _appear(self, aws: Aws, client: Any, name: str) -> None:
        """Until AWS shows a stack that it was just asked for; before that it looks like one that is gone."""
        for _ in aws.poll(f"the new stack {name}", "stack"):
            if self._status(client, name):
                return

    def _update(self, aws: Aws, client: Any, name: str, sent: Mapping[str, Any]) -> None:
        """Update and wait; a refusal may mean that it is as wanted, or being updated since an answer was lost."""
        with unless("ValidationError") as refused:
            client.update_stack(StackName=name, **sent)
        under_way = self._status(client, name).endswith("_IN_PROGRESS")
        if refused.code and not under_way:
            if NOTHING_TO_DO in refused.message:
                return  # also after a rollback, whose state would look like a failure of this update
            refused.again()
        self.wait_for_stack(aws, client, name)

    def _status(self, client: Any, name: str) -> str:
        """The status of the stack, empty when there is none; raises NotOurs when it is somebody else's."""
        with unless("ValidationError") as absent:
            stack = client.describe_stacks(StackName=name)["Stacks"][0]
        if absent.code or stack["StackStatus"] == "DELETE_COMPLETE":
            return ""
        if stack["StackStatus"] != IN_REVIEW and (reason := unmarked(stack)):
            raise NotOurs(reason, operation=f"stack {name}")
        return str(stack["StackStatus"])

    def _delete(self, aws: Aws, client: Any, name: str, status: str) -> None:
        if not status:
            return
        client.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        client.delete_stack(StackName=name)
        self.wait_for_stack(aws, client, name)


def outputs_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Values by name, of a stack as DescribeStacks shows it."""
    return {each["OutputKey"]: each.get("OutputValue", "") for each in stack.get("Outputs") or ()}


def _taken(change: Change) -> bool:
    """Whether a recorder is in the place of the stack, and is to be replaced."""
    return str((change.before or {}).get("status", "")).startswith(existing_recorders.TAKEN)


def _new(change: Change) -> Mapping[str, Any]:
    """The resources that a change makes, or takes in."""
    before, after = ((side or {}).get("template") or {} for side in (change.before, change.after))
    built = before.get("Resources") or {}
    return {name: body for name, body in (after.get("Resources") or {}).items() if name not in built}


def _retained(template: Mapping[str, Any]) -> list[str]:
    """The resources that stay when their stack goes: an earlier one may have left them behind."""
    resources: Mapping[str, Any] = template.get("Resources") or {}
    return [name for name, body in resources.items() if str(body.get("DeletionPolicy", "")).startswith("Retain")]


def _called(name: str, body: Mapping[str, Any], scope: Scope) -> str:
    """A resource of a template by the name that it has in AWS, as far as the template says; else by its logical id."""
    properties = body.get("Properties") or {}
    given = next((properties[each] for each in NAMES if each in properties), None)
    text = given.get("Fn::Sub") if isinstance(given, Mapping) else given
    if not isinstance(text, str):
        return name
    account = references.account_id(scope.account)
    return text.replace("${AWS::AccountId}", account).replace("${AWS::Region}", scope.region)
