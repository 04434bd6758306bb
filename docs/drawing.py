"""Draws boxes and arrows as SVG: a class with what points to it and from it, and the pictures of the explanations."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

BOX, HIGH, GAP, ROW = 176, 30, 178, 44
WIDTH = 3 * BOX + 2 * GAP
INK, SOFT, LINE = "#1c2733", "#eef4f8", "#7b95a6"


class Edge(NamedTuple):
    """One arrow of a star: what stands at its other end, where that is described, what the arrow says."""

    end: str
    link: str | None
    label: str


def star(name: str, incoming: list[Edge], outgoing: list[Edge], alternative: str) -> str:
    """A box with what points to it on its left and what it points to on its right, in the colours of the page."""
    rows = max(len(incoming), len(outgoing), 1)
    height = rows * ROW + 8
    middle = height / 2
    left = 0 if incoming else BOX + GAP
    shown = (WIDTH if outgoing else 2 * BOX + GAP) - left
    parts = [
        f'<div class="drawing"><svg class="star" viewBox="{left} 0 {shown} {height}" style="max-width: {shown * 0.064:.0f}rem" '
        f'role="group" aria-label="{escape(alternative)}">',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    for edges, side, start, end in ((incoming, 0, BOX, BOX + GAP), (outgoing, 2 * (BOX + GAP), 2 * BOX + GAP, 2 * (BOX + GAP))):
        for number, edge in enumerate(edges):
            y = middle + (number - (len(edges) - 1) / 2) * ROW
            ys = (y, middle) if side == 0 else (middle, y)
            half = (start + end) / 2
            parts.append(f'<path d="M{start} {ys[0]}C{half} {ys[0]} {half} {ys[1]} {end} {ys[1]}" marker-end="url(#head)"/>')
            parts.append(_text(half, y - 6, edge.label, "edge", 28))
            box = _box(side, y, edge.end, "")
            parts.append(f'<a href="{escape(edge.link)}">{box}</a>' if edge.link else box)
    parts.append(_box(BOX + GAP, middle, name, "middle"))
    return "".join(parts) + "</svg></div>"


def _box(x: float, y: float, text: str, kind: str) -> str:
    rect = f'<rect class="{kind}" x="{x + 1}" y="{y - HIGH / 2}" width="{BOX - 2}" height="{HIGH}" rx="5"/>'
    return rect + _text(x + BOX / 2, y + 4.5, text, kind, 26)


def _text(x: float, y: float, text: str, kind: str, most: int) -> str:
    shown = text if len(text) <= most else text[: most - 1] + "…"
    title = "" if shown == text else f"<title>{escape(text)}</title>"
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="middle">{title}{escape(shown)}</text>'


# ------------------------------------------------------------------ pictures that stand alone


class Node(NamedTuple):
    """A box of a picture: its column and row, its lines of text (the first is the heading), its colour."""

    column: float
    row: float
    text: tuple[str, ...]
    fill: str = SOFT


def picture(nodes: dict[str, Node], arrows: list[tuple[str, str, str]], title: str, wide: int = 190, high: int = 74) -> str:
    """Boxes on a grid with arrows between their edges, as a file that needs no style sheet. arrows: from, to, label."""
    across, down = wide + 96, high + 46
    columns, rows = max(node.column for node in nodes.values()), max(node.row for node in nodes.values())
    width, height = columns * across + wide + 8, rows * down + high + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'font-family="system-ui, Segoe UI, Roboto, sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs><rect width="100%" height="100%" fill="#fff"/>',
    ]
    at = {name: (4 + node.column * across, 4 + node.row * down) for name, node in nodes.items()}
    for start, end, label in arrows:
        (x1, y1), (x2, y2) = _ends(at[start], at[end], wide, high)
        parts.append(f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{LINE}" stroke-width="1.5" marker-end="url(#a)"/>')
        flat = abs(y1 - y2) < 1
        x, y, anchor = ((x1 + x2) / 2, (y1 + y2) / 2 - 6, "middle") if flat else ((x1 + x2) / 2 + 8, (y1 + y2) / 2 + 4, "start")
        parts.append(f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="11.5" fill="#4a5a66">{escape(label)}</text>')
    for name, node in nodes.items():
        x, y = at[name]
        dark = node.fill != SOFT
        ink = "#fff" if dark else INK
        parts.append(f'<rect x="{x:g}" y="{y:g}" width="{wide}" height="{high}" rx="7" fill="{node.fill}" stroke="{LINE}"/>')
        first = y + high / 2 - 8.5 * (len(node.text) - 1) + 4.5
        for number, line in enumerate(node.text):
            weight = ' font-weight="600"' if number == 0 else ' font-size="12"'
            middle = f'x="{x + wide / 2:g}" y="{first + 17 * number:g}" text-anchor="middle"'
            parts.append(f'<text {middle} fill="{ink}"{weight}>{escape(line)}</text>')
    return "\n".join(parts) + "</svg>\n"


def _ends(
    a: tuple[float, float], b: tuple[float, float], wide: int, high: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow leaves one box and meets another: at the sides where they stand beside each other, else above or below."""
    if abs(a[1] - b[1]) < high and a[0] != b[0]:
        right = a[0] < b[0]
        return ((a[0] + (wide if right else 0), a[1] + high / 2), (b[0] + (0 if right else wide), b[1] + high / 2))
    below = a[1] < b[1]
    return ((a[0] + wide / 2, a[1] + (high if below else 0)), (b[0] + wide / 2, b[1] + (0 if below else high)))
