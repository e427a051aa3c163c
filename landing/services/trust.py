"""Who may become the roles of the pipeline: their trust policies, as a template has them.

Ids are asked for beside names: a name can be given up and taken by somebody else. IAM User Guide, "Available keys for
AWS OIDC federation" (the claims of a provider that STS knows) and "Identity-provider controls for shared OIDC
providers" (`sub` must be asked for). No `ForAllValues`: it is true of a claim that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.organization.pipeline import CodeBuild, GitHub, GitLab, Pipeline, Principals, Role

GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
Conditions = dict[str, dict[str, Any]]


def trust(pipeline: Pipeline, role: Role) -> dict[str, Any]:
    """The trust policy of one of the two roles."""
    action, principal, conditions = "sts:AssumeRole", {}, {}
    match pipeline.trusted:
        case GitHub() as github:
            action, principal = "sts:AssumeRoleWithWebIdentity", federated(github.issuer)
            conditions = _github(github, role)
        case GitLab() as gitlab:
            action, principal = "sts:AssumeRoleWithWebIdentity", federated(gitlab.issuer)
            conditions = _gitlab(gitlab, role)
        case CodeBuild() as projects:
            principal, conditions = {"Service": "codebuild.amazonaws.com"}, _codebuild(projects, role)
        case Principals() as principals:
            principal = {"AWS": list(principals.plan if role == "plan" else principals.apply)}
            conditions = {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": conditions}
    return {"Version": "2012-10-17", "Statement": [statement]}


def federated(issuer: str) -> dict[str, Any]:
    """The provider of an issuer in the account of the stack."""
    return {"Federated": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{issuer}"}}


def provider(pipeline: Pipeline) -> dict[str, Any] | None:
    """URL and audience of the provider that the stack makes; none where none is needed, or one is there."""
    trusted = pipeline.trusted
    if pipeline.existing_provider or not isinstance(trusted, GitHub | GitLab):
        return None
    return {"url": f"https://{trusted.issuer}", "audience": trusted.audience}


def tells_claims(issuer: str) -> bool:
    """Whether STS knows more of the issuer's tokens than `aud` and `sub`: not of a server of one's own."""
    host = issuer.partition("/")[0]
    return host in (GITHUB, GITLAB) or (host.startswith("token.actions.") and host.endswith(".ghe.com"))


def _github(github: GitHub, role: Role) -> Conditions:
    """Both formats of `sub`: GitHub writes ids into it for repositories made, renamed or moved since July 2026.

    A job with an environment has that in `sub`, and no branch (GitHub docs, "OpenID Connect reference").
    """
    owner, _, name = github.repository.partition("/")
    prefixes = [f"repo:{owner}/{name}"]
    claims: dict[str, Any] = {}
    if tells_claims(github.issuer):
        prefixes.append(f"repo:{owner}@{github.owner_id}/{name}@{github.repository_id}")
        claims |= {"repository_id": github.repository_id, "repository_owner_id": github.owner_id}
        if role == "apply":
            workflow = f"{github.repository}/{github.workflow}@refs/heads/{github.branch}"
            claims |= {"environment": github.environment, "job_workflow_ref": workflow}
    ends = ["pull_request", f"ref:refs/heads/{github.branch}"]
    if role == "apply":
        ends = [f"environment:{github.environment.replace(':', '%3A')}"]
    claims |= {"aud": github.audience, "sub": [f"{prefix}:{end}" for prefix in prefixes for end in ends]}
    return {"StringEquals": _named(github.issuer, claims)}


def _gitlab(gitlab: GitLab, role: Role) -> Conditions:
    """A merge request's pipeline runs for its branch, whatever that is called; only a protected one is applied.

    STS knows no environment of a job. A pipeline that somebody starts by hand or by the API, with variables of their
    own, has another source than `push`.
    """
    claims: dict[str, Any] = {"aud": gitlab.audience}
    if tells_claims(gitlab.issuer):
        claims |= {"project_id": gitlab.project_id}
        claims |= {"namespace_id": gitlab.namespace_id} if gitlab.namespace_id else {}
        claims |= {"pipeline_source": "push", "ref_protected": "true"} if role == "apply" else {}
    branches = f"project_path:{gitlab.project}:ref_type:branch:ref:"
    if role == "apply":
        return {"StringEquals": _named(gitlab.issuer, {**claims, "sub": branches + gitlab.branch})}
    return {
        "StringEquals": _named(gitlab.issuer, claims),
        "StringLike": _named(gitlab.issuer, {"sub": f"{branches}*"}),
    }


def _codebuild(projects: CodeBuild, role: Role) -> Conditions:
    """These projects and no others (CodeBuild User Guide, "Cross-service confused deputy prevention")."""
    arn = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
    return {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEquals": {"aws:SourceArn": [{"Fn::Sub": arn + project} for project in projects.projects(role)]},
    }


def _named(issuer: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Condition keys: a claim behind its issuer."""
    return {f"{issuer}:{claim}": claims[claim] for claim in sorted(claims)}
