"""Every correction of moto is needed, works, and says why it is there."""

from __future__ import annotations

import dataclasses

import pytest

from landing.sandbox.moto import corrections, patches
from landing.sandbox.services import registry
from landing.sandbox.services.s3 import S3


def test_nothing_is_superfluous_or_broken() -> None:
    assert corrections.selftest() == []


def test_a_superfluous_correction_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    holds_anyway = {**S3.probes, "ListBuckets": lambda sandbox: bool(sandbox.session())}
    monkeypatch.setattr(S3, "probes", holds_anyway)
    monkeypatch.setattr(patches, "PATCHES", ())
    assert corrections.selftest(["s3"]) == ["s3:ListBuckets is superfluous: moto behaves so by itself"]


def test_a_broken_correction_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    patch = dataclasses.replace(patches.PATCHES[0], probe=lambda sandbox: not sandbox.session())
    monkeypatch.setattr(patches, "PATCHES", (patch,))
    monkeypatch.setattr(registry, "SERVICES", {})
    (wrong,) = corrections.selftest([])
    assert wrong.startswith("moto.core.base_backend.BackendDict.__getitem__ is broken")


def test_another_moto_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "version", lambda _: "6.0.0")
    assert corrections.selftest() == ["moto is 6.0.0; the corrections were written for 5.2"]


def test_the_table_says_why() -> None:
    table = corrections.table()
    assert {row.kind for row in table} == {"replaced", "extended", "refused", "patched"}
    assert all(row.why for row in table)
    assert len({(row.service, row.what) for row in table}) == len(table)
