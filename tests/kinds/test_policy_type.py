"""Policy types: those of a service wait for its trusted access."""

from __future__ import annotations

from collections.abc import Callable

from landing.core.constraints.principals import POLICY_TYPES
from landing.engine.order.graph import build
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

TYPED = SMALL.replace("organization:", f"organization:\n  policy_types: [{', '.join(POLICY_TYPES)}]", 1)
KINDS = [BY_NAME[name] for name in ("organization", "policy_type", "trusted_access")]


def test_from_nothing_each_type_comes_after_the_trusted_access_of_its_service(
    load_text: Callable[[str], Organization],
) -> None:
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(TYPED))
        order = [step.address for step in build(cloud.plan(KINDS).changes).order()]
        for name, principal in POLICY_TYPES.items():
            trusted, enabled = BY_NAME["trusted_access"].address(principal), BY_NAME["policy_type"].address(name)
            assert order.index(trusted) < order.index(enabled)
        result = cloud.apply(KINDS, parallelism=1)
        assert result.complete, result.failed
        assert cloud.plan(KINDS).changes == ()
