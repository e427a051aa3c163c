"""The pipelines that `landing init --ci` writes: their steps, run in order in the sandbox as the roles of a pipeline.

What a step calls besides landing, git and the shell is a stand-in in `tests/ci`, which keeps what it was asked.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from landing.cli import run
from landing.cli.ci_files import FORGES
from landing.cli.commands import USAGE
from landing.config import load
from landing.library import Library, shipped
from landing.sandbox.protocol.web_identity import token

ROOT = Path(__file__).parents[1]
STAND_INS = Path(__file__).parent / "ci"
CONFIG = """\
organization: {name: acme, home_region: eu-west-1, governed_regions: [eu-west-1, us-east-1]}
roles: {management: management, log_archive: log-archive, security_tooling: security-tooling}
units:
  security: {name: Security}
accounts:
  management: {name: Management, unit: root}
  log-archive: {name: Log Archive, email: l@acme.example, unit: security}
  security-tooling: {name: Security Tooling, email: s@acme.example, unit: security}
"""
PIPELINES = {
    "github": '{github: {repository: acme/landing, repository_id: "456789", owner_id: "123456"}, plans_key: true}',
    "gitlab": "{gitlab: {project: acme/landing, project_id: 42, namespace_id: 7}, plans_key: true}",
    "codebuild": "{codebuild: {connection: 'arn:aws:codeconnections:eu-west-1:123456789012:connection/a1', repository: "
    "acme/landing, artifacts: acme-artifacts, mail: platform@acme.example}, plans_key: true}",
}
ACCESS = """\
access:
  read_role: landing-read
  pipeline: %s
baselines:
  read-role: {target: {units: [root]}, parameters: {trusted: role/landing-*}}
