"""The JSON Schema of scenario files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from model.scenario.settings import Scenario

_READER_KEYS: dict[str, Any] = {
    "base": {"type": "string", "description": "Scenario (name or file) that this one starts from."},
    "with": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Overlays (names or files) laid over the base in this order, below the keys of this file.",
    },
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    schema = Scenario.model_json_schema()
    schema["properties"].pop("variant")
    schema["properties"] = {**_READER_KEYS, **schema["properties"]}
    # A file that states no name is called by its own.
    schema.pop("required", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "smr-grid-nl scenario"}
