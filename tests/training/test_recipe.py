"""A recipe is read whole or refused in one line that names the file."""

from pathlib import Path

import pytest

from unfilter.errors import UnfilterError
from unfilter_training.commands.ablate import FORM
from unfilter_training.network import EncoderDecodersConfig, SteganographyConfig, preset
from unfilter_training.operators import OPERATORS
from unfilter_training.recipe import ABLATIONS, RECIPES, PhotoSource, Recipe, ablation_recipes, read_recipe, shipped_recipes

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


DRAWN = """
[[hyper_parameters]]
name = "smoothness"
low = 0.01
high = 0.04
default = 0.02
scale = "log"
"""


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipe_is_read_by_name_and_by_path(name: str) -> None:
    recipe = read_recipe(name)
    assert recipe.filter == name
    assert recipe == read_recipe(RECIPES / f"{name}.toml")


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_warm_starts_name_shipped_recipes_and_end(name: str) -> None:
    chain = [name]
    while (start := read_recipe(chain[-1]).warm_start) is not None:
        assert start in shipped_recipes()
        assert start not in chain
        chain.append(start)


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_hyper_parameters_lie_within_the_operators_bounds(name: str) -> None:
    recipe = read_recipe(name)
    for one in recipe.hyper_parameters:
        low, high = OPERATORS[recipe.operator].parameters[one.name].bounds
        assert low <= one.low < one.high <= high


def test_filters_that_learn_from_weights_for_research_say_so() -> None:
    assert {name for name in shipped_recipes() if read_recipe(name).research_only} == {
        "rain_princess_first",
        "rain_princess",
        "scream",
    }


def test_recipes_that_others_extend_are_not_listed() -> None:
    assert (RECIPES / "_zoo.toml").exists()
    assert not any(name.startswith("_") for name in shipped_recipes())


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


BASE = """
network = "mobile"

[[photos]]
match = "base_*"
origin = "there"
licence = "CC0"

[schedule]
steps = 7
batch = 3

[losses]
restoration = 0.5
delta = 0.25

[degradation]
rounding = 0.5
real_jpeg = 0.5
"""


def based(folder: Path, text: str, base: str = BASE) -> Path:
    """A recipe that extends one beside it."""
    (folder / "_base.toml").write_text(base)
    return written(folder, f'extends = "_base"\nfilter = "tiny"\noperator = "l0"\n{text}')


def test_extending_takes_what_the_recipe_does_not_say(tmp_path: Path) -> None:
    recipe = read_recipe(based(tmp_path, ""))
    alone = read_recipe(written(tmp_path, f'filter = "tiny"\noperator = "l0"\n{BASE}'))
    assert recipe == alone


def test_extending_merges_table_by_table(tmp_path: Path) -> None:
    recipe = read_recipe(based(tmp_path, "[schedule]\nsteps = 9\n[losses]\ndelta = 0\n[parameters]\nsmoothness = 0.1\n"))
    assert (recipe.schedule.steps, recipe.schedule.batch) == (9, 3)
    assert (recipe.losses.restoration, recipe.losses.delta) == (0.5, 0)
    assert recipe.degradation.real_jpeg == 0.5
    assert recipe.parameters == {"smoothness": 0.1}


