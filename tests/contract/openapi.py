"""Makes LINE's OpenAPI description strict enough to find a fault in a message.

As it stands, a validator is nearly blind on it: `discriminator` chooses nothing by itself and
objects are open. Here each discriminator becomes if/then and each object is closed.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

_PREFIX = "#/components/schemas/"
FOLDER = Path(
    os.environ.get("LINE_OPENAPI_DIR") or Path(__file__).parents[3] / "shared" / "line-openapi"
)


def is_here() -> bool:
    """Whether the description lies at hand."""
    return (FOLDER / "messaging-api.yml").is_file()


@cache
def validator(schema_name: str) -> jsonschema.Draft202012Validator:
    """A validator for one schema of the Messaging API."""
    described = yaml.safe_load((FOLDER / "messaging-api.yml").read_text(encoding="utf-8"))
    schemas = described["components"]["schemas"]
    definitions = {name: _strict(name, schemas) for name in schemas}
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{schema_name}", "$defs": definitions})


def faults(schema_name: str, value: Any) -> list[str]:
    """What the description refuses in `value`, a line each."""
    found = validator(schema_name).iter_errors(value)
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in found]


def _strict(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = schemas[name]
    mapping = schema.get("discriminator", {}).get("mapping")
    if mapping:
        return {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": list(mapping)}},
            "allOf": [
                {
                    "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                    "then": {"$ref": target.replace(_PREFIX, "#/$defs/")},
                }
                for kind, target in mapping.items()
            ],
        }
    properties, required = _gathered(schema, schemas)
    if not properties:
        return _repointed({key: value for key, value in schema.items() if key != "discriminator"})
    return {
        "type": "object",
        "properties": _repointed(properties),
        "required": sorted(required),
        "additionalProperties": False,
    }


def _gathered(schema: dict[str, Any], schemas: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """All properties of an object and of what it extends."""
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    required = set(schema.get("required", []))
    for part in schema.get("allOf", []):
        base = schemas[part["$ref"].removeprefix(_PREFIX)] if "$ref" in part else part
        more, needed = _gathered(base, schemas)
        properties |= more
        required |= needed
    return properties, required


def _repointed(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: item.replace(_PREFIX, "#/$defs/")
            if key == "$ref" and isinstance(item, str)
            else _repointed(item)
            for key, item in value.items()
        }
    return [_repointed(item) for item in value] if isinstance(value, list) else value
