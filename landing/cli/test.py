"""`landing test`."""

import click

from landing.cli.formats import outputs, with_formats
from landing.cli.session import Session, with_config

FORMATS = ("text", "json", "junit")


@click.command
@with_config
@click.argument("names", nargs=-1, metavar="[GUARDRAIL]...")
@with_formats(FORMATS)
@click.option("--mutate", is_flag=True, help="Weaken each policy in every place: a case must fail each time.")
@click.option("--verbose", is_flag=True, help="Show also what passes.")
def command(*, session: Session, names: tuple[str, ...], forms: tuple[str, ...], mutate: bool, verbose: bool) -> int:
    """Try the guardrails on their cases, and prove their claims. No network, no credentials.

    Each policy is tested by the cases.yaml beside it, and all guardrails together, as the config attaches them,
    by the files in the config's folder `cases`. Exits with 1 when something fails or cannot be told.

    \b
      landing test
      landing test protect-cloudtrail --mutate
      landing test --format text --format junit=guardrails.xml
    """
    from landing.cli.output import result
    from landing.guardrail_tests import suites
    from landing.placed import estate_of
    from landing.policy.testing import run
    from landing.policy.testing.rendering import as_json, as_junit, as_text

    wanted = outputs(forms, FORMATS)
    organization, _ = session.organization()
    estate = estate_of(organization)
    found = list(suites(organization, session.library(), estate, session.config))
    unknown = [name for name in names if name not in {suite.name for suite in found}]
    if unknown:
        known = ", ".join(suite.name for suite in found)
        raise click.UsageError(f"there is nothing to test called {unknown[0]}: there are {known}")
    report = run([suite for suite in found if not names or suite.name in names], estate, mutate=mutate)
    for form, file in wanted:
        if form == "text":
            result(as_text(report, verbose=verbose), file)
        else:
            result(as_json(report) if form == "json" else as_junit(report), file)
    return 0 if report.passed else 1
