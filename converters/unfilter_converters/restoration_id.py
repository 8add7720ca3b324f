"""The restoration id: which files an inverse can undo."""

import hashlib
import json

from unfilter.format.remainder import RULE as REMAINDER_RULE
from unfilter.format.rounding import RULE as ROUNDING_RULE
from unfilter_training.network import QuasiInvertibleNetwork

FORWARD_ONLY = {"auxiliary", "auxiliary_width", "auxiliary_dilations", "auxiliary_widths", "hyper_parameters"}
"""Parts of the configuration that the inverse does not depend on, unless its refinements run the auxiliary branch."""


def restoration_id_of(network: QuasiInvertibleNetwork) -> str:
    """sha256 over what the inverse depends on: its weights, its configuration, and the rules for bytes and remainders.

    Not over the bundle: converting again, in another format or with other tools, orphans no photo.
    """
    refines = network.config.refinements > 0
    config = network.config.model_dump(exclude=None if refines else FORWARD_ONLY)
    inverse = {"config": config, "fused": network.auxiliary is not None, "rules": [ROUNDING_RULE, REMAINDER_RULE]}
    hasher = hashlib.sha256(json.dumps(inverse, sort_keys=True).encode())
    for name, tensor in sorted(network.state_dict().items()):
        if refines or not name.startswith("auxiliary."):
            hasher.update(f"{name} {tuple(tensor.shape)}".encode())
            hasher.update(tensor.detach().float().contiguous().numpy().tobytes())
    return hasher.hexdigest()
