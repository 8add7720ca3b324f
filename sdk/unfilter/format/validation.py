"""What is wrong with a file's content, in one line."""

from pydantic import ValidationError


def first_problem(error: ValidationError, whole: str) -> str:
    """Where and what the first problem is, such as `artifacts.0.path: Field required`; `whole` names the content itself."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    return f"{where}: {first['msg']}"
