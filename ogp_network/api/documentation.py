"""The operations of an OpenAPI document, in words that a page can show. Pure: takes the document and nothing else."""

from typing import NamedTuple


class Field(NamedTuple):
    """A parameter or a field of an answer."""

    name: str
    words: str
    type: str
    choices: list[str]
    is_required: bool


class Operation(NamedTuple):
    id: str
    words: str
    path: str
    example: str
    parameters: list[Field]
    fields: list[Field]
    is_list: bool


def operations_of(document) -> list[Operation]:
    return [_operation(document, path, item["get"]) for path, item in document["paths"].items()]


def _operation(document, path, operation):
    answer = _resolved(document, operation["responses"]["200"]["content"]["application/json"]["schema"])
    items = answer["properties"].get("items", {}).get("items")
    thing = _resolved(document, items) if items else answer
    parameters = [
        _field(parameter["name"], parameter["schema"], parameter["required"])
        for parameter in operation["parameters"]
    ]
    return Operation(
        id=operation["operationId"].replace("_", "-"),
        words=operation["summary"],
        path=path,
        example=f"{path}?page_size=5" if items else path,
        parameters=parameters,
        fields=[_field(name, schema, True) for name, schema in thing["properties"].items()],
        is_list=items is not None,
    )


def _resolved(document, schema):
    reference = schema.get("$ref")
    return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def _field(name, schema, is_required):
    options = schema.get("anyOf", [schema])
    known = [option for option in options if option.get("type") != "null"]
    [type] = known
    several = type.get("items")
    facts = several or type
    kind = facts.get("format") or facts.get("type", "string")
    return Field(
        name=name,
        words=schema.get("description", ""),
        type=f"{kind}[]" if several else kind,
        choices=facts.get("enum", [facts["const"]] if "const" in facts else []),
        is_required=is_required and len(known) == len(options),
    )
