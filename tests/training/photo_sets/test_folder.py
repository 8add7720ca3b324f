"""What a message says of a folder, and how deep photos are looked for."""

from pathlib import Path

import pytest

from unfilter_training.photo_sets.folder import contents, folders_with


@pytest.mark.parametrize(
    ("files", "folders", "said"),
    [
        ([], [], "nothing"),
        ([".hidden"], [], "nothing"),
        (["b"], [], "1 file, called b"),
        (["b", "a"], ["d", "c"], "2 files, such as a and 2 folders, such as c"),
        ([], ["c"], "1 folder, called c"),
    ],
)
def test_contents_are_counted_and_one_is_named(files: list[str], folders: list[str], said: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"")
    for name in folders:
        (tmp_path / name).mkdir()
    assert contents(tmp_path) == said


def test_folders_are_looked_into_three_deep(tmp_path: Path) -> None:
    (tmp_path / "1/2/3/4").mkdir(parents=True)
    for place in ["1", "1/2/3", "1/2/3/4"]:
        (tmp_path / place / "x").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path)  # a loop ends at that depth too
    found = folders_with(tmp_path, lambda path: path.name == "x")
    assert found[:2] == [tmp_path / "1", tmp_path / "1/2/3"]
    assert tmp_path / "1/2/3/4" not in found
