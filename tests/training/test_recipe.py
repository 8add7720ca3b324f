"""A recipe is read whole or refused in one line that names the file."""

from pathlib import Path

import pytest

from unfilter.errors import UnfilterError
from unfilter_training.network import preset
from unfilter_training.recipe import RECIPES, read_recipe

RECIPE = """
filter = "tiny"
operator = "l0"

[[photos]]
match = "*"
origin = "here"
licence = "CC0"

[schedule]
steps = 10
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "tiny.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", sorted(path.stem for path in RECIPES.glob("*.toml")))
def test_shipped_recipe_is_read_by_name_and_by_path(name: str) -> None:
    recipe = read_recipe(name)
    assert recipe.filter == name
    assert recipe == read_recipe(RECIPES / f"{name}.toml")


def test_what_is_not_named_takes_its_default(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, RECIPE))
    assert recipe.network == preset("mobile")
    assert recipe.parameters == {}


@pytest.mark.parametrize("name", ["mobile", "paper"])
def test_network_by_preset_name(name: str, tmp_path: Path) -> None:
    assert read_recipe(written(tmp_path, f'network = "{name}"\n{RECIPE}')).network == preset(name)


def test_network_by_preset_and_what_differs(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, RECIPE + '[network]\npreset = "paper"\nblocks = 4\n'))
    assert recipe.network == preset("paper").model_copy(update={"blocks": 4})


def test_network_by_table(tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, RECIPE + "[network]\nblocks = 4\n"))
    assert recipe.network == preset("mobile").model_copy(update={"blocks": 4})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"colour = 3\n{RECIPE}", "colour: Extra inputs are not permitted"),
        (RECIPE + "speed = 3\n", "schedule.speed: Extra inputs are not permitted"),
        (RECIPE.replace("steps = 10", ""), "schedule.steps: Field required"),
        (RECIPE + "patch = 30\n", "schedule.patch: .*multiple of 4"),
        (RECIPE.replace('"l0"', '"l1"'), "operator: .*unknown operator 'l1': choose one of .*l0"),
        (RECIPE.replace('"tiny"', '"a/b"'), "filter: "),
        (f'network = "desktop"\n{RECIPE}', "network: .*unknown preset 'desktop': choose one of mobile, paper"),
        (RECIPE + '[network]\npreset = "desktop"\n', "network: .*unknown preset 'desktop'"),
        (RECIPE + '[network]\npreset = ["mobile"]\n', "network: .*unknown preset"),
        (RECIPE + '[network]\npreset = "paper"\ndepth = 3\n', "network.depth: Extra inputs are not permitted"),
        (f"parameters = {{ smoothness = 'strong' }}\n{RECIPE}", "parameters.smoothness: .*valid number"),
        (f"parameters = {{ smoothnes = 0.1 }}\n{RECIPE}", "operator l0 has no parameter 'smoothnes'; it has: smoothness"),
        ("filter = tiny", "not TOML: "),
        (b"filter = '\xff'", "not TOML: "),
        ("", "filter: Field required"),
    ],
)
def test_what_is_no_recipe_is_refused_in_one_line(text: str | bytes, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UnfilterError, match=message) as caught:
        read_recipe(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "nowhere/nothing.toml"])
def test_missing_recipe_names_the_file_and_the_shipped_ones(name: str) -> None:
    with pytest.raises(
        UnfilterError, match=r"nothing|nowhere.*\.toml: cannot read the recipe .*shipped recipes: .*l0"
    ) as caught:
        read_recipe(name)
    assert "\n" not in str(caught.value)


def test_recipe_survives_json(tmp_path: Path) -> None:
    recipe = read_recipe("l0")
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe
