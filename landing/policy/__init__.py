"""What policies mean: evaluate them, prove claims about them, and find what is wrong with them, offline."""

from landing.policy.evaluate import CompiledLevels, Doubt, Verdict, compile_levels, evaluate
from landing.policy.levels import Place

__all__ = ["CompiledLevels", "Doubt", "Place", "Verdict", "compile_levels", "evaluate"]
