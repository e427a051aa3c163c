"""`access.pipeline`: its part of the schema, what the schema cannot say of it, and the value that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from landing.config.document import Document, Path_, items
from landing.core.model import Diagnostic
from landing.core.vocabulary import Schema, flag, mapping, names, text
from landing.organization import PIPELINE, Organization, Pipeline
from landing.organization.pipeline import CodeBuild, GitHub, GitLab, Principals
from landing.services.permissions import MEMBER_ROLE
from landing.services.trust import GITHUB, GITLAB, tells_claims

FLAVOURS = ("github", "gitlab", "codebuild", "principals")
PLAN_ROLE, APPLY_ROLE = "landing-plan", "landing-apply"
WORKFLOW = ".github/workflows/landing.yml"
ENVIRONMENT = "landing-apply"
PATH: Path_ = ("access", PIPELINE)

SNIPPET = """\
access:
  read_role: landing-read
  pipeline:
    github: {repository: owner/name, repository_id: "456789", owner_id: "123456"}
baselines:
  read-role: {target: {units: [root]}}
"""
"""What to write to have a pipeline."""


def _id(description: str) -> Schema:
    """Digits, which YAML takes for a number unless they are quoted."""
    return {"description": description, "type": ["string", "integer"], "pattern": "^[1-9][0-9]{0,19}$", "minimum": 1}


def _url(description: str) -> Schema:
    return text(description, pattern=r"^https://[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*$", maxLength=255)


_BRANCH = text(
    "The protected branch that is applied; `main` when left out.", pattern=r"^((?!\$\{)[^\s*?\[\\^~:])+$", maxLength=200
)
_ENVIRONMENT = text(
    "The environment whose reviewers approve; `landing-apply` when left out.",
    pattern=r"^((?!\$\{)[^\s*?])+$",
    maxLength=255,
)
_ROLE = text("Name of the role.", pattern=r"^[\w+=,.@-]{1,60}$")
_PROJECT = r"^[A-Za-z0-9][\w-]{1,143}$"
_BUCKET = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
_PRINCIPALS: Schema = {
    **names("ARNs of roles and users."),
    "minItems": 1,
    "items": text("An ARN.", pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+$"),
}
SCHEMA: Schema = mapping(
    "Who plans and applies in place of people: `landing bootstrap` makes its roles. One of `github`, `gitlab`, "
    "`codebuild` and `principals`.",
    {
        "github": mapping(
            "A repository on GitHub, whose workflows become the roles.",
            {
                "repository": text("`owner/name`.", pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$"),
                "repository_id": _id("Its id: `gh api repos/OWNER/NAME --jq .id`. A name can be taken by others."),
                "owner_id": _id("The id of its owner: `gh api repos/OWNER/NAME --jq .owner.id`."),
                "branch": _BRANCH,
                "environment": _ENVIRONMENT,
                "workflow": text(
                    f"The workflow that applies; `{WORKFLOW}` when left out.",
                    pattern=r"^\.github/workflows/[A-Za-z0-9._-]+\.ya?ml$",
                ),
                "url": _url("Who issues the tokens; of GitHub.com when left out."),
            },
            ("repository", "repository_id", "owner_id"),
        ),
        "gitlab": mapping(
            "A project on GitLab, whose pipelines become the roles.",
            {
                "project": text("`group/name`, with all groups.", pattern=r"^[A-Za-z0-9_][\w.-]*(/[\w.-]+)+$"),
                "project_id": _id("Its id, as the project's page shows it. A name can be taken by others."),
                "namespace_id": _id("The id of the group."),
                "branch": _BRANCH,
                "environment": _ENVIRONMENT,
                "audience": text(
                    "`aud` of the job's `id_tokens`; `sts.amazonaws.com` when left out.", pattern=r"^((?!\$\{)\S)+$"
                ),
                "url": _url("The GitLab server; https://gitlab.com when left out."),
            },
            ("project", "project_id"),
        ),
        "codebuild": mapping(
            "Projects of AWS CodeBuild in the management account and the home region, run by CodePipeline.",
            {
                "connection": text(
                    "ARN of the connection to the host of the repository; no other is used.",
                    pattern=r"^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[\w-]+$",
                ),
                "repository": text("`owner/name`, with all groups.", pattern=r"^[A-Za-z0-9_][\w.-]*(/[\w.-]+)+$"),
                "branch": _BRANCH,
                "artifacts": text(
                    "Bucket by which CodePipeline gives files from one action to the next; it is made.", pattern=_BUCKET
                ),
                "mail": text(
                    "Who approves, and is told of drift: an e-mail address.", pattern=r"^[^\s@\"]+@[^\s@\"]+$"
                ),
                "plan": text(
                    f"Name of the project that plans; `{PLAN_ROLE}` when left out. The one that looks for drift has "
                    "`-drift` behind it.",
                    pattern=_PROJECT,
                ),
                "apply": text(f"Name of the project that applies; `{APPLY_ROLE}` when left out.", pattern=_PROJECT),
            },
            ("connection", "repository", "artifacts"),
        ),
        "principals": mapping(
            "Roles and users of the organization.", {"plan": _PRINCIPALS, "apply": _PRINCIPALS}, ("plan", "apply")
        ),
        "roles": mapping("Names of the roles; `landing-plan` and `landing-apply`.", {"plan": _ROLE, "apply": _ROLE}),
        "session": {
            "description": "Hours that a session lasts at most; 1 when left out.",
            "type": "integer",
            "minimum": 1,
            "maximum": 12,
        },
        "existing_provider": flag("Whether the account has an OIDC provider of that URL already, which is used."),
        "records": text("Bucket for the records of runs.", pattern=_BUCKET),
        "plans_key": flag("Make a key by which plan files are encrypted that leave the machine."),
    },
)


def check(document: Document) -> Iterator[Diagnostic]:
    """What is wrong with it beyond the shape; of a document whose shape may be wrong."""
    access = dict(items(document.data)).get("access", {})
    given = access.get(PIPELINE)
    if not isinstance(given, Mapping):
        return
    named = [flavour for flavour in FLAVOURS if flavour in given]
    if len(named) != 1:
        what = f"names {', '.join(f'`{each}`' for each in named)}" if named else "says nobody who plans and applies"
        hint = f"one of {', '.join(f'`{each}`' for each in FLAVOURS)}"
        yield document.problem("LZ391", f"`access.pipeline` {what}", PATH, hint, key=True)
    if not access.get("read_role"):
        message = "`access.pipeline` needs `access.read_role`: by it the role that plans enters member accounts"
        hint = "`read_role: landing-read`, which the baseline `read-role: {target: {units: [root]}}` makes"
        yield document.problem("LZ392", message, PATH, hint, key=True)
    roles = _mapping(given.get("roles"))
    if str(roles.get("plan", PLAN_ROLE)).lower() == str(roles.get("apply", APPLY_ROLE)).lower():
        message = "the roles that plan and that apply have one name"
        yield document.problem("LZ393", message, (*PATH, "roles"), "two roles, two names", key=True)
    entered = {str(access.get("read_role", "")).lower(), str(access.get("member_role", MEMBER_ROLE)).lower()}
    for role, default in (("plan", PLAN_ROLE), ("apply", APPLY_ROLE)):
        if str(roles.get(role, default)).lower() in entered:
            message = f"`{roles.get(role, default)}` is a role of the pipeline and the one by which members are entered"
            path: Path_ = (*PATH, "roles", role) if role in roles else PATH
            yield document.problem("LZ393", message, path, "another name for one of them", key=role not in roles)
    yield from _both(document, given)
    yield from _issuers(document, given)
    yield from _buckets(document, given)


def check_read_role(document: Document, organization: Organization) -> Iterator[Diagnostic]:
    """A role to enter members by that nothing in the config makes: whether others do, only AWS can tell."""
    if organization.read_role and not organization.read_role_makers:
        message = f"nothing in the config makes the role `{organization.read_role}`, by which plans enter members"
        hint = "unless it is there already, add the baseline `read-role: {target: {units: [root]}}`, and apply it first"
        yield replace(document.problem("LZ427", message, ("access", "read_role"), hint), severity="warning")


def _both(document: Document, given: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Whoever plans looks at what nobody has approved: who applies must be somebody else."""
    projects = {"plan": PLAN_ROLE, "apply": APPLY_ROLE, **_mapping(given.get("codebuild"))}
    named = {
        "principals": _mapping(given.get("principals")),
        "codebuild": {**projects, "plan": [projects["plan"], f"{projects['plan']}-drift"]},
    }
    for flavour in {*named} & {*given}:
        plan, apply = (_texts(named[flavour].get(role)) for role in ("plan", "apply"))
        if both := plan & apply:
            message = f"{', '.join(f'`{each}`' for each in sorted(both))} may plan and apply"
            hint = "one that plans, and another that applies what was approved"
            yield document.problem("LZ393", message, (*PATH, flavour, "apply"), hint, key=True)