"""
POLICY = {
    "metadata": "title: No leaving\ndescription: No leaving\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n",
    "cases": "- {try: 'organizations:LeaveOrganization', as: role/Anyone, expect: denied, by: Leave}\n"
    "- {try: 'organizations:*', but: ['organizations:LeaveOrganization'], expect: not-denied}\n"
    "- {never: ['organizations:LeaveOrganization']}\n",
    "policy": '{"Version": "2012-10-17", "Statement": [{"Sid": "Leave", "Effect": "Deny",'
    ' "Action": "organizations:LeaveOrganization", "Resource": "*"}]}',
}
"""A policy of the repository that no guardrail uses."""
ROLE = "arn:aws:iam::123456789012:role/landing-{}"
"""What the sandbox calls its management account."""


@dataclass
class World:
    """A repository with a config, and the sandbox in which its roles are."""

    folder: Path
    temp: Path
    forge: Path
    administrator: Mapping[str, str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.forge.read_text(encoding="utf-8"))
        return found

    def client(self, service: str, environment: Mapping[str, str] | None = None) -> Any:
        """Of the administrator, or of whoever has an environment."""
        keys = {
            "aws_access_key_id": "AWS_ACCESS_KEY_ID",
            "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
            "aws_session_token": "AWS_SESSION_TOKEN",
        }
        found = environment or self.administrator
        given = {name: found.get(variable) for name, variable in keys.items()}
        url = self.administrator["AWS_ENDPOINT_URL"]
        return boto3.client(service, region_name="eu-west-1", endpoint_url=url, **given)

    def keys_of(self, role: str, service: str) -> dict[str, str]:
        """The environment of what a service of AWS does as a role.

        Nobody but that service becomes it, and no test is one: the trust is another one for that moment.
        """
        iam, name = self.client("iam"), role.rpartition("/")[2]
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        (statement,) = trust["Statement"]
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        person = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps({**trust, "Statement": [person]}))
        found = self.client("sts").assume_role(RoleArn=role, RoleSessionName=service)["Credentials"]
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        return environment_of(self, found)

    def shell(
        self, script: str, environment: Mapping[str, str], folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=folder or self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def surroundings(temp: Path) -> dict[str, str]:
    """The environment of a runner, in which nothing of ours is."""
    foreign = ("AWS_", "LANDING_", "GITHUB_", "CI")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {
        **clean,
        "PATH": os.pathsep.join([str(STAND_INS), str(Path(sys.executable).parent), clean["PATH"]]),
        "REAL_PYTHON": sys.executable,
        "INSTALLED": str(temp / "installed"),
        "FORGE": str(temp / "forge.json"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def commit(folder: Path, environment: Mapping[str, str]) -> None:
    """A repository whose branch `proposal` adds a policy to what `main` has."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "landing.yaml").write_text(CONFIG + ACCESS % PIPELINES["github"], encoding="utf-8")
    (folder / ".gitignore").write_text(".landing/\n", encoding="utf-8")
    policy = folder / "scps" / "no-leaving"
    lines = ["git init -q -b main .", "git add -A", "git -c user.name=a -c user.email=a@b commit -qm first"]
    for line in (*lines, "git checkout -qb proposal"):
        subprocess.run(line.split(), cwd=folder, env=environment, check=True)
    policy.mkdir(parents=True)
    for name, text in POLICY.items():
        end = "json" if name == "policy" else "yaml"
        (policy / f"{name}.{end}").write_text(text, encoding="utf-8")
    for line in lines[1:]:
        subprocess.run(line.split(), cwd=folder, env=environment, check=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, forked: Path) -> Iterator[World]:
    folder, temp = tmp_path_factory.mktemp("repository"), tmp_path_factory.mktemp("runner")
    environment = surroundings(temp)
    environment["PATH"] = environment["PATH"].replace(f"{STAND_INS}", f"{STAND_INS}{os.pathsep}{forked}")
    commit(folder, environment)
    shown = subprocess.run(
        ["landing", "sandbox", "env"], cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout
    administrator = {name: value.strip("'") for name, value in re.findall(r"^export (\w+)=(.*)$", shown, re.M)}
    world = World(folder, temp, temp / "forge.json", administrator, environment)
    try:
        world.client("organizations").create_organization(FeatureSet="ALL")
        yield world
    finally:
        subprocess.run(["landing", "sandbox", "stop"], cwd=folder, env=environment, check=False, capture_output=True)


def bootstrapped(world: World, forge: str, *, session: int = 1) -> None:
    """The config trusts a forge, and an administrator has made the roles."""
    file = world.folder / "config" / "landing.yaml"
    text = file.read_text(encoding="utf-8")
    pipeline = PIPELINES[forge].replace("plans_key", f"session: {session}, plans_key")
    file.write_text(re.sub("  pipeline: .*", f"  pipeline: {pipeline}", text), encoding="utf-8")
    done = world.shell("landing bootstrap --sandbox --auto-approve --allow weaken --allow delete --allow replace", {})
    assert done.returncode == 0, done.stdout + done.stderr
    assert ":role/landing-plan and applies as arn:aws:iam::" in done.stderr


@pytest.fixture
def forge(world: World) -> World:
    """With an empty forge."""
    world.forge.write_text(json.dumps({"requests": [], "comments": [], "issues": [], "sarifs": []}), encoding="utf-8")
    return world


@pytest.fixture
def quick(tmp_path: Path) -> World:
    """A repository, and a forge in which a stranger has written what looks like ours; landing is a stand-in, too."""
    folder, temp = tmp_path / "repository", tmp_path / "runner"
    temp.mkdir()
    world = World(folder, temp, temp / "forge.json", {}, surroundings(temp))
    world.environment["PATH"] = f"{STAND_INS / 'quick'}{os.pathsep}{world.environment['PATH']}"
    world.environment["CALLS"] = str(temp / "calls")
    commit(folder, world.environment)
    body = "<!-- landing plan: config -->\nmine!"
    stranger = {"id": 9, "body": body, "user": {"login": "stranger"}, "author": {"id": 6}}
    empty: dict[str, Any] = {"requests": [], "comments": [stranger], "issues": [], "sarifs": []}
    world.forge.write_text(json.dumps(empty), encoding="utf-8")
    return world


class Context:
    """A context of GitHub's expressions: what is not there is empty."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        found = self._values.get(name, self._values.get(name.replace("_", "-"), ""))
        return Context(found) if isinstance(found, Mapping) else found


@dataclass
class Runner:
    """Runs the jobs of a workflow as GitHub does, as far as ours need it."""

    world: World
    event: Mapping[str, Any]
    event_name: str
    needs: dict[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    log: str = ""

    def evaluated(self, text: object, steps: Mapping[str, Any]) -> Any:
        """A text with its expressions evaluated; of one that is an expression alone, its value."""
        text = str(text)
        whole = re.fullmatch(r"\$\{\{(.*?)\}\}", text)
        if whole:
            return self._value(whole[1], steps)
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(self._value(match[1], steps)), text)

    def _value(self, expression: str, steps: Mapping[str, Any]) -> Any:
        names = {
            "github": Context({
                "event": self.event, "event_name": self.event_name, "repository": "acme/landing", "token": "gh-token",
                "ref": "refs/heads/main", "action_path": str(ROOT),
            }),
            "vars": Context({
                "LANDING_PLAN_ROLE": ROLE.format("plan"), "LANDING_APPLY_ROLE": ROLE.format("apply"),
            }),
            "inputs": Context(self.inputs),
            "runner": Context({"temp": str(self.world.temp)}),
            "steps": Context(steps),
            "needs": Context(self.needs),
            "cancelled": lambda: False,
            "always": lambda: True,
        }  # fmt: skip
        python = re.sub(r"(inputs\.\w+)-", r"\1_", expression).replace("&&", " and ").replace("||", " or ")
        return eval(re.sub(r"!(?!=)", " not ", python).strip(), {"__builtins__": {}}, names)

    def job(self, workflow: Mapping[str, Any], name: str) -> bool:
        """Whether the job was to run; raises AssertionError when a step fails."""
        job = workflow["jobs"][name]
        if not self.evaluated(f"${{{{{job.get('if', 'always()')}}}}}", {}):
            return False
        self._clear()
        steps: dict[str, Any] = {}
        environment: dict[str, str] = {}
        failed: list[str] = []
        for step in job["steps"]:
            condition = str(step.get("if", "always()")).removeprefix("${{").removesuffix("}}")
            if (failed and not re.search(r"cancelled\(\)|always\(\)", str(step.get("if")))) or not self._value(
                condition, steps
            ):
                continue
            if "uses" in step:
                self._use(step, steps)
                continue
            given = {**workflow.get("env", {}), **job.get("env", {}), **step.get("env", {})}
            given = {key: str(self.evaluated(value, steps)) for key, value in given.items()}
            output = self.world.temp / "output"
            output.write_text("", encoding="utf-8")
            own = {**self._own(output), "TOKEN": self._token(job)}
            done = self.world.shell(step["run"], {**own, **environment, **given})
            self.log += done.stdout + done.stderr
            failed += [f"{step['run']}: {done.stdout}{done.stderr}"] if done.returncode else []
            told = dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
            steps[step.get("id", "")] = {"outputs": told}
            environment |= self._exported()
        assert not failed, failed[0]
        outputs = {key: self.evaluated(value, steps) for key, value in job.get("outputs", {}).items()}
        self.needs[name] = {"outputs": outputs}
        return True

    def _token(self, job: Mapping[str, Any]) -> str:
        """What GitHub says of a job to whom it names in the token."""
        place = "pull_request" if self.event_name == "pull_request" else "ref:refs/heads/main"
        claims = {"repository_id": "456789", "repository_owner_id": "123456"}
        if environment := job.get("environment"):
            place = f"environment:{environment}"
            workflow = "acme/landing/.github/workflows/landing.yml@refs/heads/main"
            claims |= {"environment": environment, "job_workflow_ref": workflow}
        issuer = "https://token.actions.githubusercontent.com"
        return token({"iss": issuer, "aud": "sts.amazonaws.com", "sub": f"repo:acme/landing:{place}", **claims})

    def _clear(self) -> None:
        """A runner is new for each job; the summary and the artifacts are GitHub's."""
        shutil.rmtree(self.world.temp / "landing", ignore_errors=True)
        (self.world.temp / "environment").write_text("", encoding="utf-8")

    def _own(self, output: Path) -> dict[str, str]:
        temp = self.world.temp
        return {
            "RUNNER_TEMP": str(temp), "GITHUB_ENV": str(temp / "environment"), "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(temp / "summary.md"), "GITHUB_RUN_ID": "11", "GITHUB_REPOSITORY": "acme/landing",
            "GITHUB_SHA": "f" * 40, "GITHUB_REF": "refs/heads/main", "ARTIFACTS": str(temp / "artifacts"),
            "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token.example/?x=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
            "GITHUB_ACTION_PATH": str(ROOT), **endpoint(self.world),
        }  # fmt: skip

    def _exported(self) -> dict[str, str]:
        """The environment of the steps to come; the role is become as STS does for a token that it trusts."""
        text = (self.world.temp / "environment").read_text(encoding="utf-8")
        found = dict(line.split("=", 1) for line in text.splitlines())
        return found | had(found) if self.world.administrator else found

    def _use(self, step: Mapping[str, Any], steps: Mapping[str, Any]) -> None:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
        if step["uses"].startswith("actions/upload-artifact@"):
            given = {key: self.evaluated(value, steps) for key, value in step["with"].items()}
            source, target = Path(given["path"]), self.world.temp / "artifacts" / given["name"]
            target.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copy(source, target)


def had(found: Mapping[str, str]) -> dict[str, str]:
    """The credentials that a job has got, as the sandbox takes them: it never looks into a file of a user's."""
    if "AWS_SHARED_CREDENTIALS_FILE" not in found:
        return {}
    file = Path(found["AWS_SHARED_CREDENTIALS_FILE"])
    assert file.stat().st_mode & 0o777 == 0o600
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    assert head == "[default]"
    return {"LANDING_SANDBOX": "1", **{key.upper(): value for key, value in (each.split(" = ") for each in lines)}}


def endpoint(world: World) -> dict[str, str]:
    """Where a job finds STS, if there is a sandbox."""
    return {name: world.administrator[name] for name in ("AWS_ENDPOINT_URL",) if name in world.administrator}


def as_role(world: World, found: Mapping[str, str]) -> dict[str, str]:
    """The credentials that STS gives for the token of a job, if the role trusts it."""
    file = Path(found["AWS_WEB_IDENTITY_TOKEN_FILE"])
    assert file.stat().st_mode & 0o777 == 0o600
    answer = world.client("sts").assume_role_with_web_identity(
        RoleArn=found["AWS_ROLE_ARN"],
        RoleSessionName=found["AWS_ROLE_SESSION_NAME"].replace("$", ""),
        WebIdentityToken=file.read_text(encoding="utf-8"),
    )
    return environment_of(world, answer["Credentials"])


def environment_of(world: World, credentials: Mapping[str, str]) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL": world.administrator["AWS_ENDPOINT_URL"],
        "LANDING_SANDBOX": "1",
    }


