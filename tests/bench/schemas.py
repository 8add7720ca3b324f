"""Write the JSON Schemas of sdk/format/ again, after a change on purpose: `python tests/bench/schemas.py`."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from unfilter.bundle import Manifest
from unfilter.fidelity import FidelityReport
from unfilter.goldens import Goldens
from unfilter.photo import Tag

FOLDER = Path(__file__).parents[2] / "sdk/format"
MODELS: dict[str, tuple[type[BaseModel], Literal["validation", "serialization"]]] = {
    "manifest.schema.json": (Manifest, "validation"),
    "tag.schema.json": (Tag, "validation"),
    "goldens.schema.json": (Goldens, "validation"),
    "report.schema.json": (FidelityReport, "serialization"),
}


def schema(name: str) -> dict[str, Any]:
    """What a file of that name must say: JSON Schema 2020-12, which is what pydantic makes."""
    model, mode = MODELS[name]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(mode=mode)}


if __name__ == "__main__":
    for name in MODELS:
        (FOLDER / name).write_text(json.dumps(schema(name), indent=2) + "\n", encoding="utf-8")
        print(FOLDER / name)
