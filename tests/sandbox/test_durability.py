"""The server of a home: what it keeps through kill -9, restarts and versions, and whom it lets in."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from landing.core.errors import LandingError
from landing.sandbox.endpoint import process
from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.services.organizations.seed import Shape
from landing.sandbox.world import journal
from landing.sandbox.world.home import Endpoint, Home, SandboxError, read_world, sealed_world, write_world
from landing.sandbox.world.seal import ANYWHERE, VARIABLE, Seal
from tests.sandbox.cloud import Cloud, OverHttp, source


def _killed(home: Home, endpoint: Endpoint) -> OverHttp:
    """The world after `kill -9` and a new start."""
    os.kill(endpoint.pid, signal.SIGKILL)
    return OverHttp(process.ensure_started(home))


def test_what_was_answered_survives_kill_9(home: Home) -> None:
    endpoint = process.ensure_started(home)
    before = OverHttp(endpoint)
    before.organizations.create_organization(FeatureSet="ALL")
    account, unit = before.account("a"), before.unit("U")
    key = before.client("kms").create_key()["KeyMetadata"]["KeyId"]
    before.client("s3").create_bucket(Bucket="bucket")
    before.client("s3").put_object(Bucket="bucket", Key="key", Body=b"body")
    request = before.organizations.create_account(AccountName="b", Email="b@example.com")["CreateAccountStatus"]

    after = _killed(home, endpoint)
    accounts = after.organizations.list_accounts()["Accounts"]
    assert accounts[-1]["Id"] == account
    units = after.organizations.list_organizational_units_for_parent(ParentId=after.root)
    assert [found["Id"] for found in units["OrganizationalUnits"]] == [unit]
    assert [found["KeyId"] for found in after.client("kms").list_keys()["Keys"]] == [key]
    assert after.client("s3").get_object(Bucket="bucket", Key="key")["Body"].read() == b"body"
    describe = after.organizations.describe_create_account_status
    states = [describe(CreateAccountRequestId=request["Id"])["CreateAccountStatus"]["State"] for _ in range(2)]
    assert states == ["IN_PROGRESS", "SUCCEEDED"]


def test_a_key_that_was_issued_survives_kill_9(home: Home) -> None:
    endpoint = process.ensure_started(home)
    before = OverHttp(endpoint)
    before.organizations.create_organization(FeatureSet="ALL")
    role = f"arn:aws:iam::{before.account('a')}:role/OrganizationAccountAccessRole"
    keys = before.client("sts").assume_role(RoleArn=role, RoleSessionName="check")["Credentials"]
    after = _killed(home, endpoint)
    after.keys = lambda _: (  # type: ignore[method-assign]
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    )
    assert (
        after.client("sts").get_caller_identity()["Arn"].endswith(":assumed-role/OrganizationAccountAccessRole/check")
    )


def test_a_world_survives_an_orderly_stop(home: Home) -> None:
    OverHttp(process.ensure_started(home)).organizations.create_organization(FeatureSet="ALL")
    assert process.stop(home)
    assert process.status(home) == {"running": False}
    assert not process.stop(home)
    assert OverHttp(process.ensure_started(home)).organizations.describe_organization()


def test_sigterm_is_an_orderly_stop(home: Home) -> None:
    endpoint = process.ensure_started(home)
    OverHttp(endpoint).organizations.create_organization(FeatureSet="ALL")
    os.kill(endpoint.pid, signal.SIGTERM)
    with home.locked("server"):
        generation, _ = read_world(home.snapshot, home.seal)
    assert journal.read(home.journal(generation), home.seal) == []
    assert OverHttp(process.ensure_started(home)).organizations.describe_organization()


def test_a_server_that_is_ending_already_is_waited_for(home: Home) -> None:
    endpoint = process.ensure_started(home)
    os.kill(endpoint.pid, signal.SIGTERM)
    process.stop(home)
    assert process.status(home) == {"running": False}
    assert home.snapshot.exists()


def test_a_server_is_started_once_and_keeps_its_port(home: Home) -> None:
    first = process.ensure_started(home)
    assert process.ensure_started(home) == first
    process.stop(home)
    again = process.ensure_started(home)
    assert (again.url, again.access_key) == (first.url, first.access_key)
    assert again.pid != first.pid


def test_a_world_goes_to_a_file_and_back(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "world"
    process.ensure_started(home)
    process.seed(Shape(30, ("Workloads/Production", "Security")), home)
    process.snapshot(file, home)
    process.reset(home)
    assert process.status(home)["accounts"] == 1
    process.load(file, home)
    loaded = OverHttp(process.ensure_started(home))
    assert len(loaded.organizations.list_accounts()["Accounts"]) == 20
    units = loaded.organizations.list_organizational_units_for_parent(ParentId=loaded.root)
    assert [unit["Name"] for unit in units["OrganizationalUnits"]] == ["Workloads", "Security"]


def test_a_home_can_be_reset_without_a_server(home: Home) -> None:
    process.ensure_started(home)
    process.seed(Shape(3), home)
    process.stop(home)
    process.reset(home)
    assert process.status(home)["accounts"] == 1


def test_files_are_for_their_owner_only(home: Home) -> None:
    process.ensure_started(home)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.path.iterdir()}
    for name in ("world", "endpoint.json", "server.lock", "server.log"):
        assert modes[name] == 0o600


def test_a_world_of_another_version_is_refused(home: Home) -> None:
    home.make()
    write_world(home.snapshot, 0, b"")
    head = json.loads(home.snapshot.read_bytes().partition(b"\n")[0])
    home.snapshot.write_bytes(json.dumps({**head, "moto": "1.0"}).encode() + b"\n")
    with pytest.raises(SandboxError, match=r"was written by .*moto 1\.0.*Reset the sandbox"):
        process.ensure_started(home)


def test_something_else_is_no_world(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"hello")
    with pytest.raises(SandboxError, match="is not a snapshot"):
        read_world(file, Seal.of(ANYWHERE))


def _journal(path: Path, seal: Seal) -> list[str]:
    written = journal.Journal(path, seal)
    for number in range(3):
        written.write(HttpRequest("POST", f"http://x/{number}", {}, b"\0body"), float(number))
    written.close(remove=False)
    return [record.url for record in journal.read(path, seal)]


def test_a_broken_last_record_is_left_out(tmp_path: Path) -> None:
    path, seal = tmp_path / "journal", Seal.of("here")
    assert _journal(path, seal) == ["http://x/0", "http://x/1", "http://x/2"]
    path.write_bytes(path.read_bytes()[:-3])
    assert [record.body for record in journal.read(path, seal)] == [b"\0body", b"\0body"]


def test_a_journal_of_another_place_or_order_is_refused(tmp_path: Path) -> None:
    path, seal = tmp_path / "journal", Seal.of("here")
    _journal(path, seal)
    with pytest.raises(LandingError, match="not written by a sandbox of yours"):
        journal.read(path, Seal.of("there"))
    content = path.read_bytes()
    path.write_bytes(content[len(content) // 3 :])
    with pytest.raises(LandingError, match="not written by a sandbox of yours"):
        journal.read(path, seal)


class _Touch:
    """What touches a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_a_world_that_somebody_else_put_there_is_not_loaded(home: Home, tmp_path: Path) -> None:
    home.make()
    write_world(home.snapshot, 0, pickle.dumps(_Touch(tmp_path / "touched")))
    for seal in (None, Seal.of(str(tmp_path / "elsewhere")), Seal(b"guessed")):
        write_world(home.snapshot, 0, pickle.dumps(_Touch(tmp_path / "touched")), seal)
        with pytest.raises(SandboxError, match=r"was not written by a sandbox of yours.*landing sandbox reset"):
            process.ensure_started(home)
    assert not (tmp_path / "touched").exists()
    process.reset(home)
    assert process.status(home)["accounts"] == 1