def written(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((world.folder / name).read_text(encoding="utf-8"))
    return found


def change(world: World, old: str, new: str) -> None:
    file = world.folder / "config" / "landing.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def pull_request(fork: bool = False) -> dict[str, Any]:
    head = {"repo": {"full_name": "stranger/landing" if fork else "acme/landing"}}
    return {"pull_request": {"number": 7, "head": head, "base": {"sha": "main"}}}


def add_unit(world: World, name: str) -> None:
    """Something to do, whatever was done before."""
    change(world, "units:\n", f"units:\n  {name.lower()}: {{name: {name}}}\n")


def test_github_plans_pull_requests_applies_what_is_merged_and_looks_at_night(forge: World) -> None:
    world = forge
    bootstrapped(world, "github")
    done = world.shell("landing init --ci github .", {})
    assert done.returncode == 0, done.stderr
    landing = written(world, ".github/workflows/landing.yml")
    assert landing["env"]["AWS_REGION"] == "eu-west-1"
    add_unit(world, "Hub")

    request = Runner(world, pull_request(), "pull_request")
    for name in ("check", "review"):
        assert request.job(landing, name), name
    assert not request.job(landing, "plan")
    assert "--require-hashes -r .github/landing.lock" in (world.temp / "installed").read_text()
    assert "1 policy, 2 cases" in request.log
    assert "mutants, 0 alive" in request.log
    (comment,) = world.state["comments"]
    assert comment["body"].startswith("<!-- landing plan: config -->\n")
    assert "<code>unit.hub</code> will be created" in comment["body"]
    assert "::notice file=config/landing.yaml,line=" in request.log
    (sarif,) = world.state["sarifs"]
    assert json.loads(gzip.decompress(base64.b64decode(sarif["sarif"])))["version"] == "2.1.0"
    plan_file = world.temp / "artifacts" / "landing-plan" / "plan.json"
    assert json.loads(plan_file.read_text(encoding="utf-8"))["encrypted"] == "landing encrypted plan"

    assert "assumed-role/landing-plan/landing-11" in comment["body"]
    refuse_writes(world, request._token({}))

    merged = Runner(world, {}, "push")
    assert not merged.job(landing, "review")
    for name in ("plan", "apply"):
        assert merged.job(landing, name), name
    assert "Apply complete!" in merged.log
    assert list((world.temp / "artifacts" / "landing-runs").rglob("events.jsonl"))
    assert not list((world.temp / "artifacts" / "landing-runs").rglob("plan.json"))
    merged.needs["plan"]["outputs"]["changes"] = "0"
    assert not merged.job(landing, "apply")
    night = Runner(world, {}, "schedule")
    assert night.job(written(world, ".github/workflows/landing-drift.yml"), "drift")
    assert "No drift." in night.log
    assert world.state["issues"] == []


NIGHTS = [(2, "one", "open"), (2, "two", "open"), (3, "three", "open"), (0, "four", "closed"), (2, "five", "open")]
"""What `landing drift` exits with and says, and what becomes of the newest issue."""


def test_on_github_one_issue_is_opened_updated_and_closed_and_one_comment_updated(quick: World) -> None:
    world = quick
    runner = Runner(world, pull_request(), "pull_request")
    script = f"bash {shipped()}/ci/github/.github/landing.sh"
    given = {**runner._own(world.temp / "output"), "GH_TOKEN": "x", "LANDING_PULL_REQUEST": "7"}
    for code, text, state in NIGHTS:
        said = {"CODE": str(code), "SAID": f"<!-- landing:drift org=o -->\n{text}"}
        assert world.shell(f"{script} drift", {**given, **said}).returncode == (3 if code == 3 else 0)
        assert world.state["issues"][-1]["state"] == state
        assert world.state["issues"][-1]["body"].endswith("three" if state == "closed" else text)
    assert len(world.state["issues"]) == 2
    for text in ("one", "two"):
        said = {"CODE": "0", "SAID": f"<!-- landing plan: config -->\n{text}"}
        assert world.shell(f"{script} plan && {script} comment", {**given, **said}).returncode == 0
    strangers, ours = world.state["comments"]
    assert (strangers["body"][-5:], ours["body"][-3:]) == ("mine!", "two")


def test_on_gitlab_one_issue_is_opened_updated_and_closed_and_one_note_updated(quick: World) -> None:
    world = quick
    script = f"bash {shipped()}/ci/gitlab/.gitlab/landing.sh"
    given = {
        "CI_PROJECT_DIR": str(world.folder), "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7",
        "CI_API_V4_URL": "https://gitlab.example/api/v4", "LANDING_GITLAB_TOKEN": "gitlab-token",
    }  # fmt: skip
    for code, text, state in NIGHTS:
        said = {"CODE": str(code), "SAID": f"<!-- landing:drift org=o -->\n{text}"}
        assert world.shell(f"{script} drift", {**given, **said}).returncode == (3 if code == 3 else 0)
        assert world.state["issues"][-1]["state"] == ("opened" if state == "open" else state)
        assert world.state["issues"][-1]["description"].endswith(text)
    assert len(world.state["issues"]) == 2
    for text in ("one", "two"):
        said = {"CODE": "0", "SAID": f"<!-- landing plan: config -->\n{text}"}
        assert world.shell(f"{script} plan && {script} note", {**given, **said}).returncode == 0
    strangers, ours = world.state["comments"]
    assert (strangers["body"][-5:], ours["body"][-3:]) == ("mine!", "two")
    said = {"CODE": "0", "SAID": "<!-- landing plan: config -->", "LANDING_GITLAB_TOKEN": ""}
    assert "LANDING_GITLAB_TOKEN is not set" in world.shell(f"{script} note", {**given, **said}).stdout


@pytest.mark.parametrize("script", ["github/.github/landing.sh", "gitlab/.gitlab/landing.sh"])
def test_drift_takes_what_is_accepted(quick: World, script: str) -> None:
    given = {
        "RUNNER_TEMP": str(quick.temp), "GITHUB_REPOSITORY": "acme/landing", "GH_TOKEN": "x",
        "CI_PROJECT_DIR": str(quick.folder), "CODE": "0", "SAID": "<!-- landing:drift org=o -->",
    }  # fmt: skip
    (quick.folder / "accepted.yaml").write_text("accepted: []\n", encoding="utf-8")
    done = quick.shell(f"bash {shipped()}/ci/{script} drift", given)
    assert done.returncode == 0, done.stderr
    assert "drift --accept ./accepted.yaml --format" in (quick.temp / "calls").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["github/.github/landing.sh", "gitlab/.gitlab/landing.sh"])
