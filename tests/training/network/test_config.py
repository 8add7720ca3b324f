"""The configuration is frozen data that refuses what does not fit together."""

import pytest
from pydantic import ValidationError

from unfilter_training.network import PRESETS, NetworkConfig, preset


@pytest.mark.parametrize("name", PRESETS)
def test_preset_is_found_by_name(name: str) -> None:
    assert preset(name) is PRESETS[name]


def test_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown preset 'desktop': choose one of mobile, paper"):
        preset("desktop")


def test_defaults_are_the_mobile_preset() -> None:
    assert NetworkConfig() == PRESETS["mobile"]


@pytest.mark.parametrize("name", PRESETS)
def test_json_round_trip_gives_an_equal_config(name: str) -> None:
    assert NetworkConfig.model_validate_json(PRESETS[name].model_dump_json()) == PRESETS[name]


def test_config_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        NetworkConfig().blocks = 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"depth": 3}, "Extra inputs are not permitted"),
        ({"squeeze": "wavelet"}, "'haar', 'unshuffle' or 'none'"),
        ({"blocks": -1}, "greater than or equal to 0"),
        ({"blocks": 1}, "blocks must be 2 or more"),
        ({"auxiliary": "pyramid"}, "needs fusion = hiding"),
        ({"fusion": "hiding"}, "a pyramid or the operator's output"),
        ({"auxiliary": "guided", "fusion": "hiding", "hyper_parameters": 1}, "takes no hyper-parameters"),
        ({"log_scale_bound": 0}, "greater than 0"),
        ({"subnet_skip": True, "subnet_convolutions": 3}, "at least 4 convolutions"),
        ({"auxiliary": "none", "hyper_parameters": 1}, "need the auxiliary branch"),
        ({"squeeze": "none", "colours": "ycc"}, "without squeeze it is RGB"),
        ({"squeeze": "none", "split": "colours"}, "without squeeze it is RGB"),
        ({"colours": "rgb", "split": "colours"}, "RGB has neither"),
        ({"enhancer": "around"}, "'none', 'before', 'after' or 'both'"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        NetworkConfig.model_validate(fields)


@pytest.mark.parametrize(("squeeze", "alignment", "channels"), [("haar", 2, 12), ("unshuffle", 2, 12), ("none", 1, 3)])
def test_squeeze_decides_alignment_and_channels(squeeze: str, alignment: int, channels: int) -> None:
    config = NetworkConfig.model_validate({"squeeze": squeeze})
    assert (config.alignment, config.channels) == (alignment, channels)


@pytest.mark.parametrize(
    ("fields", "first"), [({}, 3), ({"squeeze": "unshuffle"}, 3), ({"split": "colours"}, 4), ({"squeeze": "none"}, 1)]
)
def test_split_decides_the_first_half(fields: dict[str, object], first: int) -> None:
    assert NetworkConfig.model_validate(fields).first == first