def _issuers(document: Document, given: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """A provider is for tokens; and a server of one's own sends no ids that STS could ask for."""
    if given.get("existing_provider") and not {"github", "gitlab"} & {*given}:
        path: Path_ = (*PATH, "existing_provider")
        yield document.problem("LZ394", "nobody comes by a provider here", path, "leave it out", key=True)
    gitlab = _mapping(given.get("gitlab"))
    if gitlab.get("url") and "namespace_id" in gitlab and not tells_claims(_issuer(gitlab["url"])):
        path = (*PATH, "gitlab", "namespace_id")
        message = "STS knows `namespace_id` of GitLab.com only: a server of your own is trusted by the project's path"
        yield document.problem("LZ394", message, path, "leave it out", key=True)


def _buckets(document: Document, given: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """The lock is deleted when it is released, artifacts expire; the records are kept."""
    taken = {dict(items(document.data)).get("lock", {}).get("bucket"): "the lock"}
    places: tuple[tuple[Path_, object, str], ...] = (
        (("records",), given.get("records"), "the records of runs"),
        (("codebuild", "artifacts"), _mapping(given.get("codebuild")).get("artifacts"), "the artifacts"),
    )
    for path, bucket, what in places:
        if isinstance(bucket, str) and (other := taken.setdefault(bucket, what)) != what:
            hint = f"another bucket, as in `{bucket}-{path[-1]}`"
            yield document.problem("LZ395", f"{what} and {other} are in one bucket", (*PATH, *path), hint)


def pipeline_of(document: Document) -> Pipeline | None:
    """The value, of a document that fits the schema; None without one, or where it names nobody."""
    given = _mapping(_mapping(document.data.get("access")).get(PIPELINE))
    flavour = next((each for each in FLAVOURS if each in given), "")
    if not flavour or not _mapping(document.data["access"]).get("read_role"):  # an error already
        return None
    roles = _mapping(given.get("roles"))
    return Pipeline(
        trusted=_TRUSTED[flavour](given[flavour]),
        plan_role=roles.get("plan", PLAN_ROLE),
        apply_role=roles.get("apply", APPLY_ROLE),
        session_hours=given.get("session", 1),
        existing_provider=given.get("existing_provider", False),
        records=given.get("records", ""),
        plans_key=given.get("plans_key", False),
        source=document.source(PATH, key=True),
    )


def _github(given: Mapping[str, Any]) -> GitHub:
    return GitHub(
        repository=given["repository"],
        repository_id=str(given["repository_id"]),
        owner_id=str(given["owner_id"]),
        branch=given.get("branch", "main"),
        environment=given.get("environment", ENVIRONMENT),
        workflow=given.get("workflow", WORKFLOW),
        issuer=_issuer(given.get("url", f"https://{GITHUB}")),
    )


def _gitlab(given: Mapping[str, Any]) -> GitLab:
    return GitLab(
        project=given["project"],
        project_id=str(given["project_id"]),
        namespace_id=str(given.get("namespace_id", "")),
        branch=given.get("branch", "main"),
        environment=given.get("environment", ENVIRONMENT),
        issuer=_issuer(given.get("url", f"https://{GITLAB}")),
        audience=given.get("audience", "sts.amazonaws.com"),
    )


_TRUSTED: Mapping[str, Any] = {
    "github": _github,
    "gitlab": _gitlab,
    "codebuild": lambda given: CodeBuild(
        plan=given.get("plan", PLAN_ROLE),
        apply=given.get("apply", APPLY_ROLE),
        connection=given["connection"],
        repository=given["repository"],
        branch=given.get("branch", "main"),
        artifacts=given["artifacts"],
        mail=given.get("mail", ""),
    ),
    "principals": lambda given: Principals(tuple(given["plan"]), tuple(given["apply"])),
}


def _issuer(url: str) -> str:
    """As the ARN of a provider and condition keys have it."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def _texts(value: object) -> set[str]:
    return {each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
