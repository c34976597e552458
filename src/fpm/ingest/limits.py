"""How much of the machine one delivered file may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one file; a file beyond one of them is refused in one sentence.

    A county of 500,000 people with 40 columns is 20 million cells and about 100 MB of xlsx, so
    the defaults leave room for every honest file while a crafted one stays small: 20 seconds and
    600 MB, start-up and both processes together. Whoever has larger ones raises them for a
    workspace, under ``[limits]`` of its ``fpm.toml``.
    """

    file_bytes: int = 1024 * MIB
    """Size of the file as delivered."""
    whole_bytes: int = 160 * MIB
    """The same of one that must be held whole, as all must but texts whose rows are alike."""
    inflated_bytes: int = 3072 * MIB
    """Sum over the parts of a zipped workbook."""
    inflation: int = 200
    """Inflated size over packed size, above 64 MiB inflated."""
    cells: int = 80_000_000
    """Cells of one sheet's used range, blanks included."""
    text_bytes: int = 2048 * MIB
    """All cell text of one sheet, as UTF-8."""
    memory_bytes: int = 448 * MIB
    """Address space of the parsing process."""
    seconds: float = 18.0
    """Wall-clock time from opening the file until its last record."""
    columns: int = 16_384
    """Columns of a sheet; a text file is cut off there and its longer rows are set aside."""
    line_bytes: int = 16 * MIB
    """One line of a text file: what is longer lacks its line ends."""
    members: int = 200
    """Files inside one zip archive, and sheets inside one workbook."""
    parts: int = 10_000
    """Parts of a zipped workbook, and entries of a zip archive."""


DEFAULT_LIMITS = Limits()
