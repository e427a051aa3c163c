"""What AWS CloudFormation is made of; always there."""

from __future__ import annotations

from landing.services.organizations.trusted_access import STACKSETS
from landing.services.service import Service
from landing.services.stacks.release import Release
from landing.services.stacks.stack import Stack
from landing.services.stacks.stack_set import StackSet

SERVICE = Service(
    key="stacks",
    title="AWS CloudFormation",
    trusted=(STACKSETS,),
    kinds=(Stack(), StackSet(), Release()),
    cost="Nothing for AWS's own resource types.",
    docs="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs.html",
)
