"""What pydantic found wrong with a spec, as faults in Chinese with the nearest known key."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from fpm.errors import Fault
from fpm.rulebook.toml_file import TomlFile

_NEAR: Final = 60
"""rapidfuzz ratio above which a name is offered as the one probably meant."""

_EXPECTED: Final[dict[str, str]] = {
    "string_type": "应是文字，要加半角双引号",
    "bool_type": "应是 true 或 false，不加引号",
    "int_type": "应是整数，不加引号",
    "int_from_float": "应是整数",
    "float_type": "应是数，不加引号",
    "finite_number": "应是有限的数",
    "date_type": "应是日期，写作 2026-10-01，不加引号",
    "tuple_type": '应是用方括号括起来的清单，如 ["甲", "乙"]',
    "dict_type": "应是一个表",
    "model_type": "应是一个表",
    "model_attributes_type": "应是一个表",
    "string_too_short": "不能是空的",
    "missing": "缺少这一项",
}

_CHINESE: Final[dict[str, str]] = {
    "预警": "alert",
    "提示": "hint",
    "更正": "correction",
    "人": "person",
    "户": "household",
    "家庭": "household",
    "村": "village",
    "乡镇": "township",
    "红": "red",
    "红色": "red",
    "橙": "orange",
    "橙色": "orange",
    "黄": "yellow",
    "黄色": "yellow",
    "命中": "hit",
    "不命中": "clear",
    "无法判断": "unknown",
    "不知道": "unknown",
    "不适用": "not_applicable",
    "政策": "policy",
    "文件": "policy",
    "做法": "practice",
    "弱": "weak",
    "建议": "proposal",
}
"""What a word that is written in English is called in the descriptions of it."""

_PATTERNS: Final[dict[str, str]] = {
    r"^[a-z][a-z0-9_]*$": "只能用小写半角字母、数字和下划线，以字母开头",
    r"^\d{4}-(0[1-9]|1[0-2])$": "应写作“2026-10”这样的年-月",
    r"^(\d{2}|\d{4}|\d{6})?$": "应是 2、4 或 6 位行政区划代码，全国写空",
}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or ``None`` when none is near."""
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return None if found is None else str(found[0])


def perhaps(word: str, known: Iterable[str]) -> str:
    """``；是不是“…”？`` for a mistyped name, empty when nothing is near."""
    best = nearest(word, known)
    return f"；是不是“{best}”？" if best else ""


def spec_faults(error: ValidationError, file: TomlFile, model: type[BaseModel]) -> list[Fault]:
    """Every error of one file; the alternatives of a value that may be of several types are one."""
    found: dict[str, Fault] = {}
    details = error.errors(include_url=False, include_context=True)
    for detail in details:
        path, alternatives = _path_in_file(detail, file.table)
        if detail["type"] == "too_short" and _holds_another(detail, details):
            continue  # its items are refused one by one
        if detail["type"] == "extra_forbidden":
            message = _unknown_key(str(path[-1]), model, path[:-1])
        elif alternatives:
            message = "应是数、文字、日期、true/false，或它们的清单"
        else:
            message = _message(detail)
        fault = file.fault(path, message)
        found.setdefault(fault.key, fault)
    return list(found.values())


def _holds_another(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    place = detail["loc"]
    return any(other["loc"][: len(place)] == place != other["loc"] for other in details)


def _path_in_file(detail: ErrorDetails, table: Any) -> tuple[tuple[str | int, ...], bool]:
    """Keys of the file without the tags pydantic adds, and whether a tag told an alternative."""
    path: list[str | int] = []
    here = table
    absent = detail["type"] == "missing"
    for part in detail["loc"]:
        if isinstance(here, dict) and (part in here or absent):
            path.append(part)
            here = here.get(part)
        elif isinstance(part, int) and isinstance(here, list) and part < len(here):
            path.append(part)
            here = here[part]
        else:
            return tuple(path), part != "[key]"
    return tuple(path), False


def _message(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(detail["input"], context)
    return _EXPECTED.get(kind, f"写法不对（{detail['msg']}）")


def _literal(value: Any, context: dict[str, Any]) -> str:
    choices = str(context["expected"]).replace(" or ", ", ").split(", ")
    plain = [word.strip("'\"") for word in choices]
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    meant = _CHINESE.get(shown)
    hint = f"；是不是“{meant}”？" if meant in plain else perhaps(shown, plain)
    return f"没有“{shown}”这个写法，只能是 {'、'.join(plain)}{hint}"


def _pattern(value: Any, context: dict[str, Any]) -> str:
    return f"“{value}”{_PATTERNS.get(str(context['pattern']), '写法不对')}"


def _too_short(_: Any, context: dict[str, Any]) -> str:
    return f"至少要有 {context['min_length']} 项"


def _bound(words: str, key: str) -> Callable[[Any, dict[str, Any]], str]:
    def say(value: Any, context: dict[str, Any]) -> str:
        return f"“{value}”应{words} {context[key]:g}"

    return say


def _said_by_spec(_: Any, context: dict[str, Any]) -> str:
    return str(context["error"])


def _no_list(value: Any, _: dict[str, Any]) -> str:
    if isinstance(value, dict):
        return (
            "应是清单：表头写两层方括号，如 [[source]]、[[case]]；写在一行里的写作 [{ … }, { … }]"
        )
    return _EXPECTED["tuple_type"]


_SPECIAL: Final[dict[str, Callable[[Any, dict[str, Any]], str]]] = {
    "tuple_type": _no_list,
    "literal_error": _literal,
    "value_error": _said_by_spec,
    "string_pattern_mismatch": _pattern,
    "too_short": _too_short,
    "greater_than": _bound("大于", "gt"),
    "greater_than_equal": _bound("不小于", "ge"),
    "less_than": _bound("小于", "lt"),
    "less_than_equal": _bound("不大于", "le"),
}


def _unknown_key(key: str, model: type[BaseModel], path: tuple[str | int, ...]) -> str:
    owner = _model_at(model, path)
    known = (
        [] if owner is None else [field.alias or name for name, field in owner.model_fields.items()]
    )
    hint = perhaps(key, known) or (f"（可用：{'、'.join(known)}）" if known else "")
    if path and key in model.model_fields:
        hint = "；它属于整个文件，要写在第一个 [表头] 之前"
    return f"没有“{key}”这一项{hint}"


def _model_at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model that describes the table at ``path``."""
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            by_key = {field.alias or name: field for name, field in here.model_fields.items()}
            field = by_key.get(str(part))
            here = None if field is None else field.annotation
        else:
            here = _element(here)
        here = _model_of(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _element(annotation: Any) -> Any:
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _model_of(annotation: Any) -> Any:
    """An optional model without its ``None``."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next((part for part in get_args(annotation) if part is not type(None)), None)
    return annotation
