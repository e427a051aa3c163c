"""`landing explain`."""

import click


@click.command
@click.argument("code", required=False, default="")
def command(code: str) -> None:
    """Say what the CODE of a problem means, and what to do; without one, list all codes.

    \b
      landing explain LZ349
      landing explain POL306
    """
    from landing.cli.output import result
    from landing.core.codes import CODES
    from landing.core.errors import LandingError
    from landing.core.spelling import nearest
    from landing.policy.linter import CODES as LINT

    known = {**CODES, **LINT}
    if not code:
        result("".join(f"{each}  {explanation.wrong}\n" for each, explanation in sorted(known.items())))
        return
    wanted = code.upper()
    if wanted not in known:
        raise LandingError(f"there is no code {code}: {nearest(wanted, known, 'landing explain lists them all')}")
    result(f"{wanted}: {known[wanted].wrong}\nWhat to do: {known[wanted].remedy}\n")
    page = "validate" if wanted in CODES else "policy-lint"
    result(f"More: docs/{page}.md\n")
