"""Values that their condition key never has, and those of aws:PrincipalArn that fit fewer than they seem to."""

import re
from collections.abc import Iterator

from landing.core.partitions import REGIONS
from landing.policy.linter.finding import INFO, WARNING, Finding
from landing.policy.pattern import glob_regex, parse
from landing.policy.suggestions import did_you_mean

_ACCOUNTS = frozenset(
    ("aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount", "aws:SourceOwner", "aws:VpceAccount")
)
_ORGANIZATIONS = frozenset(("aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:VpceOrgID"))
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
# AWS Organizations API reference, "Organization": the pattern of its ID.
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}\Z")


def of_key(key: str, text: str, where: str, *, like: bool) -> Iterator[Finding]:
    """A text that is compared with a key, with its wildcards if `like`, and that the key cannot be."""
    if "$" in text or "<" in text or "{{" in text:
        return
    if key == "aws:RequestedRegion":
        yield from _region(text, where, like=like)
    elif like and set(text) & set("*?"):
        return
    elif key in _ACCOUNTS and not _ACCOUNT.match(text):
        message = f"{text!r} is no account, which {key} always is: they have 12 digits"
        yield Finding("POL513", WARNING, where, message, "fill it in: its leading zeros count")
    elif key in _ORGANIZATIONS and not _ORGANIZATION.match(text):
        message = f"{text!r} is no organization, which {key} always is: o- and at least 10 letters and digits follow"
        yield Finding("POL513", WARNING, where, message, "fill in the id of the organization")


def _region(text: str, where: str, *, like: bool) -> Iterator[Finding]:
    pattern = re.compile(f"{glob_regex(parse(text, variables=False).tokens)}\\Z" if like else f"{re.escape(text)}\\Z")
    if not any(pattern.match(region) for region in REGIONS):
        message = f"{text!r} is no region that is known of: aws:RequestedRegion is none such"
        yield Finding("POL513", WARNING, where, message, did_you_mean(text, REGIONS))


def of_principal(text: str, where: str) -> Iterator[Finding]:
    """A pattern that is compared with aws:PrincipalArn."""
    resource = text.split(":", 5)[-1]
    if resource.startswith("assumed-role/"):
        message = "aws:PrincipalArn of a session is the ARN of its role: this value never matches"
        yield Finding("POL511", WARNING, where, message, "write arn:aws:iam::<account>:role/<path><name>")
    if resource.startswith("role/AWSReservedSSO_"):
        message = "roles of IAM Identity Center have a path: this value never matches"
        name = resource.removeprefix("role/")
        advice = f"write role/aws-reserved/sso.amazonaws.com/*/{name}, and without */ too"
        yield Finding("POL510", WARNING, where, message, advice)
    elif resource.startswith("role/") and resource.count("/") == 1 and "*" not in resource:
        message = f"only a role without a path is {resource!r}: the same name under a path is another ARN"
        yield Finding("POL510", INFO, where, message)
