"""Whose a thing in AWS is, as far as its name and its tags tell: what another tool keeps is not imported as ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONTROL_TOWER = "AWS Control Tower"


@dataclass(frozen=True, slots=True)
class Owner:
    """A tool, and how the things that it keeps are known: beginnings of names, or a tag with a value (`*`: any)."""

    title: str
    names: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def has(self, name: str, tags: Mapping[str, str]) -> bool:
        """Whether a thing is this tool's."""
        by_tag = any(key in tags and value in ("*", tags[key]) for key, value in self.tags)
        return by_tag or name.startswith(self.names)


OWNERS = (
    Owner(
        CONTROL_TOWER,
        ("aws-guardrails-", "AWSControlTower", "StackSet-AWSControlTower", "aws-controltower-"),
        (("aws-control-tower", "managed-by-control-tower"),),
    ),
    Owner("Landing Zone Accelerator", ("AWSAccelerator", "aws-accelerator"), (("Accelerator", "*"),)),
    Owner("Customizations for AWS Control Tower", ("CustomControlTower-",)),
    Owner("AWS Firewall Manager", ("FMManaged",)),
    Owner("a CloudFormation stack", (), (("aws:cloudformation:stack-name", "*"),)),
)
"""The first that fits is the owner ("Guidance for creating and modifying AWS Control Tower resources", User Guide)."""


def owner_of(name: str, tags: Mapping[str, str] = {}) -> str:
    """The tool that keeps a thing of this name; nothing when nobody is known to."""
    return next((owner.title for owner in OWNERS if owner.has(name, tags)), "")
