"""A region that is added: what it gets as other regions have it is a line each."""

from __future__ import annotations

from collections.abc import Callable

from landing.organization import Organization
from landing.report.elsewhere import CREATED
from landing.report.plan_text import render
from landing.report.style import Style
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL

ADDED = "eu-north-1"


def test_what_stands_in_other_regions_is_a_line_each(creation: Story, load_text: Callable[[str], Organization]) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, load_text(FULL.replace(", us-east-1]", f", us-east-1, {ADDED}]", 1)))
        plan = cloud.plan()
    brief = render(plan, cloud.organization, Style()).splitlines()
    start = next(index for index, line in enumerate(brief) if CREATED in line)
    lines = brief[start + 1 : brief.index("", start)]
    assert len(lines) > 10
    assert all(line.startswith("  + ") and f"/{ADDED} (" in line for line in lines)
    created = {line.split()[1] for line in lines}
    assert not [line for line in brief if any(line.startswith(f"  # {address} ") for address in created)]
    for whole in ({"expand": ("all",)}, {"limit": 0}):
        text = render(plan, cloud.organization, Style(), **whole)  # type: ignore[arg-type]
        assert CREATED not in text
        assert all(f"  # {address} will be created" in text for address in created)
