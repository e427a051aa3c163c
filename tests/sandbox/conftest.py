"""The cloud that a check is run on: twice each, in-process and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process
from landing.sandbox.world.home import Endpoint, Home
from tests.sandbox.cloud import Cloud, InProcess, OverHttp

SETTINGS = {"account_quota": 100, "slack_workspaces": {"T0123ABCD": "Acme"}}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "source(page): where AWS documents what the check checks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        if "cloud" in getattr(item, "fixturenames", ()) and item.get_closest_marker("source") is None:
            raise pytest.UsageError(f"{item.nodeid} does not say where AWS documents what it checks")


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    home = Home(tmp_path_factory.mktemp("sandbox") / "home")
    yield process.ensure_started(home)
    process.stop(home)


@pytest.fixture(scope="session")
def worlds() -> dict[str, bytes]:
    """Worlds to begin from, made once: by transport and whether there is an organization."""
    return {}


@pytest.fixture(params=["in-process", "http"])
def empty(request: pytest.FixtureRequest, worlds: dict[str, bytes]) -> Iterator[Cloud]:
    """An account without an organization."""
    if request.param == "http":
        endpoint: Endpoint = request.getfixturevalue("endpoint")
        process.ask(endpoint, "DELETE", "faults")
        process.ask(endpoint, "POST", "reset", SETTINGS)
        yield OverHttp(endpoint)
        return
    with Sandbox(**SETTINGS) as sandbox:
        yield InProcess(sandbox)


@pytest.fixture(params=["in-process", "http"])
def cloud(request: pytest.FixtureRequest, worlds: dict[str, bytes]) -> Iterator[Cloud]:
    """The management account of an organization in which nothing has happened."""
    if request.param == "http":
        endpoint: Endpoint = request.getfixturevalue("endpoint")
        process.ask(endpoint, "DELETE", "faults")
        over_http = OverHttp(endpoint)
        if "http" not in worlds:
            process.ask(endpoint, "POST", "reset", SETTINGS)
            over_http.organizations.create_organization(FeatureSet="ALL")
            process.ask(endpoint, "DELETE", "calls")
            worlds["http"] = over_http.dump()
        over_http.load(worlds["http"])
        yield over_http
        return
    yield request.getfixturevalue("in_process")


@pytest.fixture
def in_process() -> Iterator[Cloud]:
    """The same, in-process alone: for what CloudFormation makes, asked by operations that are checked over HTTP too."""
    with Sandbox(organization=True, **SETTINGS) as sandbox:
        yield InProcess(sandbox)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An organization in-process, for what cannot be seen through an API."""
    with Sandbox(organization=True, **SETTINGS) as entered:
        yield entered


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose server, if the test starts one, ends with the test."""
    made = Home(tmp_path / "home")
    yield made
    process.stop(made)
