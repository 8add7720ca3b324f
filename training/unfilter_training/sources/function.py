"""A Python function, `module:function`, from the working directory or an installed package."""

import importlib
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter_training.sources.specification import Specification


class FunctionSource:
    """Called with uint8 levels, or with float32 of 0..1 where the specification says so; gives either back."""

    def __init__(self, specification: Specification, path: Path = Path()) -> None:
        self._name = specification.value
        self._floats = specification.values == "float"
        module_name, _, function_name = self._name.partition(":")
        here = str(Path.cwd())
        sys.path.insert(0, here)
        try:
            module = importlib.import_module(module_name)
        except Exception as error:  # whatever the user's module raises when it is imported
            raise UnfilterError(f"{self._name}: {module_name} cannot be imported ({error})") from None
        finally:
            sys.path.remove(here)
        function = getattr(module, function_name, None)
        if not callable(function):
            raise UnfilterError(f"{self._name}: {module_name} has no function {function_name}")
        self._function = function
        self._file = getattr(module, "__file__", None)

    def files(self, photo: NDArray[np.uint8]) -> tuple[Path, ...]:
        """See `MadeOfFiles`: the function's module; what it imports is not looked at."""
        return (Path(self._file),) if self._file else ()

    def __call__(self, photo: NDArray[np.uint8], /) -> NDArray[np.uint8] | NDArray[np.float32]:
        given = photo.astype(np.float32) / 255 if self._floats else photo.copy()
        try:
            result = np.asarray(self._function(given))
        except Exception as error:  # the user's own code
            raise UnfilterError(f"{self._name}: raised {type(error).__name__} ({error})") from None
        if result.dtype == np.uint8:
            return result
        if not np.issubdtype(result.dtype, np.floating):
            raise UnfilterError(f"{self._name}: gives {result.dtype}; give uint8 levels, or floats of 0..1")
        return result.astype(np.float32)
