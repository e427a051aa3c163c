"""What policies mean: evaluate them, prove claims about them, and find what is wrong with them, offline.

Here belongs what AWS documents of policies, and nothing of how ours get there. Imported by `aws`, `services` and all
above, and by `sandbox`. Begin with `evaluation`; `prover` and `effects` build on it.
"""

from landing.policy.coverage import Coverage, covered
from landing.policy.decision import Decision, decide
from landing.policy.effects import Budget, Changed, Comparison, Effect, Open, OverBudgetError, effect, share, weaker
from landing.policy.evaluation import RCP, SCP, CompiledLevels, Doubt, Verdict, compile_levels, evaluate
from landing.policy.levels import Compiled, Place
from landing.policy.linter import Finding, lint
from landing.policy.prover import Proof, prove
from landing.policy.truth import Unknown

__all__ = [
    "RCP",
    "SCP",
    "Budget",
    "Changed",
    "Comparison",
    "Compiled",
    "CompiledLevels",
    "Coverage",
    "Decision",
    "Doubt",
    "Effect",
    "Finding",
    "Open",
    "OverBudgetError",
    "Place",
    "Proof",
    "Unknown",
    "Verdict",
    "compile_levels",
    "covered",
    "decide",
    "effect",
    "evaluate",
    "lint",
    "prove",
    "share",
    "weaker",
]
