"""A layout for a table that no layout knows: by ``--map FIELD=HEADER``, else by usual headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from fpm.errors import RefusedError
from fpm.model import RECORD_KEY
from fpm.pipeline.link import ADDRESS, place_from_address
from fpm.pipeline.load import ROSTER
from fpm.pipeline.tables.days import read_days
from fpm.rulebook import Rulebook
from fpm.rulebook.layout import FieldType, LayoutField, LayoutSpec, Role

TABLE: Final = "table"
FIELD_TITLES: Final[dict[str, str]] = {
    "id_number": "证件号码",
    "name": "姓名",
    "birth_date": "出生日期",
    "sex": "性别",
    "township": "乡镇",
    "village": "村",
    ADDRESS: "住址",
    "household_id": "户编号",
    "person_id": "人编号",
    "head_name": "户主",
    "head_id_number": "户主证件号码",
    "relation": "与户主关系",
    "former_name": "曾用名",
    "guardian_name": "监护人",
    "guardian_id_number": "监护人证件号码",
    "phone": "电话",
}
"""What ``--map`` can name, and what people call it."""
_TYPES: Final[dict[str, FieldType]] = {
    "id_number": "id_number",
    "name": "person_name",
    "township": "place",
    "village": "place",
    "head_name": "person_name",
    "head_id_number": "id_number",
    "former_name": "person_name",
    "guardian_name": "person_name",
    "guardian_id_number": "id_number",
}
"""Everything else is read as text: how dates are written is for the whole column to say."""
_GIVEN: Final = "given_name"
_FAMILY: Final = "family_name"
_ROSTER_KEY: Final = "roster_key"
_PART: Final = "_part"
_NAME: Final = "姓名"
_OF_A_PERSON: Final = ("id_number", "sex", "birth_date", "phone")

Mapped = Mapping[str, Sequence[str]]
"""Field → headers; several headers of a field are joined."""


def read_mapping(texts: Sequence[str]) -> dict[str, list[str]]:
    """``FIELD=HEADER`` texts as field → headers.

    Raises:
        RefusedError: a text is no such pair, or the field is not known.
    """
    mapping: dict[str, list[str]] = {}
    for text in texts:
        name, sign, header = text.partition("=")
        if not sign or name not in FIELD_TITLES or not header:
            known = " ".join(FIELD_TITLES)
            raise RefusedError(f"--map 要写成 字段=表头，字段可以是 {known}；现在是“{text}”")
        mapping.setdefault(name, []).append(header)
    return mapping


def made_layout(rulebook: Rulebook, mapping: Mapped, *, roster: bool) -> LayoutSpec:
    """A layout that knows the mapped headers, and behind them the usual ones of every field."""
    mapped = {header for headers in mapping.values() for header in headers}
    usual = {
        name: [text for text in texts if text not in mapped]
        for name, texts in usual_headers(rulebook).items()
    }
    fields: dict[str, LayoutField] = {}
    for name, title in FIELD_TITLES.items():
        named = list(mapping.get(name, ()))
        if len(named) > 1:
            for number, header in enumerate(named):
                fields[f"{name}{_PART}{number}"] = _field(name, header, [header])
            named = []
        fields[name] = _field(name, title, [*named, *usual[name]])
    for part, title in ((_GIVEN, "名"), (_FAMILY, "姓")):
        fields[part] = _field("name", title, usual.get(part, []))
    if roster:
        key = [*fields["person_id"].headers, *usual.get(_ROSTER_KEY, [])]
        fields["person_id"] = _field("person_id", FIELD_TITLES["person_id"], key)
        known = rulebook.roster_layout.fields["relation"]
        fields["relation"] = known.model_copy(update={"headers": fields["relation"].headers})
    return LayoutSpec(
        department=ROSTER if roster else TABLE,
        kind=TABLE if roster else "records",
        title="花名册" if roster else "待比对的表",
        coverage="events",
        fields=fields,
    )


def _field(name: str, title: str, headers: Sequence[str]) -> LayoutField:
    return LayoutField(
        title=title,
        type=_TYPES.get(name, "text"),
        headers=tuple(dict.fromkeys(headers)) or (title,),
        role=_role(name),
        if_bad="blank",
    )


def _role(name: str) -> Role | None:
    """Parts of a name name somebody as well: such a row is not set aside."""
    return "name" if name == "name" else None


def usual_headers(rulebook: Rulebook) -> dict[str, list[str]]:
    """The headers of ``matching.toml``, and those under which any layout knows each field."""
    found: dict[str, list[str]] = {name: [] for name in FIELD_TITLES}
    found |= {name: list(texts) for name, texts in rulebook.matching.headers.items()}
    taken = {text for texts in found.values() for text in texts}
    for layout in rulebook.layouts:
        for name, spec in layout.fields.items():
            role = spec.role or name
            for text in spec.headers if role in FIELD_TITLES else ():
                if text not in taken:
                    found[role].append(text)
                    taken.add(text)
    _add_chinese_whose(found, taken)
    _give_heads_theirs(found, rulebook.matching.heads)
    _add_chinese_where(found, rulebook.matching.where, taken)
    _add_english_forms(found, rulebook.matching.whose)
    return found


def _add_chinese_whose(found: dict[str, list[str]], taken: set[str]) -> None:
    """Where 患者姓名 is a name, 患者证件号码 is a number, and so on for whoever a list is about.

    A table with both is about the person of the plain header.
    """
    names = [text.removesuffix(_NAME) for text in found["name"] if text.endswith(_NAME)]
    whose = tuple(name for name in names if name)
    for field in ("name", "id_number"):
        found[field].sort(key=lambda text: (text != _NAME, text.startswith(whose)))
    for field in _OF_A_PERSON:
        plain = [text for text in found[field] if not (text.isascii() or text.startswith(whose))]
        more = [who + text for who in whose for text in plain]
        found[field] += [text for text in dict.fromkeys(more) if text not in taken]


def _give_heads_theirs(found: dict[str, list[str]], heads: Sequence[str]) -> None:
    """户主姓名 names the head of the household; only a table without 姓名 is about him."""
    for field, of_head in (("name", "head_name"), ("id_number", "head_id_number")):
        theirs = [text for text in found[field] if any(word in text for word in heads)]
        found[field] = [text for text in found[field] if text not in theirs]
        found[of_head] += [text for text in theirs if text not in found[of_head]]


def _add_chinese_where(found: dict[str, list[str]], where: Sequence[str], taken: set[str]) -> None:
    """A township may be that of a home or of an address: 住址乡镇, 现居住村."""
    for field in ("township", "village"):
        more = [word + text for word in where for text in found[field] if not text.isascii()]
        found[field] += [text for text in dict.fromkeys(more) if text not in taken]


def _add_english_forms(found: dict[str, list[str]], whose: Sequence[str]) -> None:
    """Tax ID is tax_id too, and a client's or patient's as well: client_name, Patient DOB."""
    for name, texts in found.items():
        plain = [text for text in texts if text.isascii()]
        of = whose if name in {*_OF_A_PERSON, "name", _GIVEN, _FAMILY} else ()
        forms = [*plain, *(f"{who} {text}" for who in of for text in plain)]
        found[name] = [*texts, *(text.replace(" ", "_") for text in forms), *forms[len(plain) :]]


def people_of(records: pl.DataFrame) -> pl.DataFrame:
    """What the rows of a table read by a made layout say about who they are for.

    Args:
        records: RECORD_KEY and the fields of the layout.

    Returns:
        RECORD_KEY and the fields of ``FIELD_TITLES`` that the table has; ``birth_date`` as Date.
        An address stands for the village of rows that name neither township nor village. Where
        no column names anybody but the heads of households, they are who the rows are for.
    """
    joined = {name: _joined(records, name) for name in FIELD_TITLES}
    people = records.select(
        *RECORD_KEY, **{name: text for name, text in joined.items() if text is not None}
    )
    if names_heads_alone(people):
        number = pl.coalesce("id_number", "head_id_number")
        people = people.with_columns(name="head_name", id_number=number)
        people = people.drop("head_name", "head_id_number")
    if ADDRESS in people.columns:
        people = place_from_address(people)
    if "birth_date" not in people.columns:
        return people
    return people.with_columns(birth_date=read_days(people["birth_date"]))


def names_heads_alone(people: pl.DataFrame) -> bool:
    """Whether the heads of households are the only people whom a table names."""
    named = people.select(pl.col("name", "head_name").is_not_null().any()).row(0)
    return named == (False, True)


def _joined(records: pl.DataFrame, name: str) -> pl.Expr | None:
    """The columns that together make one field, such as given name and surname."""
    parts = [column for column in records.columns if column.startswith(f"{name}{_PART}")]
    texts = [pl.concat_str(parts, separator=" ", ignore_nulls=True)] if parts else []
    if name in records.columns:
        texts.append(pl.col(name))
    if name == "name" and {_GIVEN, _FAMILY} & set(records.columns):
        texts.append(_whole_name(records))
    filled = [pl.when(text != "").then(text) for text in texts]
    return pl.coalesce(filled) if filled else None


def _whole_name(records: pl.DataFrame) -> pl.Expr:
    """Family name first in Chinese, last elsewhere."""
    given, family = (
        pl.col(name) if name in records.columns else pl.lit(None, pl.String)
        for name in (_GIVEN, _FAMILY)
    )
    chinese = pl.concat_str(given, family, ignore_nulls=True).str.contains(r"\p{Han}")
    return (
        pl.when(chinese)
        .then(pl.concat_str(family, given, ignore_nulls=True))
        .otherwise(pl.concat_str(given, family, separator=" ", ignore_nulls=True))
    )
