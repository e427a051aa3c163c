"""Checks a document against the JSON Schema, and says what is wrong in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from landing.config.document import Document, Path_
from landing.config.fit import fits, to_the_end
from landing.core.model import Diagnostic
from landing.core.spelling import nearest
from landing.core.vocabulary import KEY
from landing.core.yaml_text import Map

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def problems_of(document: Document, schema: Mapping[str, Any]) -> list[Diagnostic]:
    """Every violation of the schema, where it stands in the files; of the document it is a hole.

    A key that is nearly one that is not there is read as that: so what stands below it is looked at, too.
    Whether there is any is asked first; the validator that names all errors is imported only then.
    """
    if fits(document.data, schema, schema):
        return []
    found = _violations(document, schema)
    misspelt = [each for each in found if each.code == "LZ201" and _respell(document, each)]
    if misspelt:
        read_as = {(*each.pointer[:-1], meant(each.help)) for each in misspelt}
        further = _violations(document, schema)
        document.holes |= read_as & {each.pointer for each in further}  # perhaps something else was meant by it
        found = misspelt + [each for each in further if each.pointer not in read_as]
    told = [each for each in found if not _follows(document, each)]
    document.holes |= {place_of(each) for each in told if each.code != "LZ201"}
    return told


def violations(data: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Path_]:
    """The places of a value that violate the schema: of a key that is unknown or missing, the mapping around it."""
    if not fits(data, schema, schema):
        yield from (tuple(error.absolute_path) for error in _errors(schema, dict(data)))


def place_of(problem: Diagnostic) -> Path_:
    """The place of what is wrong in a document: of a key that is missing, where it would stand."""
    return (*problem.pointer, problem.message.split("`")[1]) if problem.code == "LZ202" else problem.pointer


def meant(hint: str) -> str:
    """The name that a hint suggests; nothing where it suggests none."""
    return hint.split("`")[1] if hint.startswith("did you mean `") else ""


def _violations(document: Document, schema: Mapping[str, Any]) -> list[Diagnostic]:
    """Those accounts only are looked at that are wrong: they are the bulk of a config."""
    data = dict(document.data)
    if isinstance(data.get("accounts"), dict):
        data["accounts"] = _suspects(data["accounts"], schema)
    found = list(dict.fromkeys(each for error in _errors(schema, data) for each in _spoken(document, error)))
    mistyped = {each.pointer for each in found if each.code == "LZ205"}
    told = set[Path_]()
    return [each for each in found if not _is_said(document, each, mistyped, told)]


def _errors(schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Each; `$` is the end of a text, as for `fits`, and not before a line break that ends it."""
    from jsonschema import Draft7Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(_: object, wanted: str, text: object, __: object) -> Iterator[ValidationError]:
        if isinstance(text, str) and not re.search(to_the_end(wanted), text):
            yield ValidationError(f"{text!r} does not match {wanted!r}")

    validator: Any = extend(Draft7Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]
    yield from validator(schema).iter_errors(data)


def _is_said(document: Document, problem: Diagnostic, mistyped: set[Path_], told: set[Path_]) -> bool:
    """Whether of a value that its type is wrong is said already, or of a text how it is wrong; notes it in `told`."""
    at = problem.pointer
    if problem.code not in ("LZ203", "LZ206"):
        return False
    said = at in mistyped or at in told
    if isinstance(document.at(at), str):
        told.add(at)
    return said


def _respell(document: Document, problem: Diagnostic) -> bool:
    """Put an unknown key under the name that it nearly has, where that is missing; whether it is."""
    *around, key = problem.pointer
    container, name = document.at(tuple(around)), meant(problem.help)
    if not name or not isinstance(container, Map) or key not in container or name in container:
        return False
    for values in (container, container.keys_at, container.values_at):
        values[name] = values.pop(str(key))
    if len(around) < 2 and problem.pointer in document.files:
        document.files[(*around, name)] = document.files[problem.pointer]
    return True


def _follows(document: Document, problem: Diagnostic) -> bool:
    """Whether it comes only from what could not be read."""
    if problem.code == "LZ202":
        return document.in_doubt(place_of(problem))
    at = problem.pointer
    return problem.code == "LZ206" and any(hole != at and hole[: len(at)] == at for hole in document.holes)