def test_a_file_that_no_sandbox_wrote_is_not_loaded(endpoint: Endpoint, tmp_path: Path) -> None:
    content = sealed_world(0, pickle.dumps(_Touch(tmp_path / "touched")), None)
    with pytest.raises(SandboxError, match="was not written by a sandbox of yours"):
        process.ask(endpoint, "PUT", "world", content)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("name", ["world", "endpoint.json", "server.lock", "start.lock", "server.log", "journal-0"])
def test_a_link_in_a_home_is_not_followed(home: Home, tmp_path: Path, name: str) -> None:
    home.make()
    precious = tmp_path / "precious"
    precious.write_text("kept", encoding="utf-8")
    (home.path / name).symlink_to(precious)
    with pytest.raises(LandingError, match="symbolic link"):
        process.ensure_started(home)
    assert precious.read_text(encoding="utf-8") == "kept"
    (home.path / name).unlink()


def test_a_home_below_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".landing").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LandingError, match=r"\.landing is a symbolic link"):
        process.ensure_started(Home(tmp_path / ".landing" / "sandbox"))
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_key_is_the_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    first = Seal.of("here")
    key = tmp_path / "state" / "sandbox.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert Seal.of("here") == first != Seal.of("there")
    key.chmod(0o644)
    with pytest.raises(LandingError, match="no key of yours alone"):
        Seal.of("here")
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(LandingError, match="Set LANDING_STATE_HOME"):
        Seal.of("here")


