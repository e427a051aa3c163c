"""Makes the roles that plan and apply in the sandbox, with the policies that `landing synth` wrote to the folder named."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import boto3

from landing.cli.session import sandbox_of
from landing.sandbox.endpoint.process import env
from landing.sandbox.world.home import Home

ROLES = {"plan": ("plan",), "apply": ("plan", "apply")}
"""By role, how the names of its policies begin."""


def main(folder: Path) -> None:
    os.environ.update(env(Home(sandbox_of(Path("config")))))
    iam = boto3.client("iam")
    account = boto3.client("sts").get_caller_identity()["Account"]
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}],
    }
    policies = {}
    for file in folder.glob("*.json"):
        document = json.dumps(json.loads(file.read_text(encoding="utf-8")), separators=(",", ":"))
        made = iam.create_policy(PolicyName=f"landing-{file.stem}", PolicyDocument=document)
        policies[file.name] = made["Policy"]["Arn"]
    for name, beginnings in ROLES.items():
        iam.create_role(RoleName=f"landing-{name}", AssumeRolePolicyDocument=json.dumps(trust))
        for file in (each for each in policies if each.startswith(beginnings)):
            iam.attach_role_policy(RoleName=f"landing-{name}", PolicyArn=policies[file])


main(Path(sys.argv[1]))
