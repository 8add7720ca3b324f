"""One photo through every operator, side by side, for the docs."""

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


def contact_sheet(pixels: NDArray[np.uint8], weights: Path | None = None) -> tuple[NDArray[np.uint8], list[str]]:
    """The photo (uint8, height x width x 3) and every operator's result with its name; and why some were left out.

    `weights` is a folder that holds one folder of style weights per style operator.
    """
    pictures, left_out = [("photo", pixels)], []
    for name, operator in OPERATORS.items():
        given = {"weights": weights / name} if weights is not None and "weights" in operator.parameters else {}
        try:
            with torch.inference_mode():
                pictures.append((name, saved_levels(operator(image_tensor(pixels, operator.exact), **given))))
        except UnfilterError as error:
            left_out.append(str(error))
    height, width, _ = pixels.shape
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (width + GAP) + GAP, rows * (height + GAP + CAPTION) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(CAPTION * 0.7)
    for index, (name, picture) in enumerate(pictures):
        left = GAP + index % COLUMNS * (width + GAP)
        top = GAP + index // COLUMNS * (height + GAP + CAPTION)
        draw.text((left, top), name, fill="black", font=font)
        sheet.paste(Image.fromarray(picture), (left, top + CAPTION))
    return np.array(sheet), left_out
