"""The faults, each a mistake that a converter, a vendor's tool or a delegate was seen to make or could make."""

from collections.abc import Callable
from pathlib import Path

from unfilter.format.artifact import Precision
from unfilter_converters.faults import coreml, litert, onnx, whole
from unfilter_converters.faults.fault import Fault
from unfilter_converters.faults.form import Form


def catalogue(form: Form, other_inverse: Callable[[], Path]) -> tuple[Fault, ...]:
    """All faults of a network of that form. `other_inverse` gives the ONNX inverse of another training, and is called only
    when it is needed.
    """
    return (*_onnx(form), *_whole(form, other_inverse), *_litert(), *_coreml(form))


def _of_onnx(name: str, words: str, edit: Callable[[Path], None], layer: str = "") -> Fault:
    return Fault(name, words, "onnx", "fp32", edit, layer)


def _onnx(form: Form) -> tuple[Fault, ...]:
    middle, bias, layer = f"{form.middle}.weight", f"{form.middle}.bias", form.layer(1)
    of_image = [f"bands.{band}_weight" for band in ("low", "high")]
    bgr = onnx.both(*(onnx.weights_of(name, onnx.reversed_input) for name in of_image))
    channels = onnx.both(*(onnx.weights_of(name, onnx.swapped) for name in (middle, bias)))
    floor = onnx.after_result(("Mul", (255.0,)), ("Floor", ()), ("Div", (255.0,)))
    clip = onnx.after(form.bands, ("Max", (0.0,)), ("Min", (1.0,)))
    finds = [f"{layer}.{part}" for layer in form.finds for part in ("weight", "bias")]
    no_delta = onnx.both(*(onnx.weights_of(name, lambda values: values * 0) for name in finds))
    return (
        _of_onnx(
            "flipped sign",
            "of one weight of middling size, in one convolution of the forward graph",
            onnx.edited("forward", onnx.weights_of(middle, onnx.one_sign)),
            layer,
        ),
        _of_onnx(
            "swapped channels",
            "two output channels of a convolution of the inverse",
            onnx.edited("inverse", channels),
            layer,
        ),
        _of_onnx("BGR", "the forward graph takes BGR for RGB", onnx.edited("forward", bgr), "network.squeeze"),
        _of_onnx("wrong rounding", "the forward graph rounds its result down to levels", onnx.edited("forward", floor)),
        _of_onnx("dropped Delta", "the inverse recovers nothing of what Delta held", onnx.edited("inverse", no_delta)),
        _of_onnx(
            "wrong layout",
            "height and width of the kernels of one convolution change places",
            onnx.edited("forward", onnx.weights_of(middle, onnx.transposed)),
            layer,
        ),
        _of_onnx("clip before the inverse", "bands clipped to 0..1, which cuts negative ones", onnx.edited("inverse", clip)),
        _of_onnx(
            "delegate of zeros",
            "the forward graph gives zeros",
            onnx.edited("forward", onnx.after_result(("Mul", (0.0,)))),
        ),
        _of_onnx(
            "delegate of nothing",
            "the inverse gives not-a-number",
            onnx.edited("inverse", onnx.after_result(("Mul", (float("nan"),)))),
        ),
        _of_onnx(
            "lost bias",
            "of one convolution of the inverse",
            onnx.edited("inverse", onnx.weights_of(bias, lambda values: values * 0)),
            layer,
        ),
        _of_onnx("other slope", "LeakyRelu of 0.19 for 0.2 in the inverse", onnx.edited("inverse", onnx.slopes(0.19))),
        _of_onnx(
            "silent half precision",
            "weights of an fp32 graph went through fp16",
            onnx.edited("inverse", onnx.all_weights(onnx.through_half)),
        ),
        Fault(
            "8-bit scale off by 2 %",
            "scales of all 8-bit weights of the inverse",
            "onnx",
            "w8",
            onnx.edited("inverse", onnx.scales(1.02), "w8"),
        ),
    )


def _whole(form: Form, other_inverse: Callable[[], Path]) -> tuple[Fault, ...]:
    swapped = onnx.edited("forward", onnx.weights_of(f"{form.middle}.weight", onnx.swapped))
    stale = whole.other_inverse(other_inverse)
    return (
        _of_onnx("stale inverse", "that of another training run", stale),
        _of_onnx("stale inverse, all agree", "and goldens made by it, and no reference", whole.alone(stale)),
        _of_onnx("goldens made by the fault", "two channels change places, and goldens follow", whole.goldens_of(swapped)),
        _of_onnx("halo off by one", "one step of the alignment too narrow", whole.narrow_halo),
        _of_onnx("other rule of rounding", "the manifest's rounds down", whole.other_rule),
    )


def _litert() -> tuple[Fault, ...]:
    def of(name: str, words: str, edit: Callable[[Path], None], layer: str = "") -> Fault:
        return Fault(name, words, "tflite", "fp32", edit, layer)

    return (
        of(
            "BGR in TFLite",
            "both forward graphs take BGR for RGB",
            litert.edited(litert.reversed_colours),
            "network.squeeze",
        ),
        of("zeros in TFLite", "the inverse gives zeros", litert.edited(litert.zeros)),
        of("mask not applied", "small photos see biases beyond their edge", litert.edited(litert.no_mask)),
        of("full tiles only", "a slope of the graph for photos that fill the tile", litert.edited(litert.full_tile_slope)),
        Fault(
            "8-bit scale off by 2 % in TFLite",
            "scales of all 8-bit weights",
            "tflite",
            "w8",
            litert.edited(litert.scales(1.02), "w8"),
        ),
    )


def _coreml(form: Form) -> tuple[Fault, ...]:
    start = form.middle.replace(".", "_").removesuffix("1")
    small = {f"{start}1_weight": coreml.times(2.0**-16)}
    overflow = {f"{start}0_{part}": coreml.times(2.0**16) for part in ("weight", "bias")} | small

    def of(name: str, words: str, changes: coreml.Changes, *precisions: Precision, number: int = 1) -> Fault:
        return Fault(name, words, "mlpackage", "fp16", coreml.edited("inverse", changes, *precisions), form.layer(number))

    return (
        of(
            "fp16 overflow",
            "a convolution's weights times 65536, the next one's divided by it, in fp32 too: right but for fp16's range",
            overflow,
            "fp32",
            "fp16",
            number=0,
        ),
        of(
            "flipped sign in fp16",
            "of one weight of middling size, in one convolution",
            {f"{start}1_weight": onnx.one_sign},
            "fp16",
        ),
        of("wrong layout in fp16", "kernels of one convolution transposed", {f"{start}1_weight": onnx.transposed}, "fp16"),
        of("weights off by 2 % in fp16", "those of one convolution", {f"{start}1_weight": coreml.times(1.02)}, "fp16"),
    )
