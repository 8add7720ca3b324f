"""An ONNX graph of one image input and one image output, run by onnxruntime on the CPU."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.sources.specification import Specification


class GraphSource:
    """Batch first, channels second or last; float32 of 0..1, or uint8 levels, as the graph's input type says."""

    def __init__(self, specification: Specification, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError:
            raise UnfilterError(f"{path}: an ONNX graph needs onnxruntime; pip install 'unfilter[onnx]'") from None
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no base
            raise UnfilterError(f"{path}: is no ONNX graph that opens ({str(error).splitlines()[0]})") from None
        self._path = path
        taken, made = self._session.get_inputs(), self._session.get_outputs()
        shape = taken[0].shape if len(taken) == 1 and len(made) == 1 else []
        if len(shape) != 4 or 3 not in (shape[1], shape[3]):
            raise UnfilterError(f"{path}: needs one input of a batch of RGB images and one output, as (1, 3, height, width)")
        self._name, self._planes = taken[0].name, shape[1] == 3
        kinds = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}
        if taken[0].type not in kinds:
            raise UnfilterError(f"{path}: its input is {taken[0].type}; it must be float (0..1) or uint8 (levels)")
        self._levels = kinds[taken[0].type] is np.uint8

    def __call__(self, photo: NDArray[np.uint8], /) -> NDArray[np.uint8] | NDArray[np.float32]:
        given = photo if self._levels else photo.astype(np.float32) / 255
        given = given.transpose(2, 0, 1) if self._planes else given
        try:
            (result,) = self._session.run(None, {self._name: np.ascontiguousarray(given)[None]})
        except Exception as error:  # as above
            raise UnfilterError(f"{self._path}: fails on a photo ({str(error).splitlines()[0]})") from None
        picture = result[0]
        if picture.ndim == 3 and self._planes:
            picture = picture.transpose(1, 2, 0)
        return np.ascontiguousarray(picture) if picture.dtype == np.uint8 else picture.astype(np.float32)
