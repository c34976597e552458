"""ID numbers as they may be shown: in lists as configured, in messages and logs always masked."""

from __future__ import annotations

import re


def mask_id(text: str) -> str:
    """Mask one ID number for lists and messages: first 6 and last 4 characters stay."""
    if len(text) < 12:
        return "*" * len(text)
    return f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}"


_LONG_DIGITS = re.compile(r"\d[\d*?\ufffd]{10,}[\dXx]|\d{6}[ -]\d{8}[ -]?\d{3}[\dXx]")
"""A number of many digits, some of them hidden or lost, or one written in its three groups."""


def mask_digits(text: str) -> str:
    """Mask every run of twelve or more digits in free text, for logs, messages and quarantine."""
    return _LONG_DIGITS.sub(lambda found: mask_id(found[0]), text)