def _suspects(accounts: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    part = schema["properties"]["accounts"]
    return {key: value for key, value in accounts.items() if not fits({key: value}, part, schema)}


def _spoken(document: Document, error: ValidationError) -> Iterator[Diagnostic]:
    path: Path_ = tuple(error.absolute_path)
    schema: Any = error.schema
    instance: Any = error.instance
    if "propertyNames" in error.absolute_schema_path:
        yield _wrong_key(document, error, path)
        return
    match error.validator:
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            for key in instance:
                if key not in known:
                    yield _unknown_key(document, path, key, known)
        case "required":
            missing = error.message.split("'")[1]
            yield _problem(
                document, path, "LZ202", f"`{missing}` is missing{_inside(path)}", _describe(error, missing), key=True
            )
        case "enum":
            choices: Any = error.validator_value
            value = str(instance)
            few = ", ".join(map(str, choices)) if len(choices) <= 8 else ""
            hint = nearest(value, map(str, choices), f"one of {few}" if few else "")
            yield _problem(document, path, "LZ203", f"`{value}` is not one of the values known here", hint)
        case "type":
            wanted: Any = error.validator_value
            words = " or ".join(map(_word, wanted if isinstance(wanted, list) else [wanted]))
            hint = _example(path, wanted if isinstance(wanted, str) else wanted[0], error.instance)
            yield _problem(document, path, "LZ205", f"{_name(path)} must be {words}, not {_kind(error.instance)}", hint)
        case "oneOf" | "anyOf":
            yield _problem(
                document,
                path,
                "LZ206",
                f"{_name(path)} has a value that is not understood here",
                str(schema.get("description", "")),
            )
        case _:
            hint = str(schema.get("description", ""))
            if error.validator == "pattern" and (example := example_for(path, str(error.validator_value))):
                hint = f"{hint}{' ' * bool(hint)}for example `{example}`"
            yield _problem(document, path, "LZ206", f"{_name(path)}: {_reason(error)}", hint)


EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "artifacts": ("acme-landing-artifacts",),
    "at": ("03:00",),
    "audience": ("sts.amazonaws.com",),
    "aws_managed": ("AdministratorAccess",),
    "apply": ("landing-apply", "arn:aws:iam::111122223333:role/deploy"),
    "baseline": ("AWSControlTowerBaseline",),
    "bucket": ("acme-landing-lock",),
    "branch": ("main",),
    "buckets": ("acme-trail-logs",),
    "connection": ("arn:aws:codeconnections:eu-west-1:111122223333:connection/0a1b2c3d",),
    "control": ("AWS-GR_ENCRYPTED_VOLUMES",),
    "custom_actions": ("quarantine",),
    "data_events": ("AWS::S3::Object",),
    "deep_inspection_paths": ("/opt/app",),
    "description": ("Who may do what",),
    "email": ("aws+audit@your-company.com",),
    "email_pattern": ("aws+{account}@your-company.com",),
    "environment": ("landing-apply",),
    "except": ("arn:aws:s3:::acme-scratch/",),
    "exclude_tags": ("exempt",),
    "existing": ("organization-trail",),
    "existing_aggregator": ("organization-view",),
    "https": ("https://events.example.com/alarms",),
    "id": ("111122223333", "o-a1b2c3d4e5"),
    "document": ("AWS-DisableS3BucketPublicReadWrite",),
    "document_parameters": ("S3BucketName",),
    "guard": ("tables-recover",),
    "exclude": ("VEHICLE_IDENTIFICATION_NUMBER",),
    "identifier": ("CLOUD_TRAIL_ENABLED",),
    "include": ("VEHICLE_IDENTIFICATION_NUMBER",),
    "managed_identifiers": ("VEHICLE_IDENTIFICATION_NUMBER",),
    "resource_types": ("AWS::S3::Bucket",),
    "jira_project": ("SEC",),
    "servicenow_instance": ("acme",),
    "servicenow_secret": ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:service-desk",),
    "key": ("alias/acme-logs", "mrk-1234abcd12ab34cd56ef1234567890ab"),
    "location": ("s3://acme-lists/trusted.txt",),
    "known_policies": ("aws-guardrails-*",),
    "member_role": ("OrganizationAccountAccessRole",),
    "namespace_id": ("456789",),
    "name": ("Shop Prod", "shop-prod"),
    "parameters": ("30",),
    "path": ("/landing/",),
    "quota": ("L-B99A9384",),
    "permission_sets": ("Administrator",),
    "session": ("8h",),
    "owner_id": ("123456",),
    "phone": ("+1 555 0100", "+15550100"),
    "plan": ("landing-plan", "arn:aws:iam::111122223333:role/plan"),
    "mail": ("platform@acme.example",),
    "project": ("group/landing-zone",),
    "project_id": ("456789",),
    "read_role": ("landing-read",),
    "records": ("acme-landing-records",),
    "repository": ("owner/name",),
    "repository_id": ("456789",),
    "stack_set": ("corp-baseline",),
    "permissions": ("s3:PutBucketPublicAccessBlock",),
    "remediations": ("public-buckets",),
    "template": ("pci-dss-4.0",),
    "resources": ("arn:aws:s3:::acme-payments",),
    "tags": ("payments",),
    "timeouts": ("90m",),
    "url": ("https://gitlab.example.com",),
    "version": ("4.0",),
    "workspace": ("T0123ABCD",),
    "workflow": (".github/workflows/landing.yml",),
    "watched_roles": ("break-glass",),
    "config_rules": ("rules.root-access-key",),
    "topic": ("arn:aws:sns:eu-west-1:111122223333:Automation-approvals",),
    "topics": ("arn:aws:sns:eu-west-1:111122223333:firewalls",),
    "role": ("arn:aws:iam::111122223333:role/firewall-notifications",),
    "never": ("arn:aws:ec2:*:*:security-group/sg-0a1b2c3d",),
    "playbooks": ("disable-access-key",),
    "groups": ("sg-0a1b2c3d",),
    "first": ("rslvr-frg-0a1b2c3d",),
    "last": ("rslvr-frg-0a1b2c3d",),
    "channel": ("C0123ABCDEF",),
    "cidr": ("10.0.0.0/8",),
    "protocol": ("6",),
    "resource_tags": ("team",),
    "arn": ("arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/acme/0a1b2c3d",),
    "managed": ("AWSManagedRulesCommonRuleSet",),
    "vendor": ("AWS",),
    "log_to": ("arn:aws:s3:::aws-waf-logs-acme",),
    "external_id": ("acme-siem",),
    "principal": ("111122223333",),
    "service": ("vpc",),
    "log_buckets": ("acme-access-logs",),
    "notes": ("Day and night",),
    "response_role": ("shield-response",),
}
"""Right values, by the key that has them or that is next above."""


