"""The recipes of docs/extending.md, run as a reader would."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic, Source
from landing.guardrails.suites import suites
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy import testing
from landing.policy.declared import estate_of
from landing.report.formats import View
from landing.sandbox import Sandbox
from landing.services.registry import KINDS, SERVICES
from landing.services.service import Service
from tests import calls
from tests.cloud import Cloud
from tests.report import samples
from tests.report.samples import drift

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
RECIPE = "landing/services/document_sharing"
FILES = dict(re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE, flags=re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As a newcomer has it: what `landing init` writes, and the files of the page."""
    shutil.copytree(shipped() / "config", tmp_path / "config")
    for name, text in FILES.items():
        if not name.startswith("landing/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def module_of(name: str, folder: Path) -> Any:
    """A file of the page, as the module that it would be."""
    path = folder / Path(name).name
    path.write_text(FILES[name], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name.removesuffix(".py").replace("/", "."), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The recipe's service, as the files that it tells to write."""
    folder = tmp_path_factory.mktemp("recipe")
    *_, declaration = [module_of(f"{RECIPE}/{each}.py", folder) for each in ("settings", "kind", "declaration")]
    found: Service = declaration.SERVICE
    return found


def test_every_task_of_a_newcomer_has_a_recipe_with_files() -> None:
    tasks = re.findall(r"^\| \[an? (.+?)\]\(#(\S+)\) \|", PAGE, flags=re.MULTILINE)
    assert [task for task, _ in tasks] == ["guardrail", "blueprint", "kind", "service", "report format", "command"]
    recipes = {_anchor(part.partition("\n")[0]): part for part in PAGE.split("\n## ")[1:]}
    assert [anchor for _, anchor in tasks] == [*recipes]
    assert all(" file=" in recipe for recipe in recipes.values())


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_format_has_a_line_a_finding_and_a_problem(tmp_path: Path) -> None:
    found, lines = drift(), module_of("landing/report/formats/lines.py", tmp_path)
    assert len(lines.drift(found, samples.organization(), View()).splitlines()) == len(found.drifted) > 0
    problem = Diagnostic("LZ301", "no such unit", Source("a.yaml", 1, 2))
    assert lines.problems([problem], None, View()) == "a.yaml:1:2: LZ301 no such unit\n"


def test_the_command_lists_the_units(
    config: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = module_of("landing/cli/units.py", tmp_path).command
    assert command.main(["--config", str(config())], standalone_mode=False) == 0
    assert capsys.readouterr().out.splitlines() == ["security", "workloads", "workloads/prod", "workloads/dev"]


def organization(folder: Path, service: Service) -> Organization:
    found, problems = load(folder / "config", Library.load(shipped(), folder), [*SERVICES, service])
    assert problems == []
    return found


def test_the_policy_and_the_blueprint_arrive_in_the_organization(folder: Path, service: Service) -> None:
    wanted = organization(folder, service)
    statement = wanted.guardrails["deny-marketplace"].document["Statement"][0]  # type: ignore[index]
    patterns = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"]  # type: ignore[index, call-overload]
    assert patterns[0] == "arn:aws:iam::*:role/procurement"
    assert "arn:aws:iam::*:role/stacksets-exec-*" in patterns
    assert wanted.deployments["support-role"].regions == ("eu-west-1",)
    assert (
        wanted.deployments["support-role"].template["Resources"]["SupportRole"]["Properties"]["MaxSessionDuration"]
        == 7200
    )  # type: ignore[index, call-overload]
    assert wanted.deployments["alert-topic"].parameters == {"Team": "shop"}


@pytest.mark.parametrize(
    ("file", "before", "after", "code", "told"),
    [
        ("scps/deny-marketplace/metadata.yaml", None, "", "LZ402", "title, description, type and severity"),
        ("scps/deny-marketplace/policy.json", "{{ buyers }}", "{{ buyer }}", "LZ313", "did you mean `buyers`?"),
        ("config/marketplace.yaml", "prod]}", "prod]}, parameters: {buyer: []}", "LZ312", "did you mean `buyers`?"),
    ],
)
def test_a_slip_in_the_recipe_is_told_with_what_to_write(
    folder: Path, service: Service, file: str, before: str | None, after: str, code: str, told: str
) -> None:
    if before is None:
        (folder / file).unlink()
    else:
        text = (folder / file).read_text()
        (folder / file).write_text(text.replace(before, after))
    with pytest.raises(ConfigError) as raised:
        organization(folder, service)
    found = {problem.code: problem.help for problem in raised.value.problems}
    assert told in found[code]


def test_no_mutant_of_the_policy_is_alive(folder: Path, service: Service) -> None:
    wanted = organization(folder, service)
    estate = estate_of(wanted)
    found = suites(wanted, Library.load(shipped(), folder), estate, folder / "config")
    report = testing.run([suite for suite in found if suite.name == "deny-marketplace"], estate, mutate=True)
    assert report.passed


def test_the_kind_declares_its_calls_and_which_values_protect_less(folder: Path, service: Service) -> None:
    (kind,) = service.kinds
    made = {phase: calls.of_kind(type(kind), phase).direct for phase in ("read", "apply")}
    assert made == {"read": {*kind.reads}, "apply": {*kind.writes}}
    (wanted,) = kind.desired(organization(folder, service))
    assert {*kind.weaker} == {*wanted.attributes}


def test_the_service_plans_applies_and_sees_drift(folder: Path, service: Service) -> None:
    kinds = [k for k in KINDS if k.name == "organization"] + [*service.kinds]
    with Sandbox(account_quota=100) as sandbox:
        cloud = Cloud(sandbox, organization(folder, service), kinds=kinds)
        assert "document_sharing.management" in [str(change.address) for change in cloud.plan(kinds).changes]
        for one in kinds:
            assert cloud.apply([one]).complete
        assert cloud.plan(kinds).changes == ()
        setting = "/ssm/documents/console/public-sharing-permission"
        ssm = sandbox.session(region="eu-west-1").client("ssm")
        ssm.update_service_setting(SettingId=setting, SettingValue="Enable")
        assert [str(change.address) for change in cloud.plan(kinds).changes] == ["document_sharing.management"]
