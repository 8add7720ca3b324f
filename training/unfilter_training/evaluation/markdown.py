"""Tables as Markdown."""

from collections.abc import Iterable, Sequence

ABSENT = "-"
"""Where there is no figure."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; every row has as many cells as the head."""
    lines = [list(head), ["---"] * len(head), *map(list, rows)]
    assert {len(line) for line in lines} == {len(head)}
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def db(value: float | None) -> str:
    """Decibels, two decimals."""
    return ABSENT if value is None else f"{value:.2f}"


def quality(value: float | None, similarity: float | None) -> str:
    """Decibels and SSIM as the paper writes them, such as `32.54 / 0.952`."""
    if similarity is None:
        return db(value)
    return f"{db(value)} / {similarity:.3f}"


def kilobytes(value: float | None) -> str:
    """Bytes in units of 1,000."""
    return ABSENT if value is None else f"{value / 1000:,.1f}"
