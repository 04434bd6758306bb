"""Shows counts of a population: as text for a terminal, and as a bar chart in SVG."""

from __future__ import annotations

from html import escape

from ..errors import say
from .engine import OUTCOMES
from .summary import Summary

VIEWS = (("country",), ("category",), ("occupations",), ("outcome",), ("failing",))
COLOURS = dict(zip(OUTCOMES, ("#2f7d4f", "#d9a21b", "#a63d40"), strict=True))
TITLE = say("Cases by country and outcome")
WIDTH, BAR, LABEL = 900, 24, 160


def text(summary: Summary) -> str:
    """A table for each thing by which the cases are counted, outcomes in columns."""
    return "\n".join(_table(summary, *columns) for columns in VIEWS)


def _table(summary: Summary, column: str) -> str:
    rows = _rows(summary, column)
    lines = [f"{column:<28}" + "".join(f"{name:>18}" for name in OUTCOMES)] if column != "outcome" else []
    for name, counts in rows.items():
        shown = (
            "".join(f"{counts.get(outcome, 0):>18,}" for outcome in OUTCOMES)
            if column != "outcome"
            else f"{sum(counts.values()):>18,}"
        )
        lines.append(f"{name:<28}{shown}")
    return "\n".join(lines) + "\n"


def _rows(summary: Summary, column: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in summary.by(*dict.fromkeys((column, "outcome"))).iter_rows(named=True):
        found.setdefault(row[column], {})[row["outcome"]] = row["cases"]
    return found


def svg(summary: Summary, lang: str = "en") -> str:
    """Bars by country, divided by outcome."""
    rows = _rows(summary, "country")
    most = max((sum(counts.values()) for counts in rows.values()), default=1)
    height = BAR * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" '
        'font-family="sans-serif" font-size="13">',
        f"<title>{escape(TITLE.told(lang))}</title>",
    ]
    for number, (name, colour) in enumerate(COLOURS.items()):
        parts.append(f'<rect x="{LABEL + 220 * number}" y="4" width="14" height="14" fill="{colour}"/>')
        parts.append(f'<text x="{LABEL + 220 * number + 20}" y="16">{name}</text>')
    for number, (country, counts) in enumerate(rows.items(), 1):
        top, left = BAR * number + 6, float(LABEL)
        parts.append(f'<text x="{LABEL - 8}" y="{top + 13}" text-anchor="end">{escape(country)}</text>')
        for name in OUTCOMES:
            width = counts.get(name, 0) / most * (WIDTH - LABEL - 90)
            told = f"{escape(country)}, {name}: {counts.get(name, 0):,}"
            place = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR - 8}"'
            parts.append(f'<rect {place} fill="{COLOURS[name]}"><title>{told}</title></rect>')
            left += width
        parts.append(f'<text x="{left + 6:.1f}" y="{top + 13}">{sum(counts.values()):,}</text>')
    return "\n".join([*parts, "</svg>", ""])