def test_only_policies_that_changed_are_weakened(quick: World, script: str) -> None:
    given = {"RUNNER_TEMP": str(quick.temp), "CI_PROJECT_DIR": str(quick.folder), "CODE": "0", "SAID": ""}
    base = {"LANDING_BASE": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main"}
    calls = []
    for more in ({}, base):
        assert quick.shell(f"bash {shipped()}/ci/{script} tests", {**given, **more}).returncode == 0
        calls.append((quick.temp / "calls").read_text(encoding="utf-8"))
    assert "--mutate" not in calls[0]
    assert calls[1].endswith("-- no-leaving\n")


@dataclass
class GitLab:
    """Runs the jobs of a `.gitlab-ci.yml` as a runner of GitLab does."""

    world: World
    jobs: Mapping[str, Any]
    variables: dict[str, str] = field(default_factory=dict)

    def job(self, name: str) -> str:
        job = self.jobs[name]
        given = {
            **self.jobs["variables"], **job.get("variables", {}), **self.variables,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.world.temp / "credentials"), "LANDING_TOKEN": self._token(name),
            "AWS_ROLE_SESSION_NAME": "landing-11", **endpoint(self.world),
            "CI_PROJECT_DIR": str(self.world.folder), "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main", "CI_API_V4_URL": "https://gitlab.example/api/v4",
            "LANDING_GITLAB_TOKEN": "gitlab-token",
        }  # fmt: skip
        roles = {"$LANDING_PLAN_ROLE": ROLE.format("plan"), "$LANDING_APPLY_ROLE": ROLE.format("apply")}
        given = {key: str(roles.get(value, self.variables.get(value[1:], value))) for key, value in given.items()}
        said = ""
        for line in [*self.jobs["default"]["before_script"], *job["script"], *job.get("after_script", ())]:
            done = self.world.shell(line, given)
            assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
            said += done.stdout + done.stderr
            if line.endswith("credentials"):
                given |= had(given)
        if file := job.get("artifacts", {}).get("reports", {}).get("dotenv"):
            text = (self.world.folder / file).read_text(encoding="utf-8")
            self.variables |= dict(line.split("=", 1) for line in text.splitlines())
        return said

    def _token(self, name: str) -> str:
        """What GitLab says of a job in its `id_tokens`."""
        review = ("proposal", "false", "merge_request_event")
        source = "schedule" if name == "drift" else "push"
        branch, protected, source = review if name == "review" else ("main", "true", source)
        given = {"project_id": "42", "namespace_id": "7", "ref_protected": protected, "pipeline_source": source}
        (asked,) = self.jobs[name].get("id_tokens", {"": {"aud": ""}}).values()
        sub = f"project_path:acme/landing:ref_type:branch:ref:{branch}"
        return token({"iss": "https://gitlab.com", "aud": asked["aud"], "sub": sub, **given})


