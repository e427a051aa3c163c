"""What `landing prove` has found out: claims that hold, or what refutes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landing.core.text import safe
from landing.policy import Proof
from landing.policy.escalation import ASSUMPTIONS, Way
from landing.policy.testing.requests import in_words
from landing.report.style import Style, shown

RESULTS = ("proved", "refuted", "undetermined")
"""From best to worst."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Proofs:
    """A proof for each group of accounts that the policies cannot tell apart, by the key of the first."""

    proofs: Mapping[str, Proof]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which somebody could become who is let through, each with its proof; keys of accounts by id."""

    ways: Sequence[tuple[Way, Proof]]
    names: Mapping[str, str]


def as_text(found: Proofs | Ways, style: Style) -> str:
    """Sentences, with what refutes a claim."""
    return style.page(_lines(found.proofs) if isinstance(found, Proofs) else _ways(found.ways, found.names))


def as_json(found: Proofs | Ways) -> str:
    """A list of proofs; a way has its patterns and guardrails besides, and whether it is for those outside."""
    if isinstance(found, Proofs):
        rows = [_entry(account, proof) for account, proof in found.proofs.items()]
    else:
        rows = [
            _entry(found.names[way.account], proof)
            | {"principals": list(way.patterns), "let_through_by": list(way.guards), "outsiders": way.outsiders}
            for way, proof in found.ways
        ]
    return json.dumps(rows, indent=2) + "\n"


def _ways(found: Sequence[tuple[Way, Proof]], names: Mapping[str, str]) -> Iterator[str]:
    """An account's ways together; what they rest on at the end."""
    accounts: dict[str, list[tuple[Way, Proof]]] = {}
    for way, proof in found:
        accounts.setdefault(way.account, []).append((way, proof))
    for account, ways in accounts.items():
        worst = max((proof.result for _, proof in ways), key=RESULTS.index)
        here = f"{safe(names[account])} and every account like it"
        if worst == "proved":
            number = len({pattern for way, _ in ways for pattern in way.patterns})
            yield f"Proved for {here}: nobody becomes one of the {number} patterns of principals that are let through"
            continue
        yield f"{worst.capitalize()} for {here}"
        for way, proof in ways:
            if proof.result != "proved":
                where = ", also to whoever is outside the organization and has such" if way.outsiders else ""
                yield f"  let through{where}: {safe(', '.join(way.patterns))}"
                more = f" and {len(way.guards) - SHOWN} more" if len(way.guards) > SHOWN else ""
                yield f"  by {safe(', '.join(way.guards[:SHOWN]))}{more}"
                yield from (f"  {line}" for line in _shown(proof))
    if not found:
        yield "No guardrail lets anybody through: there is nothing to prove."
    yield from (f"  assuming {text}" for text in ASSUMPTIONS if found)
    yield from (f"  assuming {text}" for text in dict.fromkeys(a for _, proof in found for a in proof.assumptions))


def _lines(proofs: Mapping[str, Proof]) -> Iterator[str]:
    """Accounts that the policies cannot tell apart have one proof, under the name of the first."""
    for account, proof in proofs.items():
        yield f"{proof.result.capitalize()} for {safe(account)} and every account like it: {_actions(proof.actions)}"
        yield from _shown(proof)
    if not proofs:
        yield "No policy reaches these accounts: there is nothing to prove."
    yield from (f"  assuming {text}" for text in dict.fromkeys(a for p in proofs.values() for a in p.assumptions))


def _shown(proof: Proof) -> Iterator[str]:
    """What shows that a claim is false, and what cannot be told."""
    if proof.counterexample is not None:
        keys = sorted((proof.counterexample.get("context") or {}).items())
        yield f"  counterexample: {safe(in_words({**proof.counterexample, 'context': {}}))}"
        yield from (f"    {safe(key)} = {shown(value)}" for key, value in keys)
        more = f" and {len(proof.failing) - SHOWN} more" if len(proof.failing) > SHOWN else ""
        yield f"  it fails for {_actions(len(proof.failing))}: {', '.join(proof.failing[:SHOWN])}{more}"
    if proof.doubtful:
        yield f"  it cannot be told of {_actions(len(proof.doubtful))}: {safe(proof.reason)}"
    elif proof.counterexample is None and proof.reason:
        yield f"  {safe(proof.reason)}"


def _actions(number: int) -> str:
    return f"{number:,} {'action' if number == 1 else 'actions'}"


def _entry(account: str, proof: Proof) -> dict[str, Any]:
    return {
        "account": account,
        "result": proof.result,
        "actions": proof.actions,
        "counterexample": proof.counterexample,
        "failing": list(proof.failing),
        "doubtful": list(proof.doubtful),
        "reason": proof.reason,
        "assumptions": list(proof.assumptions),
    }
