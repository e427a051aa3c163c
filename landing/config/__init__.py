"""Reads the config folder into an `Organization`, or says everything that is wrong with it.

`load` runs every check that needs no AWS, the services' own among them. Imported by `engine` and all above. Begin with
`load`, then `structure`, `checks` and `build`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from landing.config.build import Builder
from landing.config.checks import check
from landing.config.document import Document, Path_
from landing.config.guardrails import as_accepted
from landing.config.guardrails import check as check_guardrails
from landing.config.library_names import check as check_library_names
from landing.config.outputs import check as check_outputs
from landing.config.packs import settle
from landing.config.pipeline import SNIPPET as PIPELINE_SNIPPET
from landing.config.pipeline import check as check_pipeline
from landing.config.pipeline import check_read_role
from landing.config.reader import REFUSED, read
from landing.config.schema import compose
from landing.config.structure import problems_of
from landing.config.valid_part import GIVEN, sound, unknown_targets
from landing.config.waves import check as check_waves
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.core.vocabulary import Schema
from landing.library import Library, template_lint
from landing.organization import Organization
from landing.services.registry import SERVICES
from landing.services.service import Service

__all__ = ["PIPELINE_SNIPPET", "Document", "load", "schema"]


def schema(services: Iterable[Service] = SERVICES) -> Schema:
    """The schema of the whole config."""
    return compose({service.key: service.schema for service in services if service.settings})


def load(
    folder: Path, library: Library, services: Sequence[Service] = SERVICES, *, linted: bool = False
) -> tuple[Organization, list[Diagnostic]]:
    """The organization and the warnings, after every check; raises ConfigError with all that stands in the way.

    `linted`: templates of the user's blueprints, which are many seconds of cfn-lint, are looked at as well.
    """
    document, problems = read(folder, shown_as=str(folder))
    if any(problem.code in NOTHING_READ for problem in problems):
        raise ConfigError(_together(problems))
    problems += library.problems
    problems += problems_of(document, whole := schema(services))
    problems += [*check(document, services), *check_pipeline(document)]
    problems += check_library_names(document, library)
    base = sound(document, problems, whole) if any(map(_stands_in_the_way, problems)) else document
    if base is None:
        raise ConfigError(_together(problems))
    organization, found = _built(base, library, services)
    if linted:
        found += template_lint.problems(organization, library)
    boundless = {each.pointer[:2] for each in found if each.code == "LZ350" and _stands_in_the_way(each)}
    problems += (
        problem
        for problem in found
        if not _follows(problem, base) and (problem.code != "LZ349" or problem.pointer not in boundless)
    )  # whoever may make a role of any name can become one: that is said
    if any(map(_stands_in_the_way, problems)):
        raise ConfigError(_together(problems))
    return organization, problems


NOTHING_READ = ("LZ101", REFUSED)


def _built(document: Document, library: Library, services: Sequence[Service]) -> tuple[Organization, list[Diagnostic]]:
    """The organization of a document that fits the schema, and what is wrong with what it means."""
    builder = Builder(document, library, services)
    organization = builder.build()
    problems = [*as_accepted(builder.problems, document, library), *check_outputs(organization, document)]
    problems += check_read_role(document, organization)
    problems += check_waves(organization, document)
    organization = settle(organization)
    unknown = unknown_targets(document, organization.guardrails)
    found = check_guardrails(organization, library, builder.context(), unknown)
    problems += as_accepted(found, document, library)
    problems += (problem for service in services for problem in service.check(organization))
    return organization, problems


def _stands_in_the_way(problem: Diagnostic) -> bool:
    return problem.severity == "error"


_REGIONS = (("organization", "home_region"), ("organization", "governed_regions"))
RESTS_ON: Mapping[str, Sequence[Path_]] = {
    "LZ301": (("units",),),
    "LZ352": _REGIONS,
    "LZ354": (("services", "log_archive"),),
    "LZ355": (("organization", "policy_types"),),
    "LZ356": _REGIONS,
    "LZ366": _REGIONS,
}
"""Places that decide, beside the service's own settings, on a problem of this code."""


def _follows(problem: Diagnostic, document: Document) -> bool:
    """Whether a problem comes, or may come, only from what is wrong or missing elsewhere, which is told already."""
    at = problem.pointer
    if any(at[: len(hole)] == hole for hole in document.holes if hole):
        return True
    if at[:1] in (("guardrails",), ("baselines",), ("stacks",), ("playbooks",)) and len(at) == 2:
        return any(document.in_doubt((*at, part)) for part in GIVEN)
    if problem.code in RESTS_ON and any(map(document.in_doubt, RESTS_ON[problem.code])):
        return True
    return at[:1] == ("services",) and document.in_doubt(at)


def _together(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """In the order of the files; what is missing once for all places that use it, which are named with the first."""
    found: dict[object, list[Diagnostic]] = {}
    for problem in sorted(problems, key=_place):
        missing = (problem.code, problem.message) if problem.code in MISSING else None
        found.setdefault(missing or id(problem), []).append(problem)
    return [_counted(each) if len(each) > 1 else each[0] for each in found.values()]


MISSING = ("LZ301", "LZ302", "LZ310", "LZ311")
"""Codes of what is used and not there: a unit, an account, a policy, a blueprint."""
PLACES = 5


def _counted(problems: Sequence[Diagnostic]) -> Diagnostic:
    """The first of problems that say the same, with how many there are and where."""
    first, *others = problems
    places = [f"{each.source.file}:{each.source.line}:{each.source.column}" for each in others if each.source]
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    said = f"{first.message} (used {len(problems)} times: also at {', '.join(places[:PLACES])}{more})"
    return replace(first, message=said)


def _place(problem: Diagnostic) -> tuple[str, int, int]:
    source = problem.source
    return (source.file, source.line, source.column) if source else ("", 0, 0)
