"""`landing synth`, and what it writes of each blueprint: golden bytes, clean by cfn-lint, within the limits."""

from __future__ import annotations

import json

import pytest
from cfnlint import lint
from cfnlint.config import ManualArgs

from landing.cli import main
from landing.kinds.settings import SERVICE_SCHEMAS
from landing.config import load
from landing.library import Library, shipped
from tests.samples import FULL, LIBRARY, ROOT

TEMPLATE_LIMIT = 1_000_000
"""Bytes of a template in S3; AWS CloudFormation quotas."""


@pytest.fixture(scope="session")
def example():
    return load(ROOT / "config", Library.load(shipped()), SERVICE_SCHEMAS)[0]


@pytest.fixture
def synthesized(tmp_path, config, run):
    def write(text=FULL):
        done = run("synth", "--out", str(tmp_path / "synth"), "--config", str(config(text)))
        assert done.exit_code == 0, done.stderr
        return {
            p.relative_to(tmp_path / "synth").as_posix(): p.read_bytes() for p in (tmp_path / "synth").rglob("*.json")
        }

    return write
