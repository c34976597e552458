"""The hidden key of a row of a township list: written by ``publish``, read back by ``followup``."""

from __future__ import annotations

import hashlib
from typing import Final

ROW_KEY_FORM: Final = r"^(.+)\.(\d{4}-\d{2})\.([0-9a-f]{8})$"
"""Alert number, period and seal of a key."""


def row_key(alert_no: str, period: str, chain_head: str) -> str:
    """What ties a row of a returned workbook to its alert, its list and the ledger.

    ``<alert number>.<period>.<8 hexadecimal digits>``; the digits are a hash of both with the
    ledger's seal of the period, so a key cannot be made up or carried into another list.
    """
    text = f"{alert_no}.{period}"
    return f"{text}.{hashlib.sha256(f'{text}.{chain_head}'.encode()).hexdigest()[:8]}"
