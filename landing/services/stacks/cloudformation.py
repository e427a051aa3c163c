"""What stack sets and stacks have in common: templates, parameters, waiting, putting back what has drifted."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from landing.aws import Aws, cause_of, unless
from landing.blueprint import ACCOUNT_PARAMETERS, canonical, capabilities, context_values
from landing.blueprint.resource_names import MANAGED_TAG
from landing.core.errors import Cause, OperationFailed
from landing.core.model import Address, Change
from landing.core.references import account_id
from landing.library.template import parsed
from landing.organization import Deployment, Organization
from landing.services.base import Kind, Ownership, required_account
from landing.services.stacks.template_strength import filled

MARK = {"Key": MANAGED_TAG, "Value": "true"}
NO_CHANGES = "didn't contain changes"
"""Why a change set fails that would change nothing."""

IN_REVIEW = "REVIEW_IN_PROGRESS"
"""A stack of which there is but a change set: nothing was made, and nothing goes on."""
BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
"""The first event of an operation, at the stack itself; a rollback belongs to the operation that it undoes."""

ADVICE = {
    "Service: CreateResourceShare, Status Code: 400, Error Code: UnknownResourceException": "AWS RAM shares with the "
    "organization once it has trusted access: write `ram: {}` under `organization.trusted_access`, and run landing "
    "apply again",
    "is not authorized with AWS account": "Authorize the Slack workspace once, in the console of Amazon Q Developer in "
    "chat applications in that account (`landing explain docs/alarms.md`), and run landing apply again",
}
"""What a person can do, by words in which AWS says why a stack failed."""

ROLLBACK_FAILED = "UPDATE_ROLLBACK_FAILED"
"""Neither as before an update nor as after it; nothing but continuing the rollback is possible."""

_IDS = uuid.UUID("6f1cbd5c-33c1-5d3b-9a55-0a6f4b2d9c11")


class CloudFormationKind(Kind):
    """A shape: something that is made of a template and its parameters."""

    ownership = Ownership.STACK

    def parameters_of(self, organization: Organization, deployment: Deployment) -> dict[str, str]:
        """The values of the template's parameters: its own, and with tokens for what is known only at the call."""
        roles = {role: account_id(key) for role, key in organization.roles.items()}
        context = context_values(organization.home_region, roles)
        values = {**context, **deployment.parameters}
        declared = deployment.template.get("Parameters")
        return {name: values[name] for name in sorted(declared if isinstance(declared, dict) else {}) if name in values}

    def accounts_given(self, organization: Organization, parameters: Collection[str]) -> Iterator[Address]:
        """The accounts that parts of the organization are played by, of which the parameters have the ids."""
        for role, key in organization.roles.items():
            if ACCOUNT_PARAMETERS[role] in parameters and key != organization.management:
                yield required_account(key)

    def controls_of(self, organization: Organization, address: Address) -> Sequence[str]:
        """Those that its blueprint or playbook says."""
        deployment = organization.deployments.get(address.name)
        return (*self.controls, *(deployment.controls if deployment else ()))

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """The templates compared with the values of their parameters: another value weakens as another text does."""
        before, after = (
            side and {**side, "template": filled(side["template"], side["parameters"])}
            if side and "template" in side and "parameters" in side
            else side
            for side in (change.before, change.after)
        )
        return super().weakened(organization, replace(change, before=before, after=after))

    def sent(self, aws: Aws, after: Mapping[str, Any]) -> dict[str, Any]:
        """Template, parameters and capabilities as the create and update calls want them."""
        return {
            "TemplateBody": canonical(after["template"]),
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in aws.resolve(after["parameters"]).items()
            ],
            "Capabilities": capabilities(after["template"]),
        }

    def shown(
        self,
        aws: Aws,
        template: str | Mapping[str, Any],
        parameters: list[dict[str, str]],
        given: Mapping[str, str] = {},
    ) -> dict[str, Any]:
        """The same, read back, from JSON or YAML; a template that is neither as its text.

        `given` are values as the config has them: an id that it gives as it is stays so, and one that AWS does not show
        is the default.
        """
        body = parsed(template if isinstance(template, str) else json.dumps(template))
        declared = (body or {}).get("Parameters")
        defaults = declared if isinstance(declared, dict) else {}
        values = {name: str(defaults[name]["Default"]) for name in given if "Default" in (defaults.get(name) or {})}
        values |= {entry["ParameterKey"]: entry.get("ParameterValue", "") for entry in parameters}
        shown = {name: text if given.get(name) == text else aws.symbolic(text) for name, text in sorted(values.items())}
        return {"template": {"text": template} if body is None else body, "parameters": shown}

    def revert_drift(self, aws: Aws, client: Any, stack: str) -> None:
        """Put the resources of a stack back to its template by a drift-aware change set, and look again."""
        live = client.describe_stacks(StackName=stack)["Stacks"][0]
        parameters = live.get("Parameters") or ()
        # One change set for one state of the stack: what an earlier run has made of it is joined, not made again.
        state = live.get("LastUpdatedTime"), live.get("DriftInformation", {}).get("LastCheckTimestamp")
        self.carry_out(
            aws,
            client,
            stack,
            _token(stack, *map(str, state)),
            ChangeSetType="UPDATE",
            UsePreviousTemplate=True,
            DeploymentMode="REVERT_DRIFT",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": one["ParameterKey"], "UsePreviousValue": True} for one in parameters],
        )
        self.detect_drift(aws, client, stack)

    def carry_out(self, aws: Aws, client: Any, stack: str, token: str, **wanted: Any) -> list[str]:
        """Make a change set, execute it, and wait for the stack; the logical ids of what it has taken in.

        Raises ChangeSetFailed when AWS refuses it, OperationFailed when the stack did not end well.
        """
        name = f"landing-{token}"
        with unless("AlreadyExistsException"):  # made already, and the answer was lost
            client.create_change_set(StackName=stack, ChangeSetName=name, **wanted)
        for _ in aws.poll(f"change set of {stack}", "stack"):
            with unless("ChangeSetNotFound", "ValidationError") as unseen:
                found = client.describe_change_set(StackName=stack, ChangeSetName=name)
            if unseen.code:
                continue  # AWS does not show yet what it was just asked for
            if found["Status"] == "FAILED":
                client.delete_change_set(StackName=stack, ChangeSetName=name)  # the next run is to ask anew
                if NO_CHANGES in found.get("StatusReason", ""):
                    return []
                raise OperationFailed(
                    found.get("StatusReason", ""), operation=f"change set of {stack}", aws_code=found["Status"]
                )
            if found["Status"] == "CREATE_COMPLETE":
                break
        changes = aws.listed(client, "describe_change_set", "Changes", StackName=stack, ChangeSetName=name)
        taken = [one["ResourceChange"]["LogicalResourceId"] for one in changes if _is_import(one)]
        with unless("InvalidChangeSetStatus") as refused:
            client.execute_change_set(StackName=stack, ChangeSetName=name)
        if refused.code:
            found = client.describe_change_set(StackName=stack, ChangeSetName=name)
            if found["ExecutionStatus"] not in ("EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE"):
                refused.again()
        self.wait_for_stack(aws, client, stack)
        return taken

    def restore(self, aws: Aws, client: Any, stack: str) -> None:
        """Look whether the resources are as the template says, and put back those that are not."""
        if self.detect_drift(aws, client, stack) == "DRIFTED":
            self.revert_drift(aws, client, stack)

    def status_of(self, client: Any, stack: str) -> str:
        """The status of a stack, empty when there is none."""
        with unless("ValidationError") as absent:
            found = client.describe_stacks(StackName=stack)["Stacks"][0]
        return "" if absent.code or found["StackStatus"] == "DELETE_COMPLETE" else str(found["StackStatus"])

    def settled(self, aws: Aws, client: Any, stack: str) -> str:
        """The status after whatever runs on a stack, however that ended; empty when there is no stack."""
        status = ""
        for _ in aws.poll(f"stack {stack}", "stack"):
            status = self.status_of(client, stack)
            if not status.endswith("_IN_PROGRESS") or status == IN_REVIEW:
                break
        return status

    def continue_rollback(self, aws: Aws, client: Any, stack: str) -> bool:
        """Bring a stack out of UPDATE_ROLLBACK_FAILED (ContinueUpdateRollback); whether resources had to be skipped.

        First without skipping any: what was in the way may be gone. A resource that is skipped counts as rolled back,
        whatever it is: the caller looks afterwards. Raises OperationFailed when the rollback fails again.
        """
        for skipped in (False, True):
            failed = self._not_rolled_back(aws, client, stack) if skipped else []
            with unless("ValidationError") as refused:  # an answer may have been lost: then it runs, or has ended
                client.continue_update_rollback(StackName=stack, ResourcesToSkip=failed)
            if self.settled(aws, client, stack) != ROLLBACK_FAILED:
                return skipped
        why = refused.message or _reasons(aws, client, stack)
        raise OperationFailed(f"the rollback fails again: {why}", operation=f"stack {stack}", aws_code=ROLLBACK_FAILED)

    def _not_rolled_back(self, aws: Aws, client: Any, stack: str) -> list[str]:
        """The only resources that CloudFormation lets be skipped."""
        listed = aws.listed(client, "list_stack_resources", "StackResourceSummaries", StackName=stack)
        return [one["LogicalResourceId"] for one in listed if one["ResourceStatus"] == "UPDATE_FAILED"]

    def wait_for_stack(self, aws: Aws, client: Any, stack: str) -> None:
        """Until the stack has settled; raises OperationFailed when it did not end well."""
        for _ in aws.poll(f"stack {stack}", "stack"):
            with unless("ValidationError") as gone:
                found = client.describe_stacks(StackName=stack)["Stacks"][0]
            if gone.code or found["StackStatus"] == "DELETE_COMPLETE":
                return
            status = found["StackStatus"]
            if status.endswith("_IN_PROGRESS"):
                continue
            if "ROLLBACK" in status or status.endswith("_FAILED"):
                why = _reasons(aws, client, stack) or found.get("StackStatusReason", "")
                advice = next((each for words, each in ADVICE.items() if words in why), "")
                cause = cause_of("cloudformation", status, why)
                raise OperationFailed(why, help=advice, operation=f"stack {stack}", aws_code=status, cause=cause)
            return

    def detect_drift(self, aws: Aws, client: Any, stack: str) -> str:
        """Compare the stack with what is there (DetectStackDrift); the answer is DRIFTED, IN_SYNC or UNKNOWN.

        A stack has one detection at a time: that of another, or of a run that was cut off, is waited for.
        """
        detection = ""
        for _ in aws.poll(f"the turn of drift detection on {stack}", "drift_detection"):
            with unless(Cause.BEING_CHANGED) as busy:
                detection = client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
            if not busy.code:
                break
        for _ in aws.poll(f"drift detection of {stack}", "drift_detection"):
            found = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if found["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                return str(found.get("StackDriftStatus", "UNKNOWN"))
        return "UNKNOWN"

    def drifts(self, aws: Aws, client: Any, stack: str) -> dict[str, Any]:
        """By logical id, what has changed: property path → expected and actual, or that it was deleted."""
        found: dict[str, Any] = {}
        for entry in aws.listed(
            client,
            "describe_stack_resource_drifts",
            "StackResourceDrifts",
            StackName=stack,
            StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
        ):
            if entry["StackResourceDriftStatus"] == "DELETED":
                found[entry["LogicalResourceId"]] = "deleted"
            else:
                found[entry["LogicalResourceId"]] = {
                    part["PropertyPath"]: {"expected": part.get("ExpectedValue"), "actual": part.get("ActualValue")}
                    for part in entry.get("PropertyDifferences") or ()
                }
        return found


def _is_import(change: Mapping[str, Any]) -> bool:
    return bool(change.get("ResourceChange", {}).get("Action") == "Import")


def operation_id(stack_set: str, step: str, after: object, attempt: int) -> str:
    """The same id for the same step of the same change: AWS then runs it once, however often it is asked."""
    return str(uuid.uuid5(_IDS, f"{stack_set}\n{step}\n{canonical(after)}\n{attempt}"))


def unmarked(found: Mapping[str, Any]) -> str:
    """Why a stack or stack set with a name of ours is left alone; nothing when it has our tag."""
    if MARK in (found.get("Tags") or ()):
        return ""
    return (
        f"it has not the tag {MARK['Key']}={MARK['Value']}: something else made it, and it is left alone. Give it "
        "another name, or the tag if this tool may have it"
    )


def _token(*parts: str) -> str:
    return str(uuid.uuid5(_IDS, "\n".join(parts)))


def _reasons(aws: Aws, client: Any, stack: str) -> str:
    """The first failures of the latest operation; events come with the newest first, of all the stack's life."""
    failed: list[str] = []
    for event in aws.listed(client, "describe_stack_events", "StackEvents", StackName=stack):
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
        if reason and status.endswith("_FAILED"):
            failed.append(f"{event['LogicalResourceId']}: {reason}")
        if event.get("PhysicalResourceId") == event["StackId"] and status in BEGINNINGS:
            break
    return "; ".join(reversed(failed[-3:]))
