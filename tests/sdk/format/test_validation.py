"""Law: the first problem is told with its place, in one line."""

import pytest
from pydantic import BaseModel, ValidationError, model_validator

from unfilter.format.validation import first_problem


class Inner(BaseModel):
    path: str


class Outer(BaseModel):
    artifacts: tuple[Inner, ...]

    @model_validator(mode="after")
    def _not_empty(self) -> "Outer":
        if not self.artifacts:
            raise ValueError("holds nothing")
        return self


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"artifacts": [{}]}, "artifacts.0.path: Field required"),
        ({"artifacts": []}, "manifest: Value error, holds nothing"),
    ],
)
def test_the_first_problem_is_told_with_its_place(content: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(content)
    assert first_problem(caught.value, "manifest") == said
