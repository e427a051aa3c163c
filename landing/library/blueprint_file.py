"""A file of `blueprints/`, imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from landing.blueprint import Blueprint
from landing.errors import ConfigError
from landing.model import Problem, Source


def blueprint_in(path: Path) -> Blueprint:
    """The blueprint of a file, by the name of the file; raises ConfigError when it is none."""
    name = path.stem
    try:
        spec = importlib.util.spec_from_file_location(f"landing_blueprint_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        build = getattr(module, name)
    except Exception as error:  # a blueprint is the user's own code: whatever it raises is their problem to read
        line = _line_of(error, path)
        raise ConfigError(
            [
                Problem(
                    "LZ405",
                    f"blueprint `{name}` cannot be loaded: {type(error).__name__}: {error}",
                    Source(str(path), line, 1),
                )
            ]
        ) from error
    title = (module.__doc__ or "").strip().split("\n", 1)[0]
    return Blueprint(name, title, build, getattr(module, "REGIONS", "") == "home", path)


def _line_of(error: BaseException, path: Path) -> int:
    line, trace = 1, error.__traceback__
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
