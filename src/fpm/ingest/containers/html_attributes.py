"""What the attributes of a page's tags say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

_MAX_SPAN: Final = 1000
_ATTRIBUTES: Final = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")


def attributes_of(written: str) -> Iterator[tuple[str, str]]:
    """Names, in lower case, and values, as a tag writes them behind its name."""
    if "=" in written:
        for name, *values in _ATTRIBUTES.findall(written):
            yield name.lower(), html.unescape("".join(values))


def typed(attributes: Mapping[str, str]) -> str:
    """What a field of a form shows."""
    is_shown = attributes.get("type", "text").lower() in {"text", "number", "tel", "date"}
    return html.escape(attributes.get("value", "")) if is_shown else ""


def span(text: str | None) -> int:
    """How many rows or columns a cell covers, of as many as anybody means."""
    found = re.match(r"\s*(\d{1,6})", text or "")
    return min(max(int(found[1]), 1), _MAX_SPAN) if found else 1
