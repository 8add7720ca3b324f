"""What an older version wrote is written again byte for byte, and what is new is written where it is used."""

import json

import pytest

from unfilter_training import checkpoint
from unfilter_training.losses import LossWeights
from unfilter_training.network import NetworkConfig

# Not to be changed: restoration ids of all filtered photos are digests over the first of them.
FIRST_NETWORK = (
    '{"squeeze":"haar","blocks":8,"block":"alternating","subnet_width":24,"subnet_convolutions":3,"subnet_skip":false,'
    '"joint_subnet":true,"log_scale_bound":1.0,"auxiliary":"dilated","auxiliary_width":32,"fusion_blocks":1,'
    '"fusion_width":32,"hyper_parameters":0}'
)
FIRST_LOSSES = '{"approximation":1.0,"restoration":1.3,"delta":0.1,"adversarial":0.0,"restoration_norm":"l2"}'
FIRST = [(NetworkConfig, FIRST_NETWORK), (LossWeights, FIRST_LOSSES)]


@pytest.mark.parametrize(("model", "text"), FIRST, ids=["network", "losses"])
def test_what_the_first_version_wrote_is_written_again(model: type[NetworkConfig | LossWeights], text: str) -> None:
    assert model.model_validate_json(text).model_dump_json() == text


@pytest.mark.parametrize(("model", "text"), FIRST, ids=["network", "losses"])
def test_every_other_field_is_a_later_one(model: type[NetworkConfig | LossWeights], text: str) -> None:
    assert set(model.model_fields) == set(json.loads(text)) | model.LATER


@pytest.mark.parametrize("name", checkpoint.shipped())
def test_shipped_descriptions_are_written_as_they_are(name: str) -> None:
    folder = checkpoint.find(name)
    written = checkpoint.read_description(folder).model_dump_json(indent=2) + "\n"
    assert written == (folder / checkpoint.DESCRIPTION).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value"), [("colours", "ycc"), ("split", "colours"), ("enhancer", "both"), ("enhancer_width", 8)]
)
def test_a_later_field_that_is_used_is_written_and_read(name: str, value: object) -> None:
    config = NetworkConfig.model_validate({name: value})
    assert config.model_dump()[name] == value
    assert NetworkConfig.model_validate_json(config.model_dump_json()) == config


def test_what_is_left_out_by_name_stays_out() -> None:
    config = NetworkConfig(enhancer="after", colours="rgb")
    assert set(config.model_dump(exclude={"enhancer"})) == set(json.loads(FIRST_NETWORK)) | {"colours"}