def test_gitlab_plans_merge_requests_and_applies_what_is_merged(forge: World) -> None:
    world = forge
    bootstrapped(world, "gitlab")
    done = world.shell("landing init --ci gitlab .", {})
    assert done.returncode == 0, done.stderr
    add_unit(world, "Lab")
    runner = GitLab(world, written(world, ".gitlab-ci.yml"))
    assert "mutants, 0 alive" in runner.job("check")
    runner.job("review")
    (note,) = world.state["comments"]
    assert note["body"].startswith("<!-- landing plan: config -->\n")
    assert "<code>unit.lab</code> will be created" in note["body"]
    refuse_writes(world, runner._token("review"))
    assert runner.job("drift")
    (issue,) = world.state["issues"]
    assert issue["state"] == "opened"
    assert "unit.lab" in issue["description"]
    runner.job("plan")
    assert int(runner.variables["changes"]) >= 1
    assert "Apply complete!" in runner.job("apply")
    assert list((world.folder / "landing-out" / "runs").rglob("events.jsonl"))
    assert not list((world.folder / "landing-out" / "runs").rglob("plan.json"))
    assert "No drift." in runner.job("drift")
    assert world.state["issues"][0]["state"] == "closed"


@dataclass
class CodePipeline:
    """Runs the pipelines that are deployed as CodePipeline and CodeBuild do, each step as the role that they give it."""

    world: World
    said: str = ""
    """What its builds have said."""
    approvals: list[str] = field(default_factory=list)
    number: int = 0

    def run(self, name: str) -> bool:
        """Whether all its actions have succeeded; a stage whose condition is not met is left out."""
        pipeline = self.world.client("codepipeline").get_pipeline(name=name)["pipeline"]
        own = self.world.keys_of(pipeline["roleArn"], "codepipeline")
        places: dict[str, str] = {}
        variables: dict[str, dict[str, str]] = {}

        def filled(text: str) -> str:
            return re.sub(r"#\{(\w+)\.(\w+)\}", lambda match: variables[match[1]][match[2]], text)

        for stage in pipeline["stages"]:
            conditions = stage.get("beforeEntry", {}).get("conditions", ())
            rules = [rule["configuration"] for each in conditions for rule in each["rules"]]
            assert all(rule["Operator"] == "NE" for rule in rules)
            if any(filled(rule["Variable"]) == rule["Value"] for rule in rules):
                continue
            for action in sorted(stage["actions"], key=lambda each: each["runOrder"]):
                given = {key: filled(value) for key, value in action["configuration"].items()}
                match action["actionTypeId"]["provider"]:
                    case "CodeStarSourceConnection":
                        packed = self._packed(self.world.folder, ["**/*"])
                        places["source"] = self._put(own, name, "source", packed)
                    case "Manual":
                        self.world.client("sns", own).publish(
                            TopicArn=given["NotificationArn"], Message=given["CustomData"]
                        )
                        self.approvals.append(given["CustomData"])
                    case "CodeBuild":
                        inputs = {each["name"]: places[each["name"]] for each in action["inputArtifacts"]}
                        outputs = [each["name"] for each in action["outputArtifacts"]]
                        told = self._build(name, given, inputs, outputs, places)
                        if told is None:
                            return False
                        variables[action.get("namespace", "")] = told
        return True

    def _build(
        self,
        pipeline: str,
        given: Mapping[str, str],
        inputs: Mapping[str, str],
        outputs: list[str],
        places: dict[str, str],
    ) -> dict[str, str] | None:
        """Its exported variables; none if it has failed."""
        world, name = self.world, given["ProjectName"]
        (project,) = world.client("codebuild").batch_get_projects(names=[name])["projects"]
        keys = world.keys_of(project["serviceRole"], "codebuild")
        self.number += 1
        here = world.temp / f"build-{self.number}"
        folders = {each: here / each for each in inputs}
        bucket, s3 = self._bucket(pipeline), world.client("s3", keys)
        for each, place in inputs.items():
            body = s3.get_object(Bucket=bucket, Key=place)["Body"].read()
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                archive.extractall(folders[each])
        primary = folders[given.get("PrimarySource", "source")]
        spec = yaml.safe_load((primary / project["source"]["buildspec"]).read_text(encoding="utf-8"))
        exported = here / "exported"
        lines = [line for phase in spec["phases"].values() for line in phase["commands"]]
        lines += [f"declare -p {each} >>{exported}" for each in spec["env"].get("exported-variables", ())]
        environment = {
            **spec["env"]["variables"],
            **{each["name"]: each["value"] for each in json.loads(given.get("EnvironmentVariables", "[]"))},
            **{f"CODEBUILD_SRC_DIR_{each}": str(folder) for each, folder in folders.items() if folder != primary},
            **keys,
        }
        done = world.shell("\n".join(lines), environment, primary)
        self._log(keys, name, done.stdout + done.stderr)
        for report in spec.get("reports", {}).values():
            assert all((primary / file).exists() for file in report["files"])
        if done.returncode:
            return None
        made = spec.get("artifacts", {})
        for each in outputs:
            packed = self._packed(primary / made.get("base-directory", "."), made["files"])
            places[each] = self._put(keys, pipeline, each, packed)
        text = exported.read_text(encoding="utf-8") if exported.exists() else ""
        return dict(re.findall(r'^declare -x (\w+)="(.*)"$', text, re.MULTILINE))

    def _log(self, keys: Mapping[str, str], project: str, text: str) -> None:
        """Of a build, in the group that the project's role may write to."""
        self.said += text
        logs, place = self.world.client("logs", keys), {"logGroupName": f"/aws/codebuild/{project}"}
        place["logStreamName"] = f"build-{self.number}"
        logs.create_log_stream(**place)
        time = int(datetime.now(UTC).timestamp() * 1000)
        logs.put_log_events(**place, logEvents=[{"timestamp": time, "message": text[:100_000] or "-"}])

    def _bucket(self, pipeline: str) -> str:
        found = self.world.client("codepipeline").get_pipeline(name=pipeline)["pipeline"]
        return str(found["artifactStore"]["location"])

    def _put(self, keys: Mapping[str, str], pipeline: str, artifact: str, body: bytes) -> str:
        self.number += 1
        key = f"{pipeline}/{artifact}/{self.number}.zip"
        self.world.client("s3", keys).put_object(Bucket=self._bucket(pipeline), Key=key, Body=body)
        return key

    def _packed(self, folder: Path, patterns: list[str]) -> bytes:
        """The files of an artifact; of the repository without what git leaves out."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file in sorted({path for each in patterns for path in folder.glob(each) if path.is_file()}):
                name = file.relative_to(folder)
                if name.parts[0] not in (".git", ".landing"):
                    archive.write(file, name)
        return packed.getvalue()


def test_codebuild_plans_applies_what_is_approved_and_looks_at_night(forge: World) -> None:
    world = forge
    bootstrapped(world, "codebuild")
    done = world.shell("landing init --ci codebuild .", {})
    assert done.returncode == 0, done.stderr
    cloudformation = world.client("cloudformation")
    cloudformation.create_stack(
        StackName="pipeline-of-landing",
        TemplateBody=(world.folder / "codebuild" / "pipeline.yml").read_text(encoding="utf-8"),
        Parameters=[{"ParameterKey": "Reviews", "ParameterValue": "yes"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="pipeline-of-landing", WaiterConfig={"Delay": 0, "MaxAttempts": 50}
    )
    (alarm,) = world.client("cloudwatch").describe_alarms(AlarmNames=["landing-drift"])["MetricAlarms"]
    assert alarm["AlarmActions"] == alarm["OKActions"]
    add_unit(world, "Build")

    aws = CodePipeline(world)
    assert aws.run("landing-review")
    assert "unit.build will be created" in aws.said
    assert aws.approvals == []
    assert not aws.run("landing-drift")
    assert "unit.build" in aws.said
    assert aws.run("landing"), aws.said
    (approval,) = aws.approvals
    assert re.match(r"[1-9]\d* changes, to be allowed by name: nothing\.", approval)
    assert "Apply complete!" in aws.said
    runs = [each["Key"] for each in world.client("s3").list_objects_v2(Bucket="acme-artifacts")["Contents"]]
    assert [key for key in runs if key.startswith("landing/runs/")]
    assert aws.run("landing-drift"), aws.said
    assert aws.run("landing"), aws.said
    assert len(aws.approvals) == 1

    plan = world.keys_of(ROLE.format("plan"), "codebuild")
    s3 = world.client("s3", plan)
    for name in ("source", "runs"):
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.put_object(Bucket="acme-artifacts", Key=f"landing/{name}/1.zip", Body=b"mine")
    root = world.client("organizations").list_roots()["Roots"][0]["Id"]
    organizations = world.client("organizations", plan)
    with pytest.raises(organizations.exceptions.ClientError, match="AccessDenied"):
        organizations.create_organizational_unit(ParentId=root, Name="Mine")


def test_the_template_of_codebuild_is_for_what_a_bootstrap_makes(tmp_path: Path) -> None:
    from cfnlint.decode import cfn_yaml

    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(CONFIG + ACCESS % PIPELINES["codebuild"], encoding="utf-8")
    assert run(["init", "--ci", "codebuild", str(tmp_path)]) == 0
    file = tmp_path / "codebuild" / "pipeline.yml"
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--regions", "eu-west-1", "--", str(file)]
    linted = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout
    organization, _ = load(tmp_path / "config", Library.load(shipped()))
    made: Any = organization.deployments["pipeline"].template["Resources"]

    trusted = set()
    for name in ("PlanRole", "ApplyRole"):
        role = made[name]["Properties"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        for project in statement["Condition"]["ArnEquals"]["aws:SourceArn"]:
            trusted.add((role["RoleName"], project["Fn::Sub"].rpartition("/")[2]))
    found = set()
    for body in (each["Properties"] for each in cfn_yaml.load(str(file))["Resources"].values()):
        if "ServiceRole" in body:
            found.add((body["ServiceRole"]["Fn::Sub"].rpartition("/")[2], body["Name"]))
            assert (tmp_path / body["Source"]["BuildSpec"]).exists()
        for action in (each for stage in body.get("Stages", ()) for each in stage["Actions"]):
            for artifact in (*action.get("InputArtifacts", ()), *action.get("OutputArtifacts", ())):
                assert f"{made['ArtifactBucket']['Properties']['BucketName']}/*/{artifact['Name']}/*" in json.dumps(
                    made
                )
    assert found == trusted
    assert set(re.findall('connection/[^"]*', file.read_text(encoding="utf-8"))) == {"connection/a1"}
    assert "connection/" not in json.dumps(made)


def test_a_comment_of_an_earlier_commit_does_not_stay_where_there_is_no_plan(quick: World) -> None:
    world = quick
    shutil.copytree(shipped() / "ci/github/.github", world.folder / ".github")
    landing = written(world, ".github/workflows/landing.yml")
    runner = Runner(world, pull_request(), "pull_request")
    world.environment |= {"CODE": "0", "SAID": "<!-- landing plan: config -->\none change"}
    assert runner.job(landing, "review")
    world.environment |= {"CODE": "1", "SAID": "<!-- landing plan: config -->\nno plan"}
    with pytest.raises(AssertionError, match=r"landing\.sh plan"):
        runner.job(landing, "review")
    assert [each["body"][-7:] for each in world.state["comments"]] == [">\nmine!", "no plan"]


def test_a_note_of_an_earlier_commit_does_not_stay_where_there_is_no_plan(quick: World) -> None:
    world = quick
    script = f"bash {shipped()}/ci/gitlab/.gitlab/landing.sh review"
    given = {
        "CI_PROJECT_DIR": str(world.folder), "CI_PROJECT_ID": "42", "CI_MERGE_REQUEST_IID": "7",
        "CI_API_V4_URL": "https://gitlab.example/api/v4", "LANDING_GITLAB_TOKEN": "gitlab-token",
    }  # fmt: skip
    for code, text in (("0", "one change"), ("1", "no plan")):
        said = {"CODE": code, "SAID": f"<!-- landing plan: config -->\n{text}"}
        assert world.shell(script, {**given, **said}).returncode == int(code)
        assert world.state["comments"][-1]["body"].endswith(text)
    assert len(world.state["comments"]) == 2


def test_variables_of_the_job_that_applies_are_those_of_the_plan_alone(quick: World) -> None:
    """A file of the repository of that name would be read as variables of that job, whatever they are called."""
    out = quick.folder / "landing-out"
    out.mkdir()
    (out / "plan.env").write_text("LD_PRELOAD=mine\n", encoding="utf-8")
    given = {"CI_PROJECT_DIR": str(quick.folder), "CODE": "0", "SAID": "digest=0\n"}
    (quick.folder / "landing").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    path = {"PATH": f"{quick.folder}{os.pathsep}{quick.environment['PATH']}"}
    (quick.folder / "landing").chmod(0o755)
    assert quick.shell(f"bash {shipped()}/ci/gitlab/.gitlab/landing.sh plan", {**given, **path}).returncode == 0
    assert not (out / "plan.env").exists()


def test_forks_get_no_credentials(quick: World) -> None:
    landing = yaml.safe_load((shipped() / "ci/github/.github/workflows/landing.yml").read_text(encoding="utf-8"))
    stranger = Runner(quick, pull_request(fork=True), "pull_request")
    assert not stranger.job(landing, "review")
    assert not stranger.job(landing, "plan")
    tokens = {name: job["permissions"].get("id-token") for name, job in landing["jobs"].items()}
    assert tokens == {"check": None, "review": "write", "plan": "write", "apply": "write"}


def refuse_writes(world: World, token: str) -> None:
    """Who has the token of a pull request is not trusted to apply, and as the role that plans changes nothing."""
    file = world.temp / "token"
    file.write_text(token, encoding="utf-8")
    file.chmod(0o600)
    job = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_SESSION_NAME": "job"}
    with pytest.raises(world.client("sts").exceptions.ClientError, match="AccessDenied"):
        as_role(world, {**job, "AWS_ROLE_ARN": ROLE.format("apply")})
    refused = world.shell("landing apply --auto-approve", as_role(world, {**job, "AWS_ROLE_ARN": ROLE.format("plan")}))
    assert refused.returncode == 4
    assert "AccessDenied" in refused.stderr


def test_the_component_does_what_the_pipeline_does() -> None:
    spec, component = yaml.safe_load_all((ROOT / "templates" / "landing.yml").read_text(encoding="utf-8"))
    text = (ROOT / "ci" / "gitlab" / ".gitlab-ci.yml").read_text(encoding="utf-8")
    pipeline = yaml.safe_load(text.replace("@BRANCH@", "$[[ inputs.branch ]]"))
    hidden = component.pop(".landing")
    assert pipeline["variables"].keys() == hidden["variables"].keys()
    for name in ("check", "review", "plan", "apply", "drift"):
        mine, theirs = component.pop(f"landing-{name}"), pipeline[name]
        assert mine.pop("extends") == ".landing"
        steps = [
            line.rpartition(" ")[2] for job in (mine, theirs) for line in (*job["script"], *job.get("after_script", ()))
        ]
        assert steps[: len(steps) // 2] == steps[len(steps) // 2 :]
        assert ("needs" in mine) == ("needs" in theirs)
        assert mine.get("needs", []) == [f"landing-{each}" for each in theirs.get("needs", ())]
        for key in ("rules", "artifacts", "resource_group"):
            assert mine.get(key) == theirs.get(key), (name, key)
    assert component == {}
    asked = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "templates" / "landing.yml").read_text(encoding="utf-8")))
    assert asked == set(spec["spec"]["inputs"])


WORKFLOWS = sorted((ROOT / "ci/github").rglob("*.yml"))


@pytest.mark.parametrize("file", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: path.name)
def test_workflows_give_few_rights_and_no_text_to_the_shell(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "pull_request_target:" not in text
    assert not re.search("AWS_(SECRET_)?ACCESS_KEY|secrets\\.", text)
    found = yaml.safe_load(text)
    jobs = list(found.get("jobs", {}).values()) or [found["runs"]]
    for step in (step for job in jobs for step in job["steps"]):
        assert "${{" not in step.get("run", "")
        assert "uses" not in step or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
    if "jobs" in found:
        assert found["permissions"] == {}
        assert all(job["permissions"] for job in jobs)
        assert found["concurrency"]["group"]


def test_the_action_runs_a_step_after_it_has_become_a_role(quick: World) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    runner = Runner(quick, pull_request(), "pull_request")
    defaults = {name: str(runner.evaluated(each.get("default", ""), {})) for name, each in action["inputs"].items()}
    quick.environment |= {"CODE": "0", "SAID": "<!-- landing plan: config -->"}
    runner.inputs = {**defaults, "step": "plan", "role": ROLE.format("plan")}
    assert runner.job({"jobs": {"action": action["runs"]}}, "action")
    assert (quick.temp / "landing" / "token").read_text(encoding="utf-8").count(".") == 2
    become = (quick.temp / "installed").read_text(encoding="utf-8")
    assert f"{ROLE.format('plan')} 3600 {quick.temp}/landing/token {quick.temp}/landing/credentials" in become
    assert (quick.temp / "landing" / "comment.md").exists()
    calls = (quick.temp / "calls").read_text(encoding="utf-8")
    assert "--encrypt alias/landing-plans --format github" in calls
    assert "-m pip" not in become
    runner.inputs = {**defaults, "step": "rm -rf"}
    with pytest.raises(AssertionError, match="case "):
        runner.job({"jobs": {"action": action["runs"]}}, "action")


def test_the_action_has_an_input_for_what_its_steps_ask() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    asked = set(re.findall(r"inputs\.([\w-]+)", json.dumps(action["runs"])))
    assert asked == set(action["inputs"])
    assert all(each["description"] for each in (*action["inputs"].values(), *action["outputs"].values()))
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert not [name for name in (*action["inputs"], *action["outputs"]) if f"`{name}`" not in page]


@pytest.mark.parametrize("name", FORGES)
def test_nothing_is_overwritten_and_every_file_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(CONFIG, encoding="utf-8")
    assert run(["init", "--ci", name, str(tmp_path)]) == 0
    assert "has no hash of landing" in capsys.readouterr().err
    made = [path for path in tmp_path.rglob("*") if path.is_file() and "config" not in path.parts]
    assert made
    assert not [path for path in made if re.search("@[A-Z_]+@", path.read_text(encoding="utf-8"))]
    made[0].write_text("mine", encoding="utf-8")
    assert run(["init", "--ci", name, str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert all(str(path) in said for path in made)
    assert made[0].read_text(encoding="utf-8") == "mine"
    assert run(["init", "--ci", name, "--name", "x", str(tmp_path / "new"), "--home-region", "eu-north-1"]) == 0
    assert any("eu-north-1" in path.read_text(encoding="utf-8") for path in (tmp_path / "new").rglob("*.yml"))


@pytest.mark.parametrize("name", FORGES)
def test_what_is_installed_stands_in_a_reviewed_file_by_hashes(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(CONFIG + ACCESS % PIPELINES[name], encoding="utf-8")
    wanted = f"landing==1.2.0 --hash=sha256:{'0f' * 32}"
    for wrong in ("landing", "landing==1.2.0", "landing==1 --hash=sha256:00", f"{wanted}\nmore"):
        assert run(["init", "--ci", name, "--package", wrong, str(tmp_path)]) == USAGE
    capsys.readouterr()
    given = ["--package", wanted, "--image", f"python:3.12@sha256:{'0a' * 32}"]
    assert run(["init", "--ci", name, *given, str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert "no hash" not in said
    assert "is a tag" not in said
    (lock,) = tmp_path.rglob("landing.lock")
    lines = [line for line in lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines() if line[0] != "#"]
    assert lines[0].split() == wanted.split()
    assert len(lines) > 10
    assert not [line for line in lines if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in texts if "LANDING_PACKAGE" in text or "CI_DEFAULT_BRANCH" in text]
    assert any("--require-hashes" in text for text in texts)


def test_a_session_lasts_as_long_as_the_role_allows(forge: World) -> None:
    world = forge
    bootstrapped(world, "github", session=6)
    runner = Runner(world, pull_request(), "pull_request")
    runner._clear()
    script = f"bash {shipped()}/ci/github/.github/landing.sh credentials"
    given = {**runner._own(world.temp / "output"), "LANDING_ROLE": ROLE.format("plan"), "AWS_REGION": "eu-west-1"}
    given["TOKEN"] = runner._token({})
    assert world.shell(script, {**given, "LANDING_SESSION": "21600"}).returncode == 0
    longer = world.shell(script, {**given, "LANDING_SESSION": "21601"})
    assert longer.returncode != 0
    assert "for 21601 seconds: " in longer.stderr
    assert "Its longest session is `session` of access.pipeline" in longer.stderr


PIPELINE = """\
access:
  read_role: landing-read
  pipeline:
    %s
    plans_key: true
