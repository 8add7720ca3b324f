"""What a network is made of, as data: the switches that the paper's ablations need, and two presets."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, PositiveInt, model_validator

from unfilter_training.network.stable_model import StableModel

DILATIONS = (1, 2, 4, 8)


class NetworkConfig(StableModel):
    """Form of a quasi-invertible network. Frozen, and unknown fields are refused.

    The defaults are the `mobile` preset.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            *("auxiliary_dilations", "auxiliary_widths", "colours", "split", "enhancer", "enhancer_width"),
            *("fusion", "hiding_blocks", "gain", "gain_bound", "predictor_widths", "refinements"),
            *("expectation", "tone_width"),
        }
    )

    squeeze: Literal["haar", "unshuffle", "none"] = Field(
        "haar",
        description="haar: half resolution, 12 channels in bands; unshuffle: the same, the pixels of a cell as they are; "
        "none: full resolution, 3 channels, RGB",
    )
    colours: Literal["opponent", "ycc", "rgb"] = Field(
        "opponent", description="axes of a squeezed image: luma and two chroma, orthonormal; JPEG's Y, Cb, Cr; or RGB"
    )
    split: Literal["bands", "colours"] = Field(
        "bands", description="halves of the invertible branch: low | high bands, 3 | 9, or luma | chroma, 4 | 8"
    )
    blocks: int = Field(8, ge=0, description="couplings of the invertible branch (k in the paper)")
    block: Literal["alternating", "additive_affine"] = Field(
        "alternating",
        description="alternating: one affine coupling, direction turned from block to block; "
        "additive_affine: an additive coupling one way, then an affine one back (the released code)",
    )
    subnet_width: int = Field(24, ge=1)
    subnet_convolutions: int = Field(3, ge=2)
    subnet_skip: bool = Field(False, description="add the first convolution's output to the third's (the released code)")
    joint_subnet: bool = Field(True, description="one subnet gives log-scale and shift; otherwise one each")
    log_scale_bound: float = Field(1.0, gt=0, description="log-scale lies in (-bound, bound)")
    auxiliary: Literal["dilated", "strided", "pyramid", "guided", "none"] = Field(
        "dilated",
        description="encoder-decoder of the non-invertible branch: growing and shrinking dilation, "
        "or strided convolutions (the released code), or a pyramid of scales; guided: the operator's own output is given "
        "instead; none: the branch is left out",
    )
    auxiliary_width: int = Field(32, ge=1)
    auxiliary_dilations: tuple[PositiveInt, ...] = Field(
        DILATIONS,
        min_length=1,
        description="of the dilated form's encoder; its decoder has them backwards without the last",
    )
    auxiliary_widths: tuple[PositiveInt, ...] = Field((32, 48, 64, 96), min_length=1, description="of the pyramid's scales")
    fusion: Literal["couplings", "hiding"] = Field(
        "couplings",
        description="how image and auxiliary features become (image, Delta): couplings of one another, or the difference "
        "attenuated and shaped",
    )
    hiding_blocks: int = Field(4, ge=0, description="couplings over what is hidden, which see the features")
    gain: float = Field(0.5, gt=0, le=1, description="attenuation that training starts from")
    gain_bound: float = Field(4.0, gt=0, description="the logarithm of the gain stays within so much of its start")
    predictor_widths: tuple[PositiveInt, ...] = Field(
        (32, 48, 64, 96), min_length=1, description="scales of the pyramid that finds the features in the filtered picture"
    )
    refinements: int = Field(
        0,
        ge=0,
        description="how often the inverse looks for the features again, with the auxiliary branch in what it restored",
    )
    expectation: bool = Field(
        False,
        description="hide the difference from what the operator's output lets expect of the photo, not from that output",
    )
    tone_width: int = Field(
        0,
        ge=0,
        description="of the part of branch and expectation that sees single pixels, as tone curves do; 0 has none",
    )
    fusion_blocks: int = Field(1, ge=1, description="blocks over (image, auxiliary features)")
    fusion_width: int = Field(32, ge=1)
    hyper_parameters: int = Field(0, ge=0, description="values that only the auxiliary branch sees")
    enhancer: Literal["none", "before", "after", "both"] = Field(
        "none", description="residual convolutions in squeezed form on the decoded image, on the restored one, or on both"
    )
    enhancer_width: int = Field(32, ge=1)

    @model_validator(mode="after")
    def _fits_together(self) -> "NetworkConfig":
        if self.subnet_skip and self.subnet_convolutions < 4:
            raise ValueError("subnet_skip joins the first and the third of at least 4 convolutions")
        if self.blocks < 2 and self.fusion != "hiding":
            raise ValueError(f"blocks must be 2 or more, got {self.blocks}; a hiding fusion alone does without")
        if self.hyper_parameters and self.auxiliary == "none":
            raise ValueError("hyper_parameters need the auxiliary branch: it alone sees them")
        if self.fusion == "hiding" and (self.auxiliary not in ("pyramid", "guided") or self.squeeze == "none"):
            raise ValueError("a hiding fusion needs a squeezed image, and a pyramid or the operator's output to guide it")
        if self.auxiliary in ("pyramid", "guided") and self.fusion != "hiding":
            raise ValueError(f"a network whose auxiliary branch is {self.auxiliary} needs fusion = hiding")
        if self.refinements and (self.auxiliary != "pyramid" or self.hyper_parameters):
            raise ValueError(
                "refinements run the pyramid of a hiding fusion in the inverse, which knows no hyper-parameters"
            )
        if (self.tone_width or self.expectation) and self.fusion != "hiding":
            raise ValueError("tone_width and expectation are parts of a hiding fusion; set fusion = hiding")
        if self.auxiliary == "guided" and self.hyper_parameters:
            raise ValueError("a guided network takes no hyper-parameters: the operator's output shows what they did")
        if self.squeeze == "none" and (self.colours, self.split) != ("opponent", "bands"):
            raise ValueError("colours and split are those of a squeezed image; without squeeze it is RGB, split 1 | 2")
        if self.split == "colours" and self.colours == "rgb":
            raise ValueError("split by colours is luma | chroma, and RGB has neither")
        return self

    @property
    def cell(self) -> int:
        """Side of a squeeze cell, in pixels."""
        return 1 if self.squeeze == "none" else 2

    @property
    def alignment(self) -> int:
        """Sizes and offsets of tiles are multiples of this, in pixels; strides of the auxiliary branch make it coarser."""
        return self.cell * (4 if self.auxiliary == "strided" else 1)

    @property
    def grid(self) -> int:
        """Tiles begin at multiples of this, in pixels: the coarsest cell of any pyramid."""
        if self.fusion != "hiding":
            return self.alignment
        scales = [len(self.predictor_widths)] + [len(self.auxiliary_widths)] * (self.auxiliary == "pyramid")
        return self.alignment * 2 ** (max(scales) - 1)

    @property
    def channels(self) -> int:
        """Channels of the invertible branch, of the auxiliary features and of Delta."""
        return 3 if self.squeeze == "none" else 12

    @property
    def first(self) -> int:
        """Channels of the first half of the invertible branch."""
        if self.squeeze == "none":
            return 1
        return 3 if self.split == "bands" else 4


PRESETS: dict[str, NetworkConfig] = {
    "mobile": NetworkConfig(),
    # The authors' released code: 241 kMAC per pixel forward, 235 inverse. Its log-scale 2*sigmoid(v)-1 is tanh(v/2);
    # the half is left to the last convolution.
    "paper": NetworkConfig(
        squeeze="none",
        block="additive_affine",
        subnet_width=20,
        subnet_convolutions=4,
        subnet_skip=True,
        joint_subnet=False,
        auxiliary="strided",
        auxiliary_width=12,
        fusion_blocks=2,
        fusion_width=20,
    ),
}


def preset(name: object) -> NetworkConfig:
    """The preset of that name.

    Raises:
        ValueError: no such preset.
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}: choose one of {', '.join(PRESETS)}")
    return PRESETS[name]
