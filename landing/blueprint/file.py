"""A file of `blueprints/`: imported, called, and what became of it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType

from landing.blueprint import Blueprint, NotATemplate, controls_in
from landing.core.model import Json

LOADING, RENDERING, PRINTING = "LZ405", "LZ322", "LZ406"
REFUSING = "LZ312"
"""Of a blueprint that raises ValueError: what the config gives is not what it takes."""
OUT_OF_TIME = 75
"""Exit code of the process whose time was up; what it did not answer until then is not rendered."""
LONGEST = 500
"""Characters of an exception's text that are shown."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a blueprint's own code did, and the line where it did so."""

    code: str
    message: str
    file: Path
    line: int
    help: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of one call of a blueprint: a template, or parameters that are wrong, or a failure.

    `wrong` holds (parameter, message, help). `printed` is what it wrote to stdout or stderr, and where. `values` are
    those of the template's own parameters, where it is no code that has put them in.
    """

    template: dict[str, Json] | None = None
    home_only: bool = False
    wrong: tuple[tuple[str, str, str], ...] = ()
    failure: Failure | None = None
    printed: Failure | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    controls: tuple[str, ...] = ()


class OutOfTime(BaseException):
    """The time for all blueprints is up; no `except Exception` of a blueprint keeps it."""


class Text(SourceFileLoader):
    """Compiles what can be reviewed; what is in `__pycache__` may be something else."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of a module, from its text."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def import_from(folder: Path) -> None:
    """Let modules be imported from a folder, and from folders below it: `*.py` only, after all others."""

    def hook(path: str) -> FileFinder:
        if not Path(path).is_relative_to(folder):
            raise ImportError
        return FileFinder(path, (Text, [".py"]))

    sys.path_hooks.insert(0, hook)
    sys.path.append(str(folder))


def blueprint_in(path: Path) -> Blueprint:
    """The blueprint of a file, by the name of the file; raises what the file raises."""
    name = path.stem
    module_name = f"landing_blueprint_{name}"
    spec = importlib.util.spec_from_file_location(module_name, path, loader=Text(module_name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    build = getattr(module, name, None)
    if not callable(build):
        raise TypeError(f"it has no function `{name}`: a blueprint is a function with the name of its file")
    title = (module.__doc__ or "").strip().split("\n", 1)[0]
    home_only = getattr(module, "REGIONS", "") == "home"
    return Blueprint(name, title, build, home_only, path, controls_in(getattr(module, "CONTROLS", ())))


def rendered(blueprint: Blueprint, given: Mapping[str, object]) -> Rendered:
    """Call a blueprint; raises what its function raises."""
    wrong = tuple(blueprint.problems_of(given))
    template = None if wrong else blueprint.render(given)
    return Rendered(template, blueprint.home_only, wrong, controls=blueprint.controls)


def failure(error: BaseException, path: Path, loaded: Blueprint | None) -> Failure:
    """An exception of a blueprint's own code, in a line, at the line of the blueprints that it came from.

    Without `loaded` it came while the file was imported.
    """
    begins = getattr(getattr(loaded and loaded.build, "__code__", None), "co_firstlineno", 1)
    name, loading, (file, line) = path.stem, loaded is None, _place(error, path, begins)
    words = " ".join(str(error).split())[:LONGEST]
    told = f"{type(error).__name__}: {words}" if words else type(error).__name__
    match error:
        case OutOfTime():
            message = f"blueprint `{name}` does not end: it was stopped when the time for all blueprints was up"
        case SystemExit():
            message = f"blueprint `{name}` calls sys.exit"
        case NotATemplate():
            message = f"blueprint `{name}` {words}"
        case _ if loading:
            message = f"blueprint `{name}` cannot be loaded: {told}"
        case ValueError() if words:
            return Failure(
                REFUSING, f"blueprint `{name}` refuses: {words}", file, line, "correct what the config gives"
            )
        case _:
            message = f"blueprint `{name}` raised {told}"
    return Failure(LOADING if loading else RENDERING, message, file, line, _advice(error))


def _advice(error: BaseException) -> str:
    match error:
        case OutOfTime():
            return "look for a loop that does not end, or something waited for, at this line"
        case SystemExit():
            return "let the function raise ValueError with what is wrong, or return a template"
        case NotATemplate():
            return "make a Template, add the resources to it, and return it"
        case SyntaxError():
            return "correct the Python of this line"
        case PermissionError():
            return "a blueprint is rendered without files, network, processes and credentials: take it as a parameter"
        case ImportError():
            return (
                "a blueprint may import the standard library, troposphere, landing.blueprint.resource_names"
                " and files beside it"
            )
    return "correct this line, or the parameters that the config gives"


def _place(error: BaseException, path: Path, begins: int) -> tuple[Path, int]:
    """The innermost line in the blueprint's folder that an exception went through."""
    place, trace = (path, begins), error.__traceback__
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(path.parent):
        return Path(error.filename), error.lineno or 1
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(path.parent):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place
