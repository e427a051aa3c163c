"""`landing test`."""

from typing import TYPE_CHECKING

import click

from landing.cli.config_names import completed, tested
from landing.cli.formats import outputs, with_formats
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from landing.guardrails.simulator_check import Verification
    from landing.organization import Organization
    from landing.policy.testing import Estate, Suite
    from landing.policy.testing.report import SuiteReport


@click.command
@with_aws
@click.argument("names", nargs=-1, metavar="[GUARDRAIL|POLICY|PLAYBOOK]...", shell_complete=completed(tested))
@with_formats(formats.names("tests"))
@click.option("--mutate", is_flag=True, help="Weaken each policy in every place: a case must fail each time.")
@click.option(
    "--verify-with-aws",
    "online",
    is_flag=True,
    help="Ask AWS's policy simulator about each request too, and list where it differs.",
)
@click.option("--verbose", is_flag=True, help="Show also what passes.")
def command(
    *, session: Session, names: tuple[str, ...], forms: tuple[str, ...], mutate: bool, online: bool, verbose: bool
) -> int:
    """Try guardrails and playbooks on their cases, and prove claims. No network, no credentials.

    Each policy is tested by the cases.yaml beside it, and all guardrails together, as the config attaches them,
    by the files in the config's folder `cases`. A playbook is tried in a sandbox of its own: what there is, an event,
    and the calls that come of it. Exits with 1 when something fails or cannot be told.

    With --verify-with-aws, which needs credentials of any account that allow iam:SimulateCustomPolicy, it exits
    with 2 when AWS's simulator says otherwise, and with 3 when it did not answer something.

    \b
      landing test
      landing test protect-cloudtrail --mutate
      landing test --format text --format junit=guardrails.xml
      landing test --verify-with-aws --profile any-account
    """
    from landing.cli.output import note, result
    from landing.core.spelling import nearest
    from landing.guardrails.suites import suites
    from landing.policy.declared import estate_of
    from landing.policy.testing import run
    from landing.policy.testing.report import Report
    from landing.report.test_results import Tried

    wanted = outputs(forms, formats.names("tests"))
    organization, _ = session.organization()
    estate = estate_of(organization)
    found = list(suites(organization, session.library(), estate, session.config))
    playbooks = _playbooks(session, organization)
    there = {*(each for suite in found for each in _names(suite)), *(each for pair in playbooks for each in pair)}
    unknown = [name for name in names if name not in there]
    if unknown:
        known = [*(suite.name for suite in found), *(name for name, _ in playbooks)]
        hint = nearest(unknown[0], known, f"there are {', '.join(known)}")
        raise click.UsageError(f"there is nothing to test called {unknown[0]}: {hint}")
    chosen = [suite for suite in found if not names or {*names} & {*_names(suite)}]
    report = run(chosen, estate, mutate=mutate)
    responses = [name for name, playbook in playbooks if not names or {*names} & {name, playbook}]
    if responses:
        report = Report((*report.suites, *_tried(session, organization, responses, mutate=mutate)))
    verification = _verified(session, organization, chosen, estate) if online else None
    sources = {key: guardrail.source for key, guardrail in organization.guardrails.items()}
    tried = Tried(report, verification, sources)
    for form, file in wanted:
        result(formats.shown("tests", form, tried, view=formats.View(verbose=verbose)), file)
    if online and session.sandbox:
        note("AWS was not asked: the sandbox has no policy simulator. Run it without --sandbox (or LANDING_SANDBOX).")
    if not report.passed:
        return 1
    return verification.exit_code if verification else 0


def _names(suite: "Suite") -> tuple[str, str]:
    """That of the guardrail, and that of its policy: the folder in which the cases are."""
    return suite.name, suite.cases.parent.name if suite.cases.name == "cases.yaml" else suite.name


def _playbooks(session: Session, organization: "Organization") -> list[tuple[str, str]]:
    """Those of the config, and those beside it that it does not use: by key, and by the name of the folder."""
    library = session.library()
    used = [(key, use.playbook) for key, use in organization.playbooks.items() if use.playbook in library.playbooks]
    rest = {*library.playbooks} - {name for _, name in used}
    return [*used, *((name, name) for name in sorted(rest) if library.own(library.playbooks[name]))]


def _tried(session: Session, organization: "Organization", names: list[str], *, mutate: bool) -> "list[SuiteReport]":
    """What came of the playbooks of these names, each in a sandbox of its own."""
    from landing.cli.session import require_sandbox
    from landing.config.playbook_suites import suites

    require_sandbox()
    from landing.sandbox import playbook_cases, playbook_trial

    library = session.library()
    cases = {name: playbook_cases.read(each.folder / "cases.yaml") for name, each in library.playbooks.items()}
    said = {name: (each.on, each.parameters) for name, each in cases.items()}
    found = (each for each in suites(organization, library, session.config, said) if each.name in names)
    trials = [
        playbook_trial.Trial(each.name, each.cases, each.roles, each.template, cases[each.playbook]) for each in found
    ]
    return playbook_trial.tried(trials, mutate=mutate)


def _verified(
    session: Session, organization: "Organization", suites: "list[Suite]", estate: "Estate"
) -> "Verification":
    from landing.cli.progress import reading
    from landing.guardrails.simulator_check import verify

    aws = session.connect(organization, read_only=True, any_account=True)
    with reading(aws) as progress:
        return verify(suites, estate, aws, progress=progress)