def example_for(path: Path_, pattern: str) -> str:
    """A right value there, nothing where none is known."""
    for step in reversed(path):
        for example in EXAMPLES.get(str(step), ()):
            if re.search(pattern, example):
                return example
    return ""


def _example(path: Path_, wanted: str, given: object) -> str:
    """How to write it: with the value that is there, where that can have been meant."""
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "key")
    item = isinstance(path[-1], int) if path else False
    word = str(given).lower() if isinstance(given, bool) else str(given) if isinstance(given, str | int | float) else ""
    written = {
        "array": f"[{word or '…'}]",
        "string": f'"{word or "…"}"',
        "integer": word if re.fullmatch("-?[0-9]+", word) else "3",
        "number": word if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", word) else "3",
        "boolean": "true",
        "object": "{key: value}",
        "null": "",
    }[wanted]
    return f"write `- {written}` below `{key}`" if item else f"write `{key}: {written}`"


def _unknown_key(document: Document, path: Path_, key: str, known: list[str]) -> Diagnostic:
    hint = nearest(key, known, "keys here: " + ", ".join(known))
    return _problem(document, (*path, key), "LZ201", f"unknown key `{key}`{_inside(path)}", hint, key=True)


def _wrong_key(document: Document, error: ValidationError, path: Path_) -> Diagnostic:
    key = str(error.instance)
    if error.validator == "enum":
        hint = nearest(key, map(str, cast("list[Any]", error.validator_value)))
    elif error.validator_value == KEY:
        hint = "lower-case letters, digits, `-` and `_`, at most 63"
    else:
        example = example_for((*path, "key"), str(error.validator_value)) if error.validator == "pattern" else ""
        hint = f"{_reason(error)}{f'; for example `{example}`' if example else ''}"
    return _problem(document, (*path, key), "LZ204", f"`{key}` is not a valid key here", hint, key=True)


def _problem(document: Document, path: Path_, code: str, message: str, hint: str, *, key: bool = False) -> Diagnostic:
    return Diagnostic(
        code, message, document.source(path, key=key), hint, pointer=path, length=document.length(path, key=key)
    )


def _reason(error: ValidationError) -> str:
    limit = error.validator_value
    match error.validator:
        case "minLength" | "minItems":
            return f"at least {limit} {'characters' if error.validator == 'minLength' else 'entries'}"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"at most {limit} {'characters' if error.validator == 'maxLength' else 'entries'}"
        case "minimum":
            return f"{error.instance} is less than {limit}"
        case "maximum":
            return f"{error.instance} is more than {limit}"
        case "uniqueItems":
            return "an entry is given twice"
        case "pattern":
            text = str(error.instance)
            wrong = "".join(dict.fromkeys(c for c in text if not re.search(str(limit), c)))
            if wrong and set(wrong) != set(text):
                return f"AWS does not take `{wrong}` there"
            return f"`{error.instance}` does not match {limit}"
    return error.message


def _describe(error: ValidationError, name: str) -> str:
    schema: Any = error.schema
    part = schema.get("properties", {}).get(name, {})
    what = str(part.get("description", ""))
    return what if error.absolute_path else f"add it to any file of the folder: {what}"


def _inside(path: Path_) -> str:
    return f" in `{'.'.join(map(str, path))}`" if path else ""


def _name(path: Path_) -> str:
    return f"`{'.'.join(map(str, path))}`" if path else "the config"


def _word(kind: str) -> str:
    words = {
        "object": "a mapping",
        "array": "a list",
        "string": "a string",
        "integer": "a whole number",
        "boolean": "true or false",
        "number": "a number",
        "null": "empty",
    }
    return words[kind]


def _kind(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    return {dict: "a mapping", list: "a list", str: "a string", int: "a number", float: "a number"}[
        next(kind for kind in (dict, list, str, int, float) if isinstance(value, kind))
    ]
