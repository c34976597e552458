"""A fictitious county of any size, in the files departments send, with the truth beside it."""

from __future__ import annotations

from fpm.sample.write import FIELD_DIRT, SampleSummary, write_county

__all__ = ["FIELD_DIRT", "SampleSummary", "write_county"]
