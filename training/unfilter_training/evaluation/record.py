"""What every record of `results.json` is: frozen, unknown fields refused, infinite decibels written as "Infinity"."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of all records."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
