"""Blocks of a wide table whose headers leave out the words that tell them from an earlier block."""

from __future__ import annotations

from collections.abc import Sequence

from fpm.ingest.header import HeaderIndex, plain_header
from fpm.rulebook.layout import LayoutBlock


def name_blocks(texts: Sequence[str], index: HeaderIndex) -> Sequence[str]:
    """The headers, those of a block with the words that the file left out before them.

    Beside 是否住房损毁, which only the block after elimination has, a second 工资性收入 is
    风险消除后工资性收入. So is 转移性收入 to the right of it, which otherwise nobody reads.

    Args:
        texts: The headers of all columns.
        index: The headers of a layout, and its blocks.
    """
    for block in index.layout.blocks:
        texts = _named(texts, block, index)
    return texts


def _named(texts: Sequence[str], block: LayoutBlock, index: HeaderIndex) -> Sequence[str]:
    fields = [index.field(text) for text in texts]
    mark = next((column for column, name in enumerate(fields) if name in block.marks), None)
    if mark is None:
        return texts
    longer = [block.prefix + text for text in texts]
    inside = [
        name in block.marks or _may_be(text, fields, index)
        for name, text in zip(fields, longer, strict=True)
    ]
    first = mark - _length(inside[:mark][::-1])
    last = mark + _length(inside[mark + 1 :])
    named = [name or plain_header(text) for name, text in zip(fields, texts, strict=True)]
    return [
        whole
        if first <= column <= last
        and fields[column] not in block.marks
        and (named[column] in named[:column] or (column > mark and fields[column] is None))
        else text
        for column, (text, whole) in enumerate(zip(texts, longer, strict=True))
    ]


def _may_be(whole: str, given: Sequence[str | None], index: HeaderIndex) -> bool:
    """Whether a column of the block is called so, and no other column is in so many words."""
    name = index.field(whole)
    return name not in given if name else index.is_ignored(whole)


def _length(inside: Sequence[bool]) -> int:
    """Columns next to each other, from the first on, that may be of the block."""
    return inside.index(False) if False in inside else len(inside)
