"""Roles by a token of an issuer (STS API reference, AssumeRoleWithWebIdentity; IAM User Guide, OIDC federation)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landing.sandbox.protocol.web_identity import token
from tests.sandbox.cloud import Cloud, refused, source

GITHUB = "token.actions.githubusercontent.com"
OWN = "git.acme.com"
CLAIMS = {"aud": "landing", "sub": "repo:acme/landing:pull_request", "repository_id": "456789"}
SOURCE = "STS API reference: AssumeRoleWithWebIdentity"
SHARED = "IAM User Guide: Identity-provider controls for shared OIDC providers"


def _provider(cloud: Cloud, issuer: str = GITHUB) -> str:
    made = cloud.client("iam").create_open_id_connect_provider(Url=f"https://{issuer}", ClientIDList=["landing"])
    arn: str = made["OpenIDConnectProviderArn"]
    return arn


def _trusting(provider: str, **claims: Any) -> str:
    issuer = provider.partition("oidc-provider/")[2]
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {"StringEquals": {f"{issuer}:{claim}": value for claim, value in claims.items()}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _role(cloud: Cloud, provider: str, **claims: Any) -> dict[str, Any]:
    made = cloud.client("iam").create_role(
        RoleName="ci", AssumeRolePolicyDocument=_trusting(provider, **claims), MaxSessionDuration=7200
    )
    return {"RoleArn": made["Role"]["Arn"], "RoleSessionName": "job"}


def _told(issuer: str = GITHUB, **claims: Any) -> str:
    return token({"iss": f"https://{issuer}", **CLAIMS, **claims})


@source(SOURCE)
def test_a_token_that_fits_gives_credentials_of_the_role(cloud: Cloud) -> None:
    provider = _provider(cloud)
    role = _role(cloud, provider, sub=CLAIMS["sub"], repository_id="456789")
    answer = cloud.client("sts").assume_role_with_web_identity(**role, WebIdentityToken=_told(), DurationSeconds=7200)
    assert answer["SubjectFromWebIdentityToken"] == CLAIMS["sub"]
    assert (answer["Provider"], answer["Audience"]) == (provider, "landing")
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/ci/job")
    refused(
        "ValidationError",
        cloud.client("sts").assume_role_with_web_identity,
        **role,
        WebIdentityToken=_told(),
        DurationSeconds=7201,
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (_told(sub="repo:acme/landing:ref:refs/heads/x"), "AccessDenied"),
        (_told(repository_id="1"), "AccessDenied"),
        (token({"iss": f"https://{GITHUB}", "aud": "landing", "sub": CLAIMS["sub"]}), "AccessDenied"),
        (_told(aud="others"), "InvalidIdentityToken"),
        (_told("gitlab.com"), "InvalidIdentityToken"),
        (_told(exp=1), "ExpiredTokenException"),
        (_told()[:-1], "InvalidIdentityToken"),
        ("no.token.at-all", "InvalidIdentityToken"),
    ],
    ids=["sub", "id", "no-id", "audience", "issuer", "expired", "signature", "nonsense"],
)
@source(SOURCE)
def test_another_token_gives_none(cloud: Cloud, text: str, code: str) -> None:
    role = _role(cloud, _provider(cloud), sub=CLAIMS["sub"], repository_id="456789")
    refused(code, cloud.client("sts").assume_role_with_web_identity, **role, WebIdentityToken=text)


@source("IAM User Guide: Available keys for AWS OIDC federation; only shared issuers have claims beside aud and sub")
def test_of_a_server_of_ones_own_only_sub_and_aud_are_known(cloud: Cloud) -> None:
    provider = _provider(cloud, OWN)
    role = _role(cloud, provider, sub=CLAIMS["sub"], repository_id="456789")
    call = cloud.client("sts").assume_role_with_web_identity
    refused("AccessDenied", call, **role, WebIdentityToken=_told(OWN))
    trust = _trusting(provider, sub=CLAIMS["sub"], aud="landing")
    cloud.client("iam").update_assume_role_policy(RoleName="ci", PolicyDocument=trust)
    assert call(**role, WebIdentityToken=_told(OWN))["Provider"] == provider


@source(SOURCE)
def test_whoever_is_trusted_by_the_account_is_not_by_a_token(cloud: Cloud) -> None:
    provider = _provider(cloud)
    account = provider.split(":")[4]
    statement = {"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.client("iam").create_role(RoleName="ci", AssumeRolePolicyDocument=trust)
    role = {"RoleArn": f"arn:aws:iam::{account}:role/ci", "RoleSessionName": "job"}
    refused("AccessDenied", cloud.client("sts").assume_role_with_web_identity, **role, WebIdentityToken=_told())


@pytest.mark.parametrize("issuer", [GITHUB, "gitlab.com", "app.terraform.io"])
@source(SHARED)
def test_a_role_that_does_not_ask_a_shared_issuer_for_sub_is_refused(cloud: Cloud, issuer: str) -> None:
    iam, provider = cloud.client("iam"), f"arn:aws:iam::123456789012:oidc-provider/{issuer}"
    malformed = "MalformedPolicyDocument"
    without, asking = _trusting(provider, aud="landing"), _trusting(provider, sub="x")
    refused(malformed, iam.create_role, RoleName="ci", AssumeRolePolicyDocument=without)
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=asking)
    refused(malformed, iam.update_assume_role_policy, RoleName="ci", PolicyDocument=without)


@source("IAM API reference: CreateOpenIDConnectProvider; one provider for a URL")
def test_an_account_has_one_provider_of_a_url(cloud: Cloud) -> None:
    _provider(cloud)
    call = cloud.client("iam").create_open_id_connect_provider
    refused("EntityAlreadyExists", call, Url=f"https://{GITHUB}", ClientIDList=["others"])


@source("IAM API reference: AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider")
def test_audiences_are_added_and_removed_as_often_as_one_likes(cloud: Cloud) -> None:
    iam, named = cloud.client("iam"), {"OpenIDConnectProviderArn": _provider(cloud)}
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(**named, ClientID="more")
        iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="landing")
    assert iam.get_open_id_connect_provider(**named)["ClientIDList"] == ["more"]
    gone = {"OpenIDConnectProviderArn": named["OpenIDConnectProviderArn"] + "x", "ClientID": "more"}
    refused("NoSuchEntity", iam.add_client_id_to_open_id_connect_provider, **gone)
