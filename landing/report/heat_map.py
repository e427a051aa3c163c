"""The map of a drift report: units by kinds, as the rectangles and texts of an SVG picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from landing.report.grid import EVERYWHERE, Cell, Grid

LEFT, TOP, WIDTH, HEIGHT = 190, 132, 40, 24
SLANT = 110
"""Room to the right of the last column for its slanted label."""

MOST_ROWS = 60
"""With more units than this, those in which nothing is amiss are left out and counted."""

SCALE = (
    (0.0, "#d5e5f5", "#12314f"),
    (0.01, "#fdebd0", "#5a2e00"),
    (0.1, "#fbd09a", "#4a2500"),
    (0.5, "#f0a050", "#331900"),
    (1.0, "#a63c00", "#ffffff"),
)
"""(up to this share, fill, ink): blue to orange, told apart without red and green, ink readable on its fill."""

UNKNOWN_INK = "#2b2f36"


@dataclass(frozen=True, slots=True)
class Square:
    """One cell of the picture; `hatched` is how many pixels of its width are not checked."""

    x: int
    y: int
    fill: str
    ink: str
    text: str
    title: str
    hatched: int


@dataclass(frozen=True, slots=True)
class Label:
    """A row's or column's name; `text` is cut, `title` is not."""

    x: int
    y: int
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Everything the template draws."""

    width: int
    height: int
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    squares: tuple[Square, ...]
    left_out: int


def heat_map(grid: Grid) -> HeatMap:
    """Lay the grid out."""
    units = [unit for unit in grid.units if len(grid.units) <= MOST_ROWS or _amiss(grid, unit)]
    rows = tuple(
        Label(LEFT - 8, TOP + HEIGHT * y + 16, _cut(unit_label(unit), 27), unit_label(unit))
        for y, unit in enumerate(units)
    )
    columns = tuple(Label(LEFT + WIDTH * x + 16, TOP - 8, _cut(kind, 22), kind) for x, kind in enumerate(grid.kinds))
    return HeatMap(
        LEFT + WIDTH * len(grid.kinds) + SLANT,
        TOP + HEIGHT * len(units) + 4,
        rows,
        columns,
        tuple(_squares(grid, units)),
        len(grid.units) - len(units),
    )


def unit_label(unit: str) -> str:
    """What a row is called."""
    return "organization-wide" if unit == EVERYWHERE else unit


def describe(cell: Cell) -> str:
    """A cell in words."""
    parts = [f"{cell.drifted} of {cell.declared} drifted" if cell.declared else f"{cell.drifted} drifted"]
    parts += [f"{cell.accepted} accepted"] if cell.accepted else []
    parts += [f"{cell.not_checked} not checked"] if cell.not_checked else []
    return ", ".join(parts)


def _amiss(grid: Grid, unit: str) -> bool:
    cells = [grid.cells[unit, kind] for kind in grid.kinds if (unit, kind) in grid.cells]
    return any(cell.drifted or cell.accepted or cell.not_checked for cell in cells)


def _squares(grid: Grid, units: list[str]) -> Iterator[Square]:
    for y, unit in enumerate(units):
        for x, kind in enumerate(grid.kinds):
            cell = grid.cells.get((unit, kind))
            if cell is None:
                continue
            unknown = cell.not_checked >= cell.declared and not cell.drifted
            fill, ink = next((fill, ink) for most, fill, ink in SCALE if cell.share <= most)
            yield Square(
                LEFT + WIDTH * x,
                TOP + HEIGHT * y,
                fill,
                UNKNOWN_INK if unknown else ink,
                "?" if unknown else _short(cell.drifted),
                f"{unit_label(unit)}, {kind}: {describe(cell)}",
                WIDTH - 2 if unknown else 7 if cell.not_checked else 0,
            )


def _short(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
