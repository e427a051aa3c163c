"""Evaluations a second, and seconds a proof."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from landing.policy import catalog, compile_levels, effect, evaluate, prove
from tests.benchmarks.stress import FULL, stress_levels

ACCOUNT = "111122223333"


ROLES = [f"arn:aws:iam::{ACCOUNT}:role/team-{number}/Developer" for number in range(50)]


def figures() -> Iterator[tuple[str, str]]:
    """What is measured, and how long it took."""
    started = time.perf_counter()
    count = len(catalog.all_actions())
    yield f"catalogue of {count} actions read", f"{time.perf_counter() - started:.2f} s"
    yield from evaluations()
    yield from proofs()
    yield effects()


def twenty_statements() -> list[list[dict[str, Any]]]:
    """Four levels of five Deny statements, all of which hit the actions that are asked for."""
    statements = [
        {
            "Sid": f"S{number}",
            "Effect": "Deny",
            "Action": ["guardduty:*", f"s3:Put*{number}", "ec2:RunInstances"],
            "Resource": "*",
            "Condition": {
                "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/team-*", f"arn:aws:iam::*:role/x{number}"]},
                "StringNotEqualsIfExists": {"aws:RequestedRegion": ["eu-west-1", f"eu-west-{number}"]},
            },
        }
        for number in range(20)
    ]
    return [
        [
            {"name": "FullAWSAccess", "policy": FULL},
            {
                "name": f"level-{level}",
                "policy": {"Version": "2012-10-17", "Statement": statements[level::4]},
            },
        ]
        for level in range(4)
    ]


def some_requests(number: int) -> list[dict[str, Any]]:
    """Requests by fifty roles in four regions for two actions."""
    chance = random.Random(3)
    return [
        {
            "principal": chance.choice(ROLES),
            "action": chance.choice(("guardduty:DeleteDetector", "ec2:RunInstances")),
            "resource": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-{chance.randint(0, 20)}",
            "context": {
                "aws:RequestedRegion": chance.choice(("eu-west-1", "eu-west-2", "us-east-1", "eu-north-1")),
                "aws:SourceIp": "203.0.113.7",
                "aws:SecureTransport": "true",
            },
        }
        for _ in range(number)
    ]


def different_requests(number: int) -> list[dict[str, Any]]:
    """Requests of which no two are alike, nor have two the same address and resource."""
    return [
        {
            **asked,
            "resource": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-{at}",
            "context": {**asked["context"], "aws:SourceIp": f"10.{at % 251}.{at // 251 % 251}.{at % 7}"},
        }
        for at, asked in enumerate(some_requests(number))
    ]


def different_principals(number: int, team: str) -> list[dict[str, Any]]:
    """Requests of which no two are alike, nor by the same principal: the statements spare the roles of ``team-…``."""
    return [
        {**asked, "principal": f"arn:aws:iam::{ACCOUNT}:role/{team}{at}/Developer"}
        for at, asked in enumerate(different_requests(number))
    ]


def with_addresses(levels: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The same statements, half of them with networks and with resources to look at as well."""
    for level in levels:
        for number, statement in enumerate(level[1]["policy"]["Statement"]):
            if number % 2:
                statement["Condition"]["NotIpAddressIfExists"] = {
                    "aws:SourceIp": ["10.0.0.0/16", f"192.0.{number}.0/24"]
                }
                del statement["Resource"]
                statement["NotResource"] = [
                    f"arn:aws:ec2:*:*:instance/i-{number}*",
                    "arn:aws:s3:::${aws:PrincipalTag/team}",
                ]
    return levels


def evaluations() -> Iterator[tuple[str, str]]:
    """Requests a second, through the compiled form and through `evaluate` with the same levels."""
    levels, asked = twenty_statements(), some_requests(50_000)
    policies = compile_levels(levels)
    for name, ask in (
        ("compiled, first pass", policies.evaluate),
        ("compiled", policies.evaluate),
        ("evaluate(levels, request)", lambda request: evaluate(levels, request)),
    ):
        yield f"evaluations, 4 levels, 20 statements, {name}", _rate(ask, asked)
    for name, asked in (
        ("no two requests alike", different_requests(50_000)),
        ("no two alike or by one principal, all spared", different_principals(50_000, "team-")),
        ("no two alike or by one principal, none spared", different_principals(50_000, "other-")),
    ):
        looking = compile_levels(with_addresses(twenty_statements()))
        yield f"evaluations, 4 levels, 20 statements, {name}", _rate(looking.evaluate, asked)


def _rate(ask: Callable[[dict[str, Any]], object], asked: list[dict[str, Any]]) -> str:
    """Per second of one core, whatever else the machine does at the time."""
    started = time.process_time()
    for request in asked:
        ask(request)
    return f"{len(asked) / (time.process_time() - started):,.0f} a second"


def proofs() -> Iterator[tuple[str, str]]:
    """Seconds a proof over four levels of ten SCPs, compilation included."""
    claims: dict[str, dict[str, Any]] = {
        "every action is denied": {"deny": "*", "account": ACCOUNT},
        "no action is denied": {"allow": "*", "account": ACCOUNT},
        "the root user can do nothing": {
            "deny": "*",
            "account": ACCOUNT,
            "principals": [f"arn:aws:iam::{ACCOUNT}:root"],
        },
        "guardduty[write]": {"deny": "guardduty[write]", "account": ACCOUNT},
        "ec2:RunInstances": {"deny": "ec2:RunInstances", "account": ACCOUNT},
    }
    for name, claim in claims.items():
        levels = stress_levels()
        started = time.perf_counter()
        proof = prove(levels, claim)
        seconds = time.perf_counter() - started
        yield f"proof, 4 levels of 10 SCPs, {proof.actions} actions: {name} ({proof.result})", f"{seconds:.2f} s"


def effects() -> tuple[str, str]:
    """Seconds for the effect of taking one policy away."""
    before = stress_levels()
    after = [[entry for entry in level if entry["name"] != "guardrail-1-4"] for level in before]
    started = time.perf_counter()
    found = effect(before, after, {"account": ACCOUNT})
    seconds = time.perf_counter() - started
    actions = sum(len(item.actions) for item in found.permitted)
    return f"effect of detaching one of 40 policies ({actions} actions permitted)", f"{seconds:.2f} s"
