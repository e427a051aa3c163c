"""`landing explain`."""

import re
import sys

import click

from landing.cli.config_names import addresses, codes, completed, pages
from landing.cli.session import Session, with_config

PAGES = "docs/"
"""So begin the names of pages."""
SOME = 3
"""As many addresses of one name are told."""


@click.command
@with_config
@click.argument("what", metavar="[CODE|ADDRESS|PAGE]", default="", shell_complete=completed(codes, addresses, pages))
def command(session: Session, what: str) -> None:
    """Say what the CODE of a problem means and what to do, what is behind an ADDRESS, what a PAGE has; or list codes.

    Of an address, or of a kind alone: what it is, where the config asks for it, what it requires, which controls it
    serves, which permissions it takes. A page is one that messages name, as docs/alarms.md. Asks AWS nothing.

    \b
      landing explain LZ349
      landing explain POL306
      landing explain policy.deny-regions
      landing explain stack_set
      landing explain docs/accounts.md
    """
    from landing.cli.output import result
    from landing.core.codes import CODES
    from landing.core.errors import WrongUsage
    from landing.core.spelling import nearest
    from landing.policy.linter import CODES as LINT
    from landing.services.registry import KINDS

    known = {**CODES, **LINT}
    kind = what.partition(".")[0]
    if not what:
        result("".join(f"{each}  {explanation.wrong}\n" for each, explanation in sorted(known.items())))
    elif (code := what.upper()) in known:
        page = "validate" if code in CODES else "policy-lint"
        result(f"{code}: {known[code].wrong}\nWhat to do: {known[code].remedy}\nMore: landing explain docs/{page}.md\n")
    elif what.startswith(PAGES) and what.endswith(".md"):
        result(_page(what))
    elif kind in {each.name for each in KINDS}:
        _explain(session, kind, what)
    elif meant := [each for each in addresses(click.get_current_context()) if _is_called(each, what)]:
        raise WrongUsage(f"{what} is no address: did you mean {' or '.join(f'`{each}`' for each in meant[:SOME])}?")
    elif "." in what:
        hint = nearest(kind, [each.name for each in KINDS], "`landing explain docs/services.md` lists them")
        raise WrongUsage(f"there is no kind {kind}: {hint}")
    elif of := _kinds_of(what):
        raise WrongUsage(f"{what} is a service: `landing explain` takes one of its kinds: {', '.join(of)}")
    else:
        names = [*known, *(each.name for each in KINDS)]
        hint = nearest(what, names, "`landing explain` lists the codes, `landing explain docs/services.md` the kinds")
        raise WrongUsage(f"there is no code {what}, nor a kind: {hint}")


def _page(what: str) -> str:
    """A page of the documentation that comes with the program."""
    from landing.core.errors import WrongUsage
    from landing.core.spelling import nearest
    from landing.library import shipped

    found = {f"{PAGES}{path.name}": path for path in (shipped() / "docs").glob("*.md")}
    if what not in found:
        raise WrongUsage(f"there is no page {what}: {nearest(what, list(found), 'landing explain docs/services.md')}")
    return found[what].read_text(encoding="utf-8")


def _is_called(address: str, what: str) -> bool:
    """Whether an address has that name, which may stand there as in the config (`guardrails.deny-regions`)."""
    return address.partition(".")[2].partition("@")[0] == what.rpartition(".")[2]


def _kinds_of(what: str) -> list[str]:
    """The kinds of the service that somebody means, however they write it."""
    from landing.services.registry import SERVICES

    meant = re.sub(r"[^a-z0-9]", "", what.lower())
    return [kind.name for service in SERVICES for kind in service.kinds if service.key.replace("_", "") == meant]


def _explain(session: Session, kind: str, what: str) -> None:
    """An address of a kind that there is, or the kind."""
    from landing.cli.output import result, style_of
    from landing.core.model import Address
    from landing.engine.observe import desired_of
    from landing.report.explanation import of_address, of_kind
    from landing.services.registry import KINDS

    style = style_of(sys.stdout)
    if what == kind:
        result(style.page(of_kind(KINDS[kind], style)))
        return
    try:
        address = Address.parse(what)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    organization, _ = session.organization()
    result(style.page(of_address(KINDS[kind], address, organization, desired_of(organization), style)))
