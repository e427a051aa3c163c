"""What the tests share: configs written on the spot, and the organization they mean."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from botocore.retries.standard import ExponentialBackoff
from hypothesis import HealthCheck, settings

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.garbage import collect_rarely
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.sandbox.world import seal
from tests import botocore_memory
from tests.cloud import Cloud, Story, made_roles, tell
from tests.control_tower import before_governed
from tests.forked import forking
from tests.samples import COMING, FULL, LIBRARY, PEOPLE, SMALL

settings.register_profile("soak", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("tests", settings.get_profile("soak"), derandomize=True)
settings.load_profile("tests")  # no property depends on how busy the machine is, nor on chance; `make soak` draws anew
botocore_memory.install()
GOLDEN = Path(__file__).parent / "golden"
Load = Callable[..., Organization]


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The key of the tests' sandboxes is not the user's."""
    os.environ[seal.VARIABLE] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.load(shipped())


@pytest.fixture(scope="session")
def load_text(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Organization]:
    """The organization of a config text, with the policies that the tests own."""
    found = Library.load(shipped(), LIBRARY)

    def build(text: str) -> Organization:
        folder = tmp_path_factory.mktemp("config")
        (folder / "landing.yaml").write_text(text, encoding="utf-8")
        return load(folder, found)[0]

    return build


@pytest.fixture(scope="session")
def full(load_text: Callable[[str], Organization]) -> Organization:
    """An organization with something of every kind."""
    return load_text(FULL)


@pytest.fixture(scope="session")
def creation(full: Organization) -> Story:
    """From an empty account to the whole of FULL; an organization in which everything is as declared."""
    with Sandbox(identity_center=PEOPLE) as sandbox:
        return tell(sandbox, full, made_roles(sandbox, full))


@pytest.fixture(scope="session")
def governed(load_text: Callable[[str], Organization]) -> Story:
    """From an organization that Control Tower governs in part to the whole of COMING."""
    with Sandbox() as sandbox:
        organization = load_text(COMING).without_members(["acquired"])
        roles = made_roles(sandbox, organization)
        assert Cloud(sandbox, load_text(SMALL)).apply().complete
        before_governed(sandbox)
        return tell(sandbox, organization, roles)


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Path]:
    """Write a config folder: `config(text)` or `config(**{file: text})`."""

    def write(text: str = SMALL, **files: str) -> Path:
        folder = tmp_path / "config"
        folder.mkdir(exist_ok=True)
        for name, content in {"landing": text, **files}.items():
            (folder / f"{name}.yaml").write_text(dedent(content), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def organization(config: Callable[..., Path], library: Library) -> Load:
    """The organization of a config text; `extra` is appended to it."""

    def build(extra: str = "", text: str = SMALL) -> Organization:
        return load(config(text + dedent(extra)), library)[0]

    return build


@pytest.fixture
def problems(config: Callable[..., Path], library: Library) -> Callable[..., list[Diagnostic]]:
    """Everything that is wrong with a config text."""

    def find(extra: str = "", text: str = SMALL) -> list[Diagnostic]:
        try:
            return load(config(text + dedent(extra)), library)[1]
        except ConfigError as error:
            return list(error.problems)

    return find


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for PATH with a `landing` that begins with everything imported."""
    with forking(tmp_path_factory.mktemp("forked")) as folder:
        yield folder


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's pauses before it tries again, cut short; how often it tries stays as it is."""
    for scale in ("throttling_base_scale", "non_throttling_base_scale"):
        monkeypatch.setitem(ExponentialBackoff._DEFAULT_BACKOFF_CONFIG, scale, 0.0)


def pytest_collection_finish() -> None:
    """Nor need the garbage collector look at what all tests import, again and again."""
    gc.collect()
    gc.freeze()
    collect_rarely()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--runs", type=int, default=10, help="Runs in bad weather: seeds 0, 1, …")
    parser.addoption("--seed", type=int, default=None, help="Only the run with this seed.")
    parser.addoption("--every-write", action="store_true", help="Kill at every write, not only at some.")
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew instead of comparing.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name below tests/golden, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing: run pytest --update-golden and look at what it writes"
        assert text == path.read_bytes().decode(), f"{name} differs: run pytest --update-golden if that is meant"

    return compare
