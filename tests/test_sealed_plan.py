"""Encrypted plan files: who plans cannot read them, who applies can, and a changed one is refused."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from landing.aws import Aws
from landing.aws.envelope import CONTEXT, DECRYPT, ENCRYPT
from landing.cli import run
from landing.cli.commands import USAGE
from landing.core.errors import LandingError, NoCredentials, Refused, UnknownFormat, WrongPlan
from landing.engine import sealed_plan
from landing.engine.plan import Plan, load, save
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, QuickAws, keys_of, made_role
from tests.report.samples import plan
from tests.samples import SMALL

ALIAS = "alias/landing-plans"


@dataclass(frozen=True)
class World:
    sandbox: Sandbox
    organization: Organization
    before: Exception
    """What encrypting says before there is an organization."""
    id: str
    key: str
    other: str
    plans: Aws
    """The role that plans: it may encrypt under the key, for this organization."""
    applies: Aws
    """The role that applies: it may decrypt."""

    def open(self, file: Path) -> Plan:
        return sealed_plan.load(file, lambda: self.applies)


@pytest.fixture(scope="module")
def world(load_text: Callable[[str], Organization]) -> Iterator[World]:
    with Sandbox() as sandbox:
        organization = load_text(SMALL)
        with pytest.raises(LandingError) as before:
            sealed_plan.save(plan(), Path("nowhere"), QuickAws(organization), ALIAS)
        found = sandbox.session().client("organizations").create_organization(FeatureSet="ALL")["Organization"]["Id"]
        kms = sandbox.session().client("kms", region_name="eu-west-1")
        key, other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
        kms.create_alias(AliasName=ALIAS, TargetKeyId=key)

        def door(name: str, action: str) -> Aws:
            bound = {"StringEquals": {f"kms:EncryptionContext:{CONTEXT}": found}}
            use = {"Effect": "Allow", "Action": action, "Resource": key, "Condition": bound}
            read = {"Effect": "Allow", "Action": "organizations:Describe*", "Resource": "*"}
            role = made_role(sandbox, name, {"Version": "2012-10-17", "Statement": [use, read]})
            aws = QuickAws(organization, keys=keys_of(sandbox, role))
            aws.reads = aws.reads.and_also((action,))
            return aws

        doors = door("plans", ENCRYPT), door("applies", DECRYPT)
        yield World(sandbox, organization, before.value, found, key, other, *doors)


@pytest.fixture
def sealed(world: World, tmp_path: Path) -> Path:
    sealed_plan.save(plan(), tmp_path / "plan.json", world.plans, ALIAS)
    return tmp_path / "plan.json"


def changed(file: Path, **parts: Any) -> Path:
    file.write_text(json.dumps({**json.loads(file.read_text()), **parts}), encoding="utf-8")
    return file


def test_who_applies_reads_what_who_plans_wrote(world: World, sealed: Path) -> None:
    assert world.open(sealed) == plan()
    assert sealed.stat().st_mode & 0o777 == 0o600
    written = json.loads(sealed.read_text(encoding="utf-8"))
    assert (written["key"], written["organization"]) == (world.key, world.id)
    for word in ("region-lock", "team-00001", plan().digest):
        assert word not in sealed.read_text(encoding="utf-8")


def test_who_plans_cannot_read_what_it_wrote(world: World, sealed: Path) -> None:
    world.plans.reads = world.plans.reads.and_also((DECRYPT,))
    with pytest.raises(LandingError, match=r"cannot decrypt .*plan.json, .* under the key arn:aws:kms:.*AccessDenied"):
        sealed_plan.load(sealed, lambda: world.plans)


def test_who_plans_cannot_encrypt_under_another_key(world: World, tmp_path: Path) -> None:
    with pytest.raises(LandingError, match=f"cannot encrypt under the key {world.other}: .*AccessDenied"):
        sealed_plan.save(plan(), tmp_path / "plan.json", world.plans, world.other)
    with pytest.raises(LandingError, match="cannot encrypt under the key alias/none"):
        sealed_plan.save(plan(), tmp_path / "plan.json", world.plans, "alias/none")
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("part", ["ciphertext", "data_key", "nonce"])
def test_a_file_that_was_changed_is_refused(world: World, sealed: Path, part: str) -> None:
    coded = bytearray(b64decode(json.loads(sealed.read_text(encoding="utf-8"))[part]))
    coded[-1] ^= 1
    with pytest.raises(WrongPlan, match=r"plan.json was changed after it was encrypted"):
        world.open(changed(sealed, **{part: b64encode(coded).decode()}))


def test_the_data_key_of_another_file_is_refused(world: World, sealed: Path, tmp_path: Path) -> None:
    sealed_plan.save(plan(), tmp_path / "other.json", world.plans, ALIAS)
    other = json.loads((tmp_path / "other.json").read_text(encoding="utf-8"))
    for parts in ({"ciphertext": other["ciphertext"]}, {"data_key": other["data_key"]}):
        with pytest.raises(WrongPlan, match="was changed after it was encrypted"):
            world.open(changed(sealed, **parts))


def test_the_wrong_key_and_the_wrong_organization_are_told_apart(world: World, sealed: Path) -> None:
    with pytest.raises(WrongPlan, match=f"encrypted for the organization o-other, and this is {world.id}"):
        world.open(changed(sealed, organization="o-other"))
    with pytest.raises(LandingError, match=f"under the key {world.other}: .*AccessDenied"):
        world.open(changed(sealed, organization=world.id, key=world.other))
    administrator = QuickAws(world.organization, read_only=False)
    with pytest.raises(WrongPlan, match=f"{world.other} has not encrypted its data key"):
        sealed_plan.load(sealed, lambda: administrator)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"format_version": "2.0"}, "encrypted in format 2.0, not 1.0"),
        ({"nonce": "AAAA"}, "`nonce` has another length"),
        ({"ciphertext": "~"}, "not whole"),
        ({"key": 1}, "not whole"),
        ({"more": "x"}, "not whole"),
    ],
)
def test_what_is_no_envelope_of_ours_is_not_asked_about(sealed: Path, parts: dict[str, Any], why: str) -> None:
    with pytest.raises(UnknownFormat, match=why):
        sealed_plan.load(changed(sealed, **parts), lambda: pytest.fail("AWS is asked"))


def test_without_aws_it_is_said_that_the_file_is_encrypted(sealed: Path) -> None:
    def nobody() -> Aws:
        raise NoCredentials("Unable to locate credentials")

    with pytest.raises(LandingError, match=r"plan.json is encrypted, and only AWS KMS can decrypt it: .*credentials"):
        sealed_plan.load(sealed, nobody)
    with pytest.raises(UnknownFormat):
        load(sealed)


def test_a_plain_file_asks_nobody(tmp_path: Path) -> None:
    save(plan(), tmp_path / "plan.json")
    assert sealed_plan.load(tmp_path / "plan.json", lambda: pytest.fail("AWS is asked")) == plan()


def test_before_there_is_an_organization_nothing_is_encrypted(world: World) -> None:
    assert isinstance(world.before, Refused)
    assert "no organization yet" in str(world.before)


@pytest.mark.parametrize("more", [[], ["--out", "plan.json", "--refresh=false"]])
def test_encrypting_is_for_a_file_and_asks_kms(config: Callable[..., Path], more: list[str]) -> None:
    assert run(["plan", *more, "--encrypt", "--config", str(config())]) == USAGE


def test_the_session_of_who_plans_is_not_in_the_plan(world: World, tmp_path: Path) -> None:
    secrets = [value for name, value in os.environ.items() if name.startswith("AWS_") and len(value) > 16]
    found = Cloud(world.sandbox, world.organization).plan([BY_NAME["unit"], BY_NAME["account"]])
    save(found, tmp_path / "plan.json")
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    assert found.changes
    assert not [value for value in secrets if value in text]
