"""GitLab's Code Quality report, which merge requests show beside the lines of the config.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: no two fingerprints are the same, paths are
relative to the root of the repository.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from landing.core.text import safe
from landing.report.result import ERROR, NOTE, WARNING, Repository, Result, fingerprints

SEVERITIES = {ERROR: "critical", WARNING: "major", NOTE: "minor"}


def render(results: Sequence[Result], repository: Repository) -> str:
    """One JSON document; an empty list when nothing was found."""
    entries = [
        {
            "description": safe(result.message),
            "check_name": safe(result.rule.id),
            "fingerprint": identity,
            "severity": SEVERITIES[result.level],
            "location": {
                "path": repository.path(safe(result.source.file)),
                "lines": {"begin": max(1, result.source.line)},
            },
        }
        for result, identity in zip(results, fingerprints(results), strict=True)
    ]
    return json.dumps(entries, indent=1) + "\n"
