"""Multiply-accumulates of an exported graph, per photo pixel: counted on the ONNX file, not on the network's source."""

from pathlib import Path


def macs_per_pixel(path: Path, side: int = 64) -> float:
    """Multiply-accumulates of all convolutions for one `side` x `side` photo, divided by its pixels.

    Element-wise operations are not counted, as is the field's habit; nor is what is done once for a whole photo, with its
    hyper-parameters.
    """
    import onnx
    from onnx import shape_inference

    model = onnx.load(path)
    for axis, dimension in enumerate(model.graph.input[0].type.tensor_type.shape.dim):
        if axis >= 2:
            dimension.dim_value = side
    inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shapes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in (*inferred.input, *inferred.value_info, *inferred.output)
    }
    weights = {tensor.name: list(tensor.dims) for tensor in inferred.initializer}
    for node in inferred.node:
        if node.op_type == "Identity" and node.input[0] in weights:  # the exporter's way to share equal weights
            weights[node.output[0]] = weights[node.input[0]]
    total = 0
    for node in inferred.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            # Weight is (out, in/groups, h, w), transposed (in, out/groups, h, w): each output pixel of a convolution,
            # and each input pixel of a transposed one, meets every weight once.
            pixels = shapes[node.output[0] if node.op_type == "Conv" else node.input[0]]
            product = pixels[2] * pixels[3]
            if product == 1:  # one pixel, whatever the photo's size: the hyper-parameters
                continue
            for length in weights[node.input[1]]:
                product *= length
            total += product
    return total / side**2
