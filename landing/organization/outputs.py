"""Outputs of stacks as parameters of other stacks: which stack is meant where more than one has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product

from landing.core.model import Scope
from landing.core.references import Output, outputs_in, with_outputs
from landing.organization.desired import Deployment, Organization


def sites(deployment: Deployment) -> list[Scope]:
    """Where its plain stacks are."""
    return [Scope(account, region) for account, region in product(deployment.accounts, deployment.regions)]


def place(output: Output, of: Iterable[Scope], near: Scope) -> Scope | None:
    """The one stack that is meant: what the reference names, else that in the same account, and in the same region.

    None when it names none, or when more than one is left.
    """
    left = [each for each in of if output.account in ("", each.account) and output.region in ("", each.region)]
    left = [each for each in left if each.account == near.account] or left
    left = [each for each in left if each.region == near.region] or left
    return left[0] if len(left) == 1 else None


def placed(organization: Organization, parameters: Mapping[str, str], near: Scope) -> dict[str, str]:
    """Parameters of a stack whose references say which stack they mean; checked by the config already."""

    def whole(output: Output) -> str:
        found = place(output, sites(organization.deployments[output.stack]), near)
        assert found is not None, output
        return str(replace(output, account=found.account, region=found.region))

    return {name: with_outputs(text, whole) for name, text in parameters.items()}


def producers(parameters: Mapping[str, str]) -> list[tuple[str, Scope]]:
    """The stacks, by key and place, whose outputs placed parameters contain."""
    found = (output for text in parameters.values() for output in outputs_in(text))
    return sorted({(each.stack, Scope(each.account, each.region)) for each in found})
