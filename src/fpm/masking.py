"""ID numbers as they may be shown: in lists as configured, in messages and logs always masked."""

from __future__ import annotations

import re


def mask_id(text: str) -> str:
    """Mask one ID number for lists and messages: first 6 and last 4 characters stay."""
    if len(text) < 12:
        return "*" * len(text)
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}"


_BETWEEN = r"[\s\u200b-\u200f\ufeff._·,，/-]?"
_APART = _BETWEEN.join(
    (
        *("[1-9]", r"\d", r"\d", r"\d", r"\d", r"\d"),
        *(f"(?:1{_BETWEEN}[89]|2{_BETWEEN}0)", r"\d", r"\d", "[01]", r"\d", "[0-3]", r"\d"),
        *(r"\d", r"\d", r"\d", r"[\dXx]"),
    )
)
"""Region, birth date, and what tells people of one birthday apart."""
_LONG_DIGITS = re.compile(rf"\d[\d*?\ufffd]{{10,}}[\dXx]|{_APART}")
"""A number of many digits, some of them hidden or lost, or an ID number in groups of any size."""

_WRITTEN = re.compile(_APART)


def mask_written(text: str) -> str:
    """Mask whole ID numbers in what is shown on a screen: names of files and sheets hold some."""
    return _WRITTEN.sub(lambda found: mask_id(found[0]), text)


def mask_digits(text: str) -> str:
    """Mask every run of twelve or more digits in free text, for logs, messages and quarantine."""
    return _LONG_DIGITS.sub(lambda found: mask_id(found[0]), text)
