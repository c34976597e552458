"""Regular delimited text → grids, by polars; other text is read row by row elsewhere.

A long file is decoded by another process and read block by block beside the work on the blocks
before; it is never held as one text.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import ComputeError, NoDataError

from fpm.ingest.ahead import ahead
from fpm.ingest.containers.blocks import IrregularTextError, TextForm, utf8_blocks
from fpm.ingest.containers.delimited import find_separator, in_excel_blocks
from fpm.ingest.containers.recoding import recoded_blocks
from fpm.ingest.containers.sniff import UnreadableError, sniff
from fpm.ingest.containers.text import line_coding, told_encoding
from fpm.ingest.containers.wire import SheetHead
from fpm.ingest.grid import Grid, Piece, column_names, ragged_rows
from fpm.ingest.header import HEAD_COLUMNS, HEAD_ROWS
from fpm.ingest.limits import MIB
from fpm.ingest.odd_rows import read_odd_rows
from fpm.ingest.trimming import trimmed

BLOCK_BYTES: Final = 4 * MIB
_MANY_SHORT: Final = 16
"""Short rows, in a text of which no row ends with a blank cell, for which nobody waits to the end
to see whether one does."""
_AHEAD: Final = 2
"""Pieces read and not yet worked on; more would only take memory."""
_NOT_TEXT: Final = (b"PK", b"\xd0\xcf\x11\xe0")
"""Beginnings of workbooks."""
_LINE_FEED, _RETURN = b"\n\r"


def regular_grid(data: bytes) -> Grid | None:
    """Turn delimited text into a grid of one nameless sheet.

    Returns:
        None where no one encoding fits, or where the rows are not all of the same width.
    """
    coding = line_coding(data)
    if coding is None:
        return None
    for encoding in coding.encodings:
        form = TextForm(encoding)
        blocks = utf8_blocks(io.BytesIO(coding.data), form, BLOCK_BYTES, coding.errors)
        cells = []
        try:
            for piece in _pieces(b"".join(parts) for parts in blocks):
                if piece.odd:
                    return None
                cells.append(piece.cells)
        except UnicodeDecodeError:
            continue
        except IrregularTextError:
            return None
        return _grid(pl.concat(cells)) if cells else None
    return None


def long_grid(path: Path, block_bytes: int = BLOCK_BYTES) -> Grid | None:
    """Begin to read a text file of several blocks: its first rows, and the others as a stream.

    Args:
        path: Any file.
        block_bytes: How much of it is read at once.

    Returns:
        None for a file that is no text, short, or not regular in its first rows. The stream of
        the others raises ``IrregularTextError`` where they are not like the first.
    """
    if path.stat().st_size <= block_bytes:
        return None
    with path.open("rb") as stream:
        form = _long_form(stream.read(block_bytes))
    return None if form is None else _begun(ahead(_blocks(path, form, block_bytes)))


def long_grid_of(data: bytes, block_bytes: int = BLOCK_BYTES) -> Grid | None:
    """Begin to read a text that lies in memory, as ``long_grid`` does."""
    form = _long_form(data[:block_bytes]) if len(data) > block_bytes else None
    return None if form is None else _begun(_blocks_of(data, form, block_bytes))


def _begun(blocks: Iterable[bytes]) -> Grid | None:
    pieces = _pieces(blocks)
    try:
        first = next(pieces, Piece(pl.DataFrame()))
    except IrregularTextError:
        return None
    if first.cells.height <= HEAD_ROWS or min(first.odd, default=HEAD_ROWS) < HEAD_ROWS:
        return None
    grid = _grid(first.cells, pieces)
    return replace(grid, head=replace(grid.head, ragged=ragged_rows([first])))


def _long_form(head: bytes) -> TextForm | None:
    """How a text is written, by its first bytes; None for what is no text."""
    try:
        if head.startswith(_NOT_TEXT) or sniff(head) != "text":
            return None
    except UnreadableError:
        return None
    encoding, mark = told_encoding(head) or ("", 0)
    if encoding:
        return TextForm(encoding, mark) if _decodes(head[mark:], encoding) else None
    coding = line_coding(head)
    returns = b"\r" in head and b"\n" not in head and b'"' not in head
    for likely in coding.encodings if coding else ():
        if _decodes(head, likely):
            return TextForm(likely, returns=returns)
    return None


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether the beginning of a text, cut anywhere, is in an encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _grid(cells: pl.DataFrame, more: Iterator[Piece] | None = None) -> Grid:
    return Grid(SheetHead("", cells.width, typed=False), cells, more=more)


def _blocks(path: Path, form: TextForm, size: int) -> Iterator[bytes]:
    """The text of a file, decoded elsewhere."""
    with path.open("rb", buffering=0) as stream:
        stream.seek(form.mark)
        yield from recoded_blocks(stream, form, size)


def _blocks_of(data: bytes, form: TextForm, size: int) -> Iterator[bytes]:
    """The text in memory, decoded here."""
    stream = io.BytesIO(data)
    stream.seek(form.mark)
    try:
        yield from map(b"".join, utf8_blocks(stream, form, size))
    except UnicodeDecodeError as error:
        raise IrregularTextError from error


def _pieces(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Read all blocks of UTF-8.

    Raises:
        IrregularTextError: One of them is irregular, or of another width than most rows; or rows
            may be short because blank cells at their end were left out.
    """
    short = usual = rows = 0
    odd: list[int] = []
    ends_blank = False
    for piece in ahead(_read(blocks), _AHEAD):
        short += piece.short
        odd += [rows + row for row in piece.odd]
        rows += piece.cells.height
        usual += piece.cells.height - 2 * len(piece.odd)
        ends_blank = ends_blank or _ends_blank(piece)
        if short > _MANY_SHORT and not ends_blank:
            raise IrregularTextError
        yield piece
    trims = not ends_blank or in_excel_blocks(odd, rows)
    if usual <= 0 or (short > 1 and trims):
        raise IrregularTextError


