"""A large organization's policies, made up but alike to published ones: 4 levels of 10 SCPs."""

import random
from typing import Any

from landing.policy import catalog

FULL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TEAMS = ("Security", "Network", "Platform", "Identity", "Backup", "Audit", "Finance", "Data", "Ops", "Deploy")


def stress_levels(levels: int = 4, policies: int = 10, seed: int = 7) -> list[list[dict[str, Any]]]:
    """Levels of SCPs: at each FullAWSAccess and nine policies of five statements."""
    chance = random.Random(seed)
    return [
        [
            {"name": "FullAWSAccess", "policy": FULL},
            *(
                {"name": f"guardrail-{level}-{number}", "policy": _policy(chance, level)}
                for number in range(policies - 1)
            ),
        ]
        for level in range(levels)
    ]


def _policy(chance: random.Random, level: int) -> dict[str, Any]:
    shapes = [_protect, _protect, _resources, _tags, _network, _multivalued]
    statements = [chance.choice(shapes)(chance) for _ in range(4)]
    statements.append(_regions(chance) if chance.random() < 0.3 else _root(level))
    return {"Version": "2012-10-17", "Statement": statements}


def _actions(chance: random.Random) -> list[str]:
    service = chance.choice(sorted(catalog.services()))
    names = [action.text for action in catalog.service_actions(service).values()] or ["s3:PutObject"]
    picked = chance.sample(names, min(len(names), 6))
    return [
        text[: chance.randint(len(text) - 6, len(text) - 1)] + "*" if chance.random() < 0.3 else text for text in picked
    ]


def _roles(chance: random.Random) -> list[str]:
    teams = chance.sample(TEAMS, 3)
    return [
        f"arn:aws:iam::*:role/{teams[0]}Admin",
        f"arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_{teams[1]}_*",
        f"arn:aws:iam::*:role/*{teams[2]}*",
    ]


def _protect(chance: random.Random) -> dict[str, Any]:
    except_for = {"ArnNotLike": {"aws:PrincipalArn": _roles(chance)}}
    return {"Effect": "Deny", "Action": _actions(chance), "Resource": "*", "Condition": except_for}


def _resources(chance: random.Random) -> dict[str, Any]:
    team = chance.choice(TEAMS).lower()
    arns = [f"arn:aws:s3:::{team}-*", f"arn:aws:s3:::{team}-*/*", f"arn:aws:iam::*:role/{team}/*"]
    arns += [f"arn:aws:ec2:*:*:instance/{team}-*", f"arn:aws:logs:*:*:log-group:/{team}/*"]
    except_for = {"ArnNotLike": {"aws:PrincipalArn": _roles(chance)}}
    actions = ["s3:*", "iam:*Role*", "ec2:*", "logs:Delete*"]
    return {"Effect": "Deny", "Action": actions, "Resource": arns, "Condition": except_for}


def _tags(chance: random.Random) -> dict[str, Any]:
    tag = chance.choice(("team", "environment", "data"))
    block = {"StringNotEquals": {f"aws:ResourceTag/{tag}": f"{tag}-1"}}
    return {"Effect": "Deny", "Action": _actions(chance), "Resource": "*", "Condition": block}


def _network(chance: random.Random) -> dict[str, Any]:
    block = {
        "NotIpAddressIfExists": {"aws:SourceIp": [f"10.{chance.randint(0, 255)}.0.0/16", "192.0.2.0/24"]},
        "StringNotEqualsIfExists": {"aws:SourceVpc": [f"vpc-{chance.randint(0, 9)}"]},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
    return {"Effect": "Deny", "Action": _actions(chance), "Resource": "*", "Condition": block}


def _multivalued(chance: random.Random) -> dict[str, Any]:
    keys = chance.sample(("team", "cost", "data", "owner"), 2)
    block = {"ForAnyValue:StringLike": {"aws:TagKeys": [f"{key}*" for key in keys]}}
    return {"Effect": "Deny", "Action": _actions(chance), "Resource": "*", "Condition": block}


def _regions(chance: random.Random) -> dict[str, Any]:
    regions = ["eu-west-1", "eu-central-1", chance.choice(("us-east-1", "eu-west-2"))]
    return {
        "Effect": "Deny",
        "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:RequestedRegion": regions},
            "ArnNotLike": {"aws:PrincipalArn": _roles(chance)},
        },
    }


def _root(level: int) -> dict[str, Any]:
    block = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    actions = ["*"] if level == 1 else ["ec2:*", "s3:*", "lambda:*"]
    return {"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": block}
