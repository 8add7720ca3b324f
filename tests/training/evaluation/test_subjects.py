"""Checkpoints are gathered by name, by folder, and from a folder of short trainings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unfilter.errors import UnfilterError
from unfilter_training import checkpoint
from unfilter_training.evaluation.subjects import Subject, SubjectRecord, gather
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork


def test_without_a_name_it_is_all_that_ships(tmp_path: Path) -> None:
    found = gather([], tmp_path)
    assert [one.label for one in found] == checkpoint.shipped()
    assert {one.group for one in found} == {"filter"}
    for one in found:
        assert one.weights == checkpoint.read_description(checkpoint.find(one.label)).weights_sha256


def test_short_trainings_join_what_is_named_and_the_recipes_name_says_what_they_are(
    small_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path
) -> None:
    own = save(tmp_path / "own", small_network, "own")
    for name in ("baseline_ied_l0", "ablation_full"):
        save(tmp_path / "short" / name, small_network, name)
    (tmp_path / "short" / "unfinished").mkdir()
    found = gather([str(own)], tmp_path / "short")
    expected = [("own", "filter"), ("ablation_full", "ablation"), ("baseline_ied_l0", "baseline")]
    assert [(one.label, one.group) for one in found] == expected


def test_the_budget_says_steps_batch_and_patch(
    small_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path
) -> None:
    folder = save(tmp_path, small_network, "own", steps=1234, research_only="borrowed")
    (own,) = gather([str(folder)], tmp_path)
    assert own.budget == "1,234 steps x 3 patches of 32 x 32"
    record = SubjectRecord.of(own)
    assert (record.operator, record.weights_sha256, record.research_only) == ("l0", own.weights, True)


def test_one_checkpoint_named_twice_is_one_and_two_of_one_name_are_refused(
    small_network: QuasiInvertibleNetwork,
    noisy: Callable[[NetworkConfig], QuasiInvertibleNetwork],
    save: Callable[..., Path],
    tmp_path: Path,
) -> None:
    none = tmp_path / "none"
    none.mkdir()
    first = save(tmp_path / "first", small_network, "own")
    same = save(tmp_path / "same", small_network, "own")
    other = save(tmp_path / "other", noisy(NetworkConfig(blocks=2, subnet_width=4)), "own")
    assert len(gather([str(first), str(same), str(first)], none)) == 1
    with pytest.raises(UnfilterError, match=r"other and .*first are both called own"):
        gather([str(first), str(other)], none)


def test_a_name_that_is_no_checkpoint_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnfilterError, match=r"shipped filters: .*l0"):
        gather(["l00"], tmp_path)


def test_an_operator_that_lacks_its_weights_is_refused_before_any_work(
    small_network: QuasiInvertibleNetwork, save: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNFILTER_STYLE_WEIGHTS", raising=False)
    save(tmp_path / "short" / "baseline_ied_scream", small_network, "baseline_ied_scream", operator="scream")
    with pytest.raises(UnfilterError, match="scream needs its network's weights"):
        gather([], tmp_path / "short")


def test_a_folder_of_short_trainings_that_is_named_must_be_there_and_the_usual_one_need_not(
    tiny: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnfilterError, match="no such folder of short trainings; `unfilter ablate` makes one"):
        gather([], tmp_path / "none")
    monkeypatch.chdir(tmp_path)
    assert gather([str(tiny.folder)], None) == (tiny,)
