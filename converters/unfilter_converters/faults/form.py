"""Where faults are put: layers by the names that they have in the graphs of a network's form."""

from dataclasses import dataclass
from pathlib import Path

from unfilter.errors import BundleError
from unfilter_converters.faults.fault import NotHere, artifact_path


@dataclass(frozen=True)
class Form:
    """Attributes:
    middle: a subnet's second convolution, by its tensors in ONNX files without `.weight` and `.bias`.
    layers: convolutions of that subnet in PyTorch, without their number.
    finds: layers of the inverse that find again what Delta held, by their tensors in ONNX files.
    bands: node of the inverse that gives bands, negative ones among them.
    """

    middle: str
    layers: str
    finds: tuple[str, ...]
    bands: str

    def layer(self, number: int) -> str:
        """A convolution of the subnet, as a report names it."""
        return f"network.{self.layers}.{number}"


INVERTIBLE = Form(
    middle="invertible.3.trunk.convolutions.1",
    layers="invertible.3.shift.convolutions",
    finds=("fusion.1.shift",),
    bands="/fusion.0/Mul_1",
)
HIDING = Form(
    middle="hiding.couplings.3.trunk.convolutions.1",
    layers="hiding.couplings.3.shift.convolutions",
    finds=("hiding.predictor.last.0", "hiding.predictor.last.1"),
    bands="/Conv_1",
)


def form_of(folder: Path) -> Form:
    """The form of a bundle's network, by its forward graph in ONNX.

    Raises:
        BundleError: there is no such graph, or it is of neither form.
    """
    import onnx

    try:
        graph = onnx.load(artifact_path(folder, "onnx", "forward", "fp32")).graph
    except NotHere as error:
        raise BundleError(f"{folder}: {error}, by which faults are placed; convert it anew") from error
    tensors = {tensor.name for tensor in graph.initializer}
    for form in (INVERTIBLE, HIDING):
        if f"{form.middle}.weight" in tensors:
            return form
    raise BundleError(f"{folder}: its network has none of the layers that faults are put into")
