"""Fixtures of the ingest tests."""

from ingest.builders import dibao, read, tekun, xlsx

__all__ = ["dibao", "read", "tekun", "xlsx"]