def test_a_list_and_what_is_no_table_in_both_replace_the_bases(tmp_path: Path) -> None:
    own = '[[photos]]\nmatch = "own_*"\norigin = "here"\nlicence = "CC0"\n[network]\npreset = "mobile"\nblocks = 4\n'
    recipe = read_recipe(based(tmp_path, own))
    assert [source.match for source in recipe.photos] == ["own_*"]
    assert recipe.network == preset("mobile").model_copy(update={"blocks": 4})


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (None, r"_base\.toml: cannot read the recipe \(No such file or directory\)"),
        ("filter = ", r"_base\.toml: not TOML: "),
        (f'extends = "_other"\n{BASE}', r"_base\.toml: extends another recipe, and tiny\.toml extends it"),
        (BASE.replace("batch = 3", "batch = 0"), r"tiny\.toml: schedule\.batch: "),  # of the whole, so the recipe's
    ],
)
def test_a_base_that_is_none_is_refused_in_one_line(base: str | None, message: str, tmp_path: Path) -> None:
    path = based(tmp_path, "", base or "")
    if base is None:
        (tmp_path / "_base.toml").unlink()
    with pytest.raises(UnfilterError, match=message) as caught:
        read_recipe(path)
    assert str(caught.value).startswith(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_hyper_parameters_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    second = DRAWN.replace("smoothness", "kappa").replace("0.01", "1.5").replace("0.04", "3").replace("0.02", "2")
    text = f"network = {{ preset = 'mobile', hyper_parameters = 2 }}\n{RECIPE}{second}{DRAWN}"
    recipe = read_recipe(written(tmp_path, text))
    assert [one.name for one in recipe.hyper_parameters] == ["kappa", "smoothness"]
    assert recipe.network.hyper_parameters == 2


@pytest.mark.parametrize("layout", ["plain", "fivek", "raise"])
def test_photos_name_their_layout(layout: str, tmp_path: Path) -> None:
    text = RECIPE.replace('match = "*"', f'match = "*"\nlayout = "{layout}"')
    assert read_recipe(written(tmp_path, text)).photos[0].layout == layout
    assert PhotoSource(match="*", origin="here", licence="CC0").layout == "plain"


def test_whole_numbers_stay_whole_so_that_an_operator_can_count_with_them(tmp_path: Path) -> None:
    text = f"parameters = {{ iterations = 6, sigma_s = 2 }}\n{RECIPE}".replace('"l0"', '"rgf"')
    recipe = read_recipe(written(tmp_path, text))
    assert isinstance(recipe.parameters["iterations"], int)
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


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
        (
            RECIPE + '[network]\nmethod = "magic"\n',
            "network: unknown method: choose one of quasi_inv",
        ),
        (RECIPE + '[network]\nmethod = "steganography"\nblocks = 4\n', r"network\.blocks: Extra inputs are not permitted"),
        (RECIPE + '[network]\nmethod = "encoder_decoders"\n' + DRAWN, "the network takes 0 hyper-parameters and .* names 1"),
        (f"parameters = {{ smoothness = 'strong' }}\n{RECIPE}", "parameters.smoothness.*: .*valid number"),
        (f"parameters = {{ smoothnes = 0.1 }}\n{RECIPE}", "operator l0 has no parameter 'smoothnes'; it has: smoothness"),
        (RECIPE + DRAWN, "the network takes 0 hyper-parameters and the recipe names 1"),
        (f"network = {{ hyper_parameters = 2 }}\n{RECIPE}{DRAWN}", "the network takes 2 hyper-parameters and .* names 1"),
        (f"network = {{ hyper_parameters = 1 }}\n{RECIPE}", "the network takes 1 hyper-parameters and the recipe names 0"),
        (
            f"network = {{ hyper_parameters = 2 }}\n{RECIPE}{DRAWN}{DRAWN}",
            "a parameter is named twice among parameters and hyper_parameters",
        ),
        (
            f"network = {{ hyper_parameters = 1 }}\nparameters = {{ smoothness = 0.1 }}\n{RECIPE}{DRAWN}",
            "a parameter is named twice among parameters and hyper_parameters",
        ),
        (RECIPE + DRAWN.replace("smoothness", "softness"), "operator l0 has no parameter 'softness'; it has: smoothness"),
        (RECIPE + DRAWN.replace("default = 0.02", "default = 1"), r"hyper_parameters\.0: .*low <= default <= high"),
        (f"warm_start = 'tiny'\n{RECIPE}", "warm_start names the recipe itself"),
        (f"warm_start = '../l0'\n{RECIPE}", "warm_start: "),
        (f"draws = 0\n{RECIPE}", "draws: "),
        (RECIPE.replace('match = "*"', 'match = "*"\nlayout = "heap"'), r"photos\.0\.layout: .*'plain', 'fivek' or 'raise'"),
        (
            f"parameters = {{ iterations = 1.5 }}\n{RECIPE}".replace('"l0"', '"rgf"'),
            "iterations of operator rgf is a whole number",
        ),
        (
            (f"network = {{ hyper_parameters = 1 }}\n{RECIPE}{DRAWN}")
            .replace('"l0"', '"rgf"')
            .replace("smoothness", "iterations"),
            "iterations of operator rgf is a whole number: no fraction, and not drawn",
        ),
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
    assert ": : " not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "nowhere/nothing.toml"])
def test_missing_recipe_names_the_file_and_the_shipped_ones(name: str) -> None:
    with pytest.raises(
        UnfilterError, match=r"nothing|nowhere.*\.toml: cannot read the recipe .*shipped recipes: .*l0"
    ) as caught:
        read_recipe(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", shipped_recipes())
def test_recipe_survives_json(name: str) -> None:
    recipe = read_recipe(name)
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize(
    ("method", "form"),
    [
        ("quasi_invertible", preset("mobile")),
        ("encoder_decoders", EncoderDecodersConfig()),
        ("steganography", SteganographyConfig()),
    ],
)
def test_network_by_method(method: str, form: object, tmp_path: Path) -> None:
    recipe = read_recipe(written(tmp_path, RECIPE + f'[network]\nmethod = "{method}"\n'))
    assert recipe.network == form
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize("name", ablation_recipes())
def test_ablation_is_read_by_name_and_by_path_and_survives_json(name: str) -> None:
    recipe = read_recipe(name)
    assert recipe.filter == name
    assert name.startswith(("ablation_", "baseline_", FORM))
    assert recipe == read_recipe(ABLATIONS / f"{name}.toml")
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize("name", ablation_recipes())
def test_ablations_have_one_budget_and_no_head_start(name: str) -> None:
    recipe, full = read_recipe(name), read_recipe("form_refined_l0" if name.startswith(FORM) else "ablation_full")
    assert recipe.schedule == full.schedule
    assert recipe.photos == full.photos
    assert recipe.warm_start is None


@pytest.mark.parametrize("name", [name for name in ablation_recipes() if name.startswith("ablation_")])
def test_an_ablation_changes_one_part_of_the_full_recipe(name: str) -> None:
    recipe, full = read_recipe(name), read_recipe("ablation_full")
    changed = {field for field in Recipe.model_fields if getattr(recipe, field) != getattr(full, field)} - {"filter"}
    assert len(changed) == (0 if name == "ablation_full" else 1)


@pytest.mark.parametrize("operator", ["l0", "llf", "rtv", "scream"])
def test_baselines_of_an_operator_differ_from_ours_in_the_network_alone(operator: str) -> None:
    ours = read_recipe("ablation_full" if operator == "l0" else f"baseline_quasi_invertible_{operator}")
    for name in (f"baseline_ied_{operator}", f"baseline_steganography_{operator}"):
        recipe = read_recipe(name)
        changed = {field for field in Recipe.model_fields if getattr(recipe, field) != getattr(ours, field)}
        assert changed == {"filter", "network"}
        assert recipe.operator == operator


def test_ablations_are_no_filters_that_ship() -> None:
    assert not set(ablation_recipes()) & set(shipped_recipes())
    assert {name for name in ablation_recipes() if read_recipe(name).research_only} == {
        name for name in ablation_recipes() if read_recipe(name).operator == "scream"
    }
