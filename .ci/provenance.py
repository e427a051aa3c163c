"""The provenance of the files in a folder: an in-toto statement with SLSA's predicate (https://slsa.dev/spec/v1.0/provenance).

`python .ci/provenance.py dist`; unsigned: who publishes the files signs it, or has the build service attest them.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def statement(folder: Path) -> dict[str, object]:
    """What was built, from which commit and lock file, by whom."""
    repository, revision = _repository(), _git("rev-parse", "HEAD")
    lock = ROOT / "requirements" / "development.lock"
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": path.name, "digest": _digest(path)} for path in sorted(folder.iterdir())],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": f"{repository}/blob/{revision}/Makefile#dist",
                "externalParameters": {"repository": repository, "revision": revision, "target": "dist"},
                "internalParameters": {"changed": bool(_git("status", "--porcelain", "--untracked-files=no"))},
                "resolvedDependencies": [
                    {"uri": f"git+{repository}", "digest": {"gitCommit": revision}},
                    {"uri": f"file:{lock.relative_to(ROOT)}", "digest": _digest(lock)},
                ],
            },
            "runDetails": {
                "builder": {"id": _run() or "https://localhost/"},
                "metadata": {"invocationId": os.environ.get("GITHUB_RUN_ID", "")},
            },
        },
    }


def _repository() -> str:
    environment = os.environ
    if "GITHUB_REPOSITORY" in environment:
        return f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
    return "https://localhost/landing"


def _run() -> str:
    workflow = os.environ.get("GITHUB_WORKFLOW_REF", "")
    return f"{os.environ['GITHUB_SERVER_URL']}/{workflow}" if workflow else ""


def _digest(path: Path) -> dict[str, str]:
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    json.dump(statement(Path(sys.argv[1])), sys.stdout, indent=1)
    print()
