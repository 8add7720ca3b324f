"""Write the JSON schema of fidelity reports to docs/: `python tests/bench/report_schema.py`."""

import json
from pathlib import Path

from unfilter.proof.fidelity import FidelityReport

TARGET = Path(__file__).parents[2] / "docs/fidelity-report.schema.json"

if __name__ == "__main__":
    schema = FidelityReport.model_json_schema(mode="serialization")
    TARGET.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
    print(TARGET)
