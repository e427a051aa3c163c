"""`landing init`."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from landing.cli import ci_files
from landing.cli.ci_files import FORGES
from landing.cli.profiles import PROFILES, RECOMMENDED, written

EMAIL, HOME = "aws+{account}@example.com", "eu-west-1"
"""What the starter config says."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the starter config is to say of an organization; empty: as in the example."""

    name: str = ""
    email: str = ""
    home_region: str = ""
    regions: str = ""

    def asked(self) -> Answers:
        """With what somebody at the terminal says, who is asked again when it is wrong; Enter is as in the example."""
        from landing.core.errors import WrongUsage

        def ask(name: str, text: str) -> str:
            def taken(said: str) -> str:
                try:
                    Answers(**{name: said.strip()}).refuse_wrong()
                except WrongUsage as error:
                    raise click.UsageError(str(error)) from error
                return said.strip()

            given: str = getattr(self, name)
            return given or str(click.prompt(text, default="", show_default=False, err=True, value_proc=taken))

        return Answers(
            ask("name", "Name of the organization (example)"),
            ask("email", f"E-mail addresses of accounts, as aws+{{account}}@corp.io ({EMAIL})"),
            ask("home_region", f"Home region ({HOME})"),
            ask("regions", "Governed regions, apart by commas (the home region and us-east-1)"),
        )

    def refuse_wrong(self) -> None:
        """Raise WrongUsage with all that is wrong."""
        from landing.core.errors import WrongUsage
        from landing.core.partitions import REGIONS
        from landing.core.spelling import nearest

        wrong = [
            f"there is no region {region}: {nearest(region, REGIONS, 'known: ' + ', '.join(sorted(REGIONS)))}"
            for region in dict.fromkeys((self.home_region, *self._governed()))
            if region and region not in REGIONS
        ]
        if self.email and (self.email.count("@") != 1 or "{account}" not in self.email):
            wrong.append(f"--email {self.email} is no pattern: write it as aws+{{account}}@corp.io, with {{account}}")
        if self.name and not re.fullmatch(r"[\w .-]{1,64}", self.name):
            wrong.append("--name takes 1 to 64 letters, digits, spaces, dots, underscores and hyphens")
        if wrong:
            raise WrongUsage("\n".join(wrong))

    def write(self, config: Path) -> None:
        """Put them into the files of the starter config."""
        organization, accounts = config / "organization.yaml", config / "accounts.yaml"
        text = organization.read_text(encoding="utf-8")
        governed = self._governed()
        if self.name:
            text = text.replace("name: example\n", f"name: {json.dumps(self.name)}\n", 1)
        if self.home_region:
            text = text.replace(f"home_region: {HOME}\n", f"home_region: {self.home_region}\n", 1)
        if governed:
            text = re.sub(r"governed_regions: \[.*\]", f"governed_regions: [{', '.join(governed)}]", text, count=1)
        organization.write_text(text, encoding="utf-8")
        if self.email:
            text = accounts.read_text(encoding="utf-8")
            head, tail = map(re.escape, EMAIL.split("{account}"))
            found = re.compile(rf"{head}([\w-]+){tail}")
            text = found.sub(lambda match: json.dumps(self.email.replace("{account}", match[1])), text)
            text = text.replace("@example.com", "@" + self.email.split("@")[1])  # contacts
            accounts.write_text(text, encoding="utf-8")

    def _governed(self) -> list[str]:
        """The home region, and what is governed beside it; nothing when neither was given."""
        given = [region.strip() for region in self.regions.split(",") if region.strip()]
        if not given and not self.home_region:
            return []
        return list(dict.fromkeys((self.home_region or HOME, *(given or ("us-east-1",)))))


