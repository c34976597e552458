"""A workbook in memory: formats, document properties, and one way to close it into bytes."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from fpm.publish.publication import Heading
from fpm.publish.text_size import BODY_POINTS

BODY_FONT: Final = "宋体"
HEAD_FONT: Final = "微软雅黑"
TITLE_POINTS: Final = 16
SUBTITLE_POINTS: Final = 9

_GRID: Final = {"border": 1, "border_color": "#A6A6A6"}
_BODY: Final = {
    "font_name": BODY_FONT,
    "font_size": BODY_POINTS,
    "valign": "vcenter",
    "text_wrap": True,
    **_GRID,
}
STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {
        "font_name": HEAD_FONT,
        "font_size": TITLE_POINTS,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
    },
    "subtitle": {
        "font_name": BODY_FONT,
        "font_size": SUBTITLE_POINTS,
        "align": "left",
        "valign": "vcenter",
        "text_wrap": True,
        "font_color": "#404040",
    },
    "header": {
        "font_name": HEAD_FONT,
        "font_size": BODY_POINTS,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "bg_color": "#D9E2EC",
        **_GRID,
    },
    "fill_in_header": {
        "font_name": HEAD_FONT,
        "font_size": BODY_POINTS,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "bg_color": "#FCE9B8",
        **_GRID,
    },
    "text": {**_BODY, "align": "left"},
    "short": {**_BODY, "align": "center"},
    "number": {**_BODY, "align": "right", "text_wrap": False},
    "fill_in": {**_BODY, "align": "left", "bg_color": "#FFF9E6", "locked": False},
    "note": {
        "font_name": BODY_FONT,
        "font_size": 11,
        "valign": "top",
        "text_wrap": True,
    },
    "note_title": {"font_name": HEAD_FONT, "font_size": 14, "bold": True, "valign": "vcenter"},
}
TINTS: Final[dict[str, dict[str, Any]]] = {
    "red": {"bg_color": "#F8C9C4", "font_color": "#8C1D12", "bold": True},
    "orange": {"bg_color": "#FBDDB5", "font_color": "#7A4100", "bold": True},
    "yellow": {"bg_color": "#FDF3BF", "font_color": "#5F4B00", "bold": True},
    "late": {"font_color": "#B00020", "bold": True},
    "differs": {"bg_color": "#FBDDB5", "bold": True},
    "group": {"bg_color": "#EEF2F6"},
    "locked": {"locked": True, "bg_color": "#FFFFFF"},
    "total": {"bg_color": "#EEF2F6", "bold": True},
    "bad": {"bg_color": "#F8C9C4", "bold": True},
}


@dataclass(frozen=True, slots=True)
class BookInfo:
    """What the document properties say, to people and to whoever reads the workbook back.

    ``kind`` names the list (``township``, ``review`` …), ``place`` the township or department.
    """

    heading: Heading
    title: str
    kind: str
    place: str = ""


class Book:
    """One workbook; write sheets into it with ``sheet.write_list``, then take its bytes."""

    def __init__(self, info: BookInfo) -> None:
        """Start an empty workbook."""
        self._buffer = io.BytesIO()
        # Cell text comes from outside: it is never read as a formula, a number or a link.
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.workbook = xlsxwriter.Workbook(self._buffer, options)
        self._formats: dict[str, Any] = {}
        self.info = info
        self._describe(info)

    def style(self, name: str, *tints: str, number_format: str = "") -> Any:
        """The format called ``name`` with tints laid over it; the same one for the same words."""
        key = "|".join((name, *tints, number_format))
        if key not in self._formats:
            look = dict(STYLES[name])
            for tint in tints:
                look.update(TINTS[tint])
            if number_format:
                look["num_format"] = number_format
            self._formats[key] = self.workbook.add_format(look)
        return self._formats[key]

    def finish(self) -> bytes:
        """Close the workbook and return the file's bytes: the same content, the same bytes."""
        self.workbook.close()
        return self._buffer.getvalue()

    def _describe(self, info: BookInfo) -> None:
        heading = info.heading
        created = dt.datetime.combine(heading.issued_on, dt.time())
        self.workbook.set_properties(
            {
                "title": info.title,
                "subject": f"{heading.period} 期",
                "author": heading.county,
                "company": heading.county,
                "created": created,
            }
        )
        for name, value in (
            ("fpm_list", info.kind),
            ("fpm_place", info.place),
            ("fpm_division", heading.division),
            ("fpm_period", str(heading.period)),
            ("fpm_version", heading.version),
            ("fpm_rules", heading.rule_digest),
            ("fpm_chain_head", heading.chain_head),
        ):
            if value:
                self.workbook.set_custom_property(name, value, "text")
