"""Draws docs/pictures/worth.svg, the decision of docs/worth.md: `python tests/bench/decision.py`."""

from pathlib import Path
from xml.sax.saxutils import escape

TARGET = Path(__file__).parents[2] / "docs/pictures/worth.svg"
WIDTH, ROW = 980, 104
QUESTION, ANSWER = (20, 400), (500, 460)
"""Left side and width of the boxes, pixels."""
STEPS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "Do you keep the photo anyway?",
        "yes",
        "A plain filtered file",
        ("and the photo where it is: nothing is smaller, or safer",),
    ),
    (
        "Will others resize it, or save it again?",
        "yes",
        "JPEG, by a filter trained for it",
        ("--quality 80 --subsampling 4:2:0", "the pixels alone bring the photo back: nothing else survives"),
    ),
    (
        "Is a smaller file worth losing some detail?",
        "yes",
        "JPEG with a top-up",
        ("--top-up 38dB, or 0.5bpp", "stripped of its metadata, it is the file of the row above"),
    ),
    (
        "Must every byte come back?",
        "yes",
        "An exact top-up",
        ("--top-up exact", "in any format, on any runtime; the bytes of a lossless WebP"),
    ),
    (
        "Is the picture your app's own?",
        "yes",
        "PNG with a payload, no network",
        ("with_payload(picture, photo)", "at most 1 level off; survives exact copies, and nothing else"),
    ),
    (
        "An exact file of a filter",
        "then",
        "PNG, WebP or HEIC by the filter",
        ("or --carry payload, restored without the filter", "the table says which restores more"),
    ),
)


def text(x: float, y: float, words: str, size: int, weight: str = "normal", anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def box(x: int, y: int, width: int, height: int, fill: str, stroke: str) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="8"'
    return f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'


def drawing() -> str:
    height = ROW * len(STEPS) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" fill="#222">',
        "<title>How to keep a filtered photo restorable</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>',
    ]
    for number, (question, label, answer, lines) in enumerate(STEPS):
        top = 16 + number * ROW
        middle = top + 36
        (left, wide), (right, broad) = QUESTION, ANSWER
        parts += [
            box(left, top, wide, 72, "#eef4fa", "#0072B2"),
            text(left + wide / 2, middle + 6, question, 17, anchor="middle"),
            f'<path d="M{left + wide} {middle}H{right - 3}" stroke="#555" stroke-width="1.5" marker-end="url(#to)"/>',
            text((left + wide + right) / 2, middle - 8, label, 13, anchor="middle"),
            box(right, top, broad, 72, "#eef8f3", "#009E73"),
            text(right + 14, top + 22, answer, 16, "bold"),
            *(text(right + 14, top + 42 + 19 * line, words, 13) for line, words in enumerate(lines)),
        ]
        if number + 1 < len(STEPS):
            x = left + wide / 2
            parts += [
                f'<path d="M{x:g} {top + 72}V{top + ROW - 3}" stroke="#555" stroke-width="1.5" marker-end="url(#to)"/>',
                text(x + 10, top + 93, "no", 13),
            ]
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    TARGET.write_text(drawing(), encoding="utf-8")
    print(TARGET)
