"""Quantiser tables of a filter's JPEG files (R36 of sdk/format/RULES.md).

What hides in a filtered picture does not lie where a plain picture has its detail, so other steps than annex K's keep more
of it in fewer bytes. The tables stand in the file: every decoder reads them.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from unfilter.format.artifact import Part

Subsampling = Literal["4:4:4", "4:2:0"]
"""Chroma subsampling of a JPEG: as fine as luma, or half as fine along both axes."""

Table: TypeAlias = Annotated[tuple[Annotated[int, Field(ge=1, le=255)], ...], Field(min_length=64, max_length=64)]
"""64 steps, a row of eight after the other; vertical frequency grows from row to row."""


class QuantiserTables(Part):
    """Tables of luma and chroma at quality 50, from which those of every quality are scaled as libjpeg scales annex K's."""

    luma: Table
    chroma: Table

    def at(self, quality: int) -> tuple[list[int], list[int]]:
        """Steps of luma and chroma at `quality` 1..100. Law: at 50 they are the tables themselves."""
        return scaled(self.luma, quality), scaled(self.chroma, quality)


class Quantisation(QuantiserTables):
    """The tables of a filter's JPEG files with one chroma subsampling, as a manifest has them."""

    subsampling: Subsampling


def scaled(table: tuple[int, ...], quality: int) -> list[int]:
    """Steps, 1..255, of a table at `quality` 1..100, as libjpeg's `jpeg_quality_scaling` and `jpeg_add_quant_table` say."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(max((step * percent + 50) // 100, 1), 255) for step in table]


ANNEX_K = QuantiserTables(
    luma=(
        *(16, 11, 10, 16, 24, 40, 51, 61),
        *(12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56),
        *(14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77),
        *(24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101),
        *(72, 92, 95, 98, 112, 100, 103, 99),
    ),
    chroma=(
        *(17, 18, 24, 47, 99, 99, 99, 99),
        *(18, 21, 26, 66, 99, 99, 99, 99),
        *(24, 26, 56, 99, 99, 99, 99, 99),
        *(47, 66, 99, 99, 99, 99, 99, 99),
        *(99,) * 32,
    ),
)
"""What a JPEG is written with where its filter has no tables. Source: ITU-T T.81, tables K.1 and K.2."""