"""


def test_the_pipeline_is_the_one_that_the_roles_trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config").mkdir()
    config = tmp_path / "config" / "landing.yaml"
    github = (
        'github: {repository: acme/landing, repository_id: "1", owner_id: "2", branch: trunk, environment: \'a"b\','
        " workflow: .github/workflows/zone.yml}"
    )
    config.write_text(CONFIG + PIPELINE % github, encoding="utf-8")
    assert run(["init", "--ci", "github", str(tmp_path)]) == 0
    assert "access.pipeline" not in capsys.readouterr().err
    workflow = yaml.safe_load((tmp_path / ".github/workflows/zone.yml").read_text(encoding="utf-8"))
    assert workflow[True]["push"]["branches"] == ["trunk"]
    assert workflow["jobs"]["apply"]["environment"] == 'a"b'
    assert run(["init", "--ci", "gitlab", str(tmp_path)]) == 0
    assert "trusts another than gitlab" in capsys.readouterr().err
    gitlab = "gitlab: {project: acme/landing, project_id: 42, branch: trunk, audience: https://gitlab.com}"
    config.write_text(CONFIG + (PIPELINE % gitlab).replace("    plans_key: true\n", ""), encoding="utf-8")
    (tmp_path / ".gitlab-ci.yml").unlink()
    (tmp_path / ".gitlab/landing.sh").unlink()
    (tmp_path / ".gitlab/landing.lock").unlink()
    assert run(["init", "--ci", "gitlab", str(tmp_path)]) == 0
    assert "has no `plans_key: true`" in capsys.readouterr().err
    pipeline = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert pipeline["plan"]["id_tokens"] == {"LANDING_TOKEN": {"aud": "https://gitlab.com"}}
    assert pipeline["apply"]["rules"][0]["if"].startswith('$CI_COMMIT_BRANCH == "trunk" && ')


def test_beside_a_config_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    assert run(["init", "--ci", "github", "--name", "x", str(tmp_path)]) == USAGE