@click.command
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="", help="What the organization is called.")
@click.option("--email", default="", metavar="PATTERN", help="E-mail addresses of accounts, as aws+{account}@corp.io.")
@click.option("--home-region", default="", metavar="REGION", help="Where stack sets, the trail and aggregators live.")
@click.option("--regions", default="", metavar="REGION,…", help="Governed regions; the home region is added.")
@click.option(
    "--profile",
    type=click.Choice(tuple(PROFILES)),
    help=" ".join(f"{name}: {each.title}." for name, each in PROFILES.items()) + f" Default: {RECOMMENDED}.",
)
@click.option(
    "--ci", "forge", type=click.Choice(FORGES), help="Write a pipeline too; beside a config that is there, only it."
)
@click.option(
    "--package", default="", metavar="REQUIREMENT", help="Landing for the pipeline: 'landing==1.2 --hash=sha256:…'."
)
@click.option("--image", default=ci_files.IMAGE, show_default=True, help="Of GitLab's jobs, by digest: NAME@sha256:….")
def command(
    *,
    folder: Path,
    name: str,
    email: str,
    home_region: str,
    regions: str,
    profile: str | None,
    forge: str | None,
    package: str,
    image: str,
) -> None:
    """Write a starter config to FOLDER (default: here).

    Nothing that is there already is overwritten. At a terminal it asks, unless an option is given; what is not
    said stays as in the example, whose e-mail addresses do for the sandbox only.

    \b
      landing init my-organization && cd my-organization && landing validate
      landing init corp --name corp --email 'aws+{account}@corp.io' --home-region eu-west-1
      landing init first-steps --profile minimal
      landing init --ci github
    """
    from landing.cli.output import note
    from landing.config import schema
    from landing.config.gitignore import IGNORED
    from landing.core.errors import LandingError
    from landing.library import shipped

    target = folder / "config"
    answers = Answers(name, email, home_region, regions)
    if package and not ci_files.PACKAGE.fullmatch(package):
        raise click.UsageError(
            "--package is `landing==VERSION --hash=sha256:…`, or `landing @ https://… --hash=sha256:…`"
        )
    if forge:
        ci_files.refuse_existing(forge, folder)
    if forge and target.exists():
        if answers != Answers() or profile:
            raise click.UsageError(f"{target} exists already: beside it only the pipeline is written, and asks nothing")
        _write_pipeline(forge, folder, package or ci_files.own_requirement(), image)
        return
    if target.exists():
        raise LandingError(f"{target} exists already; choose another folder, or remove it")
    if sys.stdin.isatty() and answers == Answers() and not profile:
        answers = answers.asked()
    answers.refuse_wrong()
    try:
        shutil.copytree(shipped() / "config", target)
        for path in target.glob("*.yaml"):
            path.write_text(written(path.read_text(encoding="utf-8"), profile or RECOMMENDED), encoding="utf-8")
        answers.write(target)
        (target / "landing.schema.json").write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        raise LandingError(f"cannot write {target}: {error.strerror}") from error
    if forge:
        _write_pipeline(forge, folder, package or ci_files.own_requirement(), image)
    steps = ["landing validate", "landing plan --sandbox"]
    if folder.resolve() != Path.cwd():
        steps.insert(0, f"cd {shlex.quote(str(folder))}")
    note("\n    ".join([f"Wrote {target}. Edit it, then:", *steps]))
    note("`landing explain docs/services.md` prints a page that a comment there names.")


def _write_pipeline(forge: str, folder: Path, package: str, image: str) -> None:
    """The files of a forge, for the home region of the config beside them; raises ConfigError when that is wrong."""
    from landing.cli.output import note
    from landing.cli.session import Session
    from landing.core.text import safe

    organization, _ = Session(folder / "config").organization()
    written = ci_files.write(forge, folder, organization, package=package, image=image)
    note("\n    ".join(["Wrote the pipeline; `landing explain docs/ci.md` says what it needs:", *map(str, written)]))
    for sentence in ci_files.missing(forge, organization, package=package, image=image):
        note(safe(sentence))