def _ends_blank(piece: Piece) -> bool:
    """A row of full width has a blank last cell: no row is short for lack of one."""
    *others, last = piece.cells.columns
    if not piece.cells[last].null_count():
        return False
    filled = pl.any_horizontal(pl.col(others).is_not_null())
    blank = piece.cells.select(pl.col(last).is_null() & filled).to_series()
    return bool(blank.sum() > sum(blank[row] for row in piece.ragged))


def _read(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Each block as a piece; the first tells separator and width."""
    separator, width = "", 0
    for block in blocks:
        separator = separator or find_separator(block.decode())
        piece = _piece(block, separator, width)
        width = width or piece.cells.width
        yield piece


def _piece(block: bytes, separator: str, width: int) -> Piece:
    cells = _block_frame(block, separator.encode())
    if cells is None or width not in {0, cells.width}:
        return read_odd_rows(block.decode(), separator, width)
    return Piece(cells)


def _block_frame(source: bytes, separator: bytes) -> pl.DataFrame | None:
    """Read UTF-8 text with polars if every row has the same number of fields, else None.

    polars pads short rows without a word and loses a whole file to one bare quote: it may only
    see text in which the separators and quotes add up.
    """
    wide = source[: source.find(b"\n")].count(separator) >= HEAD_COLUMNS
    quoted = b'"' in source
    codes = np.frombuffer(source, dtype=np.uint8)
    if len(separator) > 1 or wide or _has_lone_return(codes):
        return None
    if quoted and not _quotes_are_outside(source, separator):
        return None
    try:
        frame = pl.read_csv(
            source,
            separator=separator.decode(),
            quote_char='"' if quoted else None,
            has_header=False,
            infer_schema=False,
        )
    except (ComputeError, NoDataError):
        return None
    if frame.width < 2 or not _adds_up(frame, codes, separator.decode(), quoted=quoted):
        return None
    frame.columns = column_names(frame.width)
    return trimmed(frame, [(frame.columns, source)], b"" if quoted else b"\r\n")


def _adds_up(
    frame: pl.DataFrame, codes: NDArray[np.uint8], separator: str, *, quoted: bool
) -> bool:
    """Every row has one separator less than the frame has columns, or is a blank line."""
    found = np.count_nonzero(codes == ord(separator))
    if quoted:
        counts = frame.select(pl.all().str.count_matches(separator, literal=True).sum())
        found -= sum(counts.row(0))
    between = frame.width - 1
    missing = frame.height * between - found
    return missing == 0 or (not quoted and missing == _blank_lines(codes) * between)


def _has_lone_return(codes: NDArray[np.uint8]) -> bool:
    """A carriage return without a line feed behind it: an old kind of line end, or a cell's."""
    followers = np.flatnonzero(codes == _RETURN) + 1
    return bool(np.any(codes.take(followers, mode="clip") != _LINE_FEED))


def _blank_lines(codes: NDArray[np.uint8]) -> int:
    """Lines without any character, behind another line."""
    kept = codes[codes != _RETURN]
    return int(np.count_nonzero((kept[1:] == _LINE_FEED) & (kept[:-1] == _LINE_FEED)))


def _quotes_are_outside(source: bytes, separator: bytes) -> bool:
    """Every quote opens or closes a field: none is bare or left open, or doubled within one."""
    padded = b"\n" + source + b"\n"
    starts, ends = (separator, b"\n"), (separator, b"\r\n", b"\n")
    empty = source.count(b'""')
    if empty and not (
        empty
        == sum(padded.count(start + b'""') for start in starts)
        == sum(padded.count(b'""' + end) for end in ends)
    ):
        return False
    opening = sum(padded.count(start + b'"') for start in starts)
    closing = sum(padded.count(b'"' + end) for end in ends)
    return source.count(b'"') == 2 * opening == 2 * closing
