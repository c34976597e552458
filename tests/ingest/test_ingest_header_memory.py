"""What is known of headers stays; a text that no header is as long as is not held for it."""

from __future__ import annotations

import gc
import sys

from fpm.ingest.header import bare_header, cell_forms, in_brackets, plain_header


def test_long_texts_are_no_headers_and_are_not_held():
    for function in (plain_header, bare_header, in_brackets, cell_forms):
        text = "".join(["长", "文" * 10_000])
        before = sys.getrefcount(text)
        assert not function(text)
        gc.collect()
        assert sys.getrefcount(text) == before, function.__name__
        assert function("参保情况（2025年）")