def _get(endpoint: Endpoint, path: str, **headers: str) -> int:
    address = urlsplit(endpoint.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_control_needs_the_secret_key(endpoint: Endpoint) -> None:
    assert _get(endpoint, "/_sandbox/health") == 403
    assert _get(endpoint, "/_sandbox/world", **{"x-sandbox-key": "guessed"}) == 403
    assert _get(endpoint, "/_sandbox/health", **{"x-sandbox-key": endpoint.secret_key}) == 200
    assert _get(endpoint, "/_sandbox/nothing", **{"x-sandbox-key": endpoint.secret_key}) == 404


def test_an_unsigned_request_is_refused(endpoint: Endpoint) -> None:
    assert _get(endpoint, "/") == 403
    assert _get(endpoint, "/bucket/key") == 403


def test_the_server_listens_on_loopback_only(endpoint: Endpoint) -> None:
    assert urlsplit(endpoint.url).hostname == "127.0.0.1"


def test_many_threads_lose_nothing(endpoint: Endpoint) -> None:
    process.ask(endpoint, "POST", "reset", {"account_quota": 100})
    cloud = OverHttp(endpoint)
    organizations = cloud.organizations
    organizations.create_organization(FeatureSet="ALL")
    root = cloud.root

    def create(number: int) -> str:
        made = organizations.create_organizational_unit(ParentId=root, Name=f"U{number}")
        unit: str = made["OrganizationalUnit"]["Id"]
        return unit

    with ThreadPoolExecutor(8) as pool:
        units = set(pool.map(create, range(60)))
    listed = organizations.get_paginator("list_organizational_units_for_parent").paginate(ParentId=root)
    assert {unit["Id"] for unit in listed.build_full_result()["OrganizationalUnits"]} == units


@source("S3 User Guide: virtual-hosted-style requests")
def test_a_bucket_in_front_of_the_host_is_understood(cloud: Cloud) -> None:
    s3 = cloud.new_client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a/b", Body=b"x")
    if cloud.endpoint_url is not None:
        s3.meta.events.register("before-sign.s3", _with_the_bucket_in_front)
    assert s3.get_object(Bucket="bucket", Key="a/b")["Body"].read() == b"x"


def _with_the_bucket_in_front(request: Any, **_: object) -> None:
    parts = urlsplit(request.url)
    request.headers["Host"] = f"bucket.localhost:{parts.port}"
    request.url = parts._replace(path=parts.path.removeprefix("/bucket")).geturl()


@source("s3control: the account id stands in front of the host (botocore: hostPrefix)")
def test_the_account_in_front_of_the_host_is_understood(cloud: Cloud) -> None:
    client = cloud.new_client("s3control")
    account = cloud.client("sts").get_caller_identity()["Account"]
    if cloud.endpoint_url is not None:
        client.meta.events.register("before-sign.s3-control", _without_the_account)
    block = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True}
    client.put_public_access_block(
        AccountId=account, PublicAccessBlockConfiguration={**block, "RestrictPublicBuckets": True}
    )
    read = client.get_public_access_block(AccountId=account)["PublicAccessBlockConfiguration"]
    assert set(read.values()) == {True}


def _without_the_account(request: Any, **_: object) -> None:
    """123456789012.127.0.0.1 is no address; 123456789012.localhost is one on some machines only."""
    url = request.url
    request.headers["Host"] = urlsplit(url).netloc.replace("127.0.0.1", "localhost")
    request.url = url.replace("//123456789012.", "//")
