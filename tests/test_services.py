"""What is derived from the declarations of the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from landing.core.model import Diagnostic
from landing.organization import Organization, Target
from landing.services.page import page
from landing.services.registry import KINDS, SERVICES
from landing.services.service import Service
from landing.services.settings import REQUIRED, schema_of, setting, settings_from
from tests.samples import SMALL

ROOT = Path(__file__).parents[1]
every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)


def test_the_page_of_services_is_up_to_date() -> None:
    told = "run: python -m landing.services.page > docs/services.md"
    assert (ROOT / "docs" / "services.md").read_text(encoding="utf-8") == page(), told


@every_service
def test_a_service_says_what_it_costs_and_where_it_is_documented(service: Service) -> None:
    assert service.cost.endswith(".")
    assert service.docs.startswith("https://docs.aws.amazon.com/")
    assert {kind.service or service.key for kind in service.kinds} <= {service.key}


def test_every_kind_and_every_key_is_there_once() -> None:
    assert len({service.key for service in SERVICES}) == len(SERVICES)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@every_service
def test_the_defaults_fit_the_schema(service: Service) -> None:
    if service.settings is None:
        return
    Draft7Validator.check_schema(service.schema)
    defaults = {name: part["default"] for name, part in service.schema["properties"].items() if "default" in part}
    assert not list(Draft7Validator(service.schema).iter_errors(defaults))
    assert settings_from(service.settings, defaults) == settings_from(service.settings, {})


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    days: int = setting(REQUIRED, "How long.", minimum=1)


@dataclass(frozen=True, kw_only=True)
class Outer:
    """All of it."""

    on: bool = setting(True, "Whether.")
    mode: str = setting("A", "How.", enum=["A", "B"])
    names: tuple[str, ...] = setting((), "Which.")
    parts: Mapping[str, Inner] = setting({}, "Parts by key.")
    one: Inner | None = setting(None, "Perhaps.")
    target: Target = setting(REQUIRED, "Where.")


def test_the_schema_is_made_of_the_fields() -> None:
    schema = schema_of(Outer)
    assert schema["required"] == ["target"]
    assert schema["description"] == "All of it."
    assert schema["properties"]["mode"] == {"enum": ["A", "B"], "default": "A", "description": "How."}
    assert schema["properties"]["names"]["items"] == {"type": "string"}
    assert schema["properties"]["parts"]["additionalProperties"] == schema_of(Inner)
    assert "default" not in schema["properties"]["one"]


def test_settings_have_the_types_of_their_fields() -> None:
    given: Any = {"names": ["x"], "parts": {"p": {"days": 3}}, "target": {"units": ["root"]}}
    read = settings_from(Outer, given)
    assert read == Outer(names=("x",), parts={"p": Inner(days=3)}, target=Target(units=("root",)))
    with pytest.raises(TypeError):
        settings_from(Outer, {})


def test_where_a_region_lacks_a_service_it_is_left_out_with_a_note(
    organization: Callable[..., Organization], problems: Callable[..., list[Diagnostic]]
) -> None:
    text = SMALL.replace("[eu-west-1, us-east-1]", "[eu-west-1, eu-central-2]")
    (note,) = problems("services: {macie: {export: false}}", text=text)
    assert (note.code, note.severity) == ("LZ366", "info")
    assert "Amazon Macie is not offered in eu-central-2" in note.message
    wanted = organization("services: {macie: {export: false}}", text=text)
    macie = next(service for service in SERVICES if service.key == "macie")
    found = [resource.address for kind in macie.kinds for resource in kind.desired(wanted)]
    assert {address.scope.region for address in found} == {"eu-west-1"}
    assert {scope.region for kind in macie.kinds for scope in kind.scopes(wanted)} == {"eu-west-1"}


def test_a_partition_without_a_service_has_it_nowhere(organization: Callable[..., Organization]) -> None:
    text = SMALL.replace("eu-west-1", "us-gov-west-1").replace("us-east-1", "us-gov-east-1")
    wanted = organization("services: {macie: {export: false}}", text=text)
    assert wanted.offered["macie"] == ()
    assert wanted.offered["guardduty"] == ("us-gov-east-1", "us-gov-west-1")
