"""A `.cube` look-up table, 1D or 3D, read and run by OpenColorIO.

Source: Adobe, "Cube LUT Specification 1.0", 2013; https://opencolorio.readthedocs.io (FileTransform).
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.sources.specification import Specification


class TableSource:
    """A table on sRGB values as they are stored. A 3D one is read between its nodes as `interpolation` says."""

    def __init__(self, specification: Specification, path: Path) -> None:
        try:
            import PyOpenColorIO as ocio  # noqa: N813 - its own name is a sentence
        except ImportError:
            raise UnfilterError(f"{path}: a .cube table needs opencolorio; add it with: pip install opencolorio") from None
        between = {"tetrahedral": ocio.INTERP_TETRAHEDRAL, "trilinear": ocio.INTERP_LINEAR}
        try:
            transform = ocio.FileTransform(str(path.resolve()), interpolation=between[specification.interpolation])
            processor = ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor()
        except ocio.Exception as error:
            reason = " ".join(str(error).replace(str(path.resolve()), path.name).split())
            raise UnfilterError(f"{path}: is no .cube table ({reason})") from None
        self._processor = processor

    def __call__(self, photo: NDArray[np.uint8], /) -> NDArray[np.float32]:
        values = np.ascontiguousarray(photo, dtype=np.float32) / np.float32(255)
        self._processor.applyRGB(values)  # in place
        return values
