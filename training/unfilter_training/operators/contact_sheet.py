"""Pictures side by side with their names, such as one photo through every operator, for the docs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from unfilter.errors import UnfilterError
from unfilter_training.data import image_tensor
from unfilter_training.operators import OPERATORS
from unfilter_training.operators.saving import saved_levels

COLUMNS, GAP, CAPTION = 3, 8, 24
Named = tuple[str, NDArray[np.uint8]]


def contact_sheet(pixels: NDArray[np.uint8], weights: Path | None = None) -> tuple[NDArray[np.uint8], list[str]]:
    """The photo (uint8, height x width x 3) and every operator's result with its name; and why some were left out.

    `weights` is a folder that holds one folder of style weights per style operator.
    """
    pictures: list[Named] = [("photo", pixels)]
    left_out = []
    for name, operator in OPERATORS.items():
        given = {"weights": weights / name} if weights is not None and "weights" in operator.parameters else {}
        try:
            with torch.inference_mode():
                pictures.append((name, saved_levels(operator(image_tensor(pixels, operator.exact), **given))))
        except UnfilterError as error:
            left_out.append(str(error))
    return side_by_side(pictures), left_out


def side_by_side(pictures: Sequence[Named], columns: int = COLUMNS) -> NDArray[np.uint8]:
    """Named pictures of one size (uint8, height x width x 3) on white, row by row."""
    height, width, _ = pictures[0][1].shape
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + GAP + CAPTION) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(CAPTION * 0.7)
    for index, (name, picture) in enumerate(pictures):
        left = GAP + index % columns * (width + GAP)
        top = GAP + index // columns * (height + GAP + CAPTION)
        draw.text((left, top), name, fill="black", font=font)
        sheet.paste(Image.fromarray(picture), (left, top + CAPTION))
    return np.array(sheet)
