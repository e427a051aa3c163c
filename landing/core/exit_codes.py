"""What the exit code of a command says: the one table of them, for `landing --help` and the README."""

from __future__ import annotations

from collections.abc import Mapping

MEANINGS: Mapping[int | tuple[int, ...], str] = {
    0: "done; `drift`, `plan --detailed-exitcode`: no difference, or what AWS is at by itself; `can`: not blocked; "
    "`prove`: proved",
    1: "error; `validate`: a problem; `test`: a case fails; `sandbox status`: it does not run",
    2: "`drift`, `plan --detailed-exitcode`, `test --verify-with-aws`: a difference; `can`: blocked; `prove`: refuted",
    3: "something could not be checked, or sent (`drift --send`); `can`, `prove`: it cannot be told",
    4: "apply finished in part; run it again",
    5: "refused, nothing done",
    64: "wrong usage; an address, a run, a code or a region that there is not",
    (130, 143, 129): "interrupted by SIGINT, SIGTERM, SIGHUP",
    141: "the reader of the result went away before its end",
}


def rows() -> list[tuple[str, str]]:
    """The codes of each meaning as text, and the meaning."""
    return [
        (", ".join(map(str, codes)) if isinstance(codes, tuple) else str(codes), meaning)
        for codes, meaning in MEANINGS.items()
    ]
