"""Bytes of a text file → characters: which encoding, and lines that are in another one."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))


class UndecodableError(Exception):
    """The bytes are no text in any encoding that Chinese offices use."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The characters of a text file, with what had to be done to get them."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> DecodedText:
    """Decode by byte-order mark, else UTF-8, else GB18030, else line by line.

    Two strict decodings beat every statistical detector on files known to be Chinese. A file in
    which rows of the other encoding were pasted is decoded line by line; a line that is neither
    keeps U+FFFD where bytes were lost.

    Raises:
        UndecodableError: NUL bytes, or more lines lost than kept.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return DecodedText(data[len(mark) :].decode(encoding, "replace"), encoding)
    guess = _utf16_without_mark(data)
    if guess:
        return DecodedText(data.decode(guess, "replace"), guess)
    if _is_binary(data[:4096]):
        raise UndecodableError
    for encoding in ("utf-8", "gb18030"):
        try:
            return DecodedText(data.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    return _decode_lines(data)


def _is_binary(sample: bytes) -> bool:
    """More than one byte in fifty is a control character that text does not hold."""
    return (len(sample) - len(sample.translate(None, _CONTROLS))) * 50 > len(sample)


def _utf16_without_mark(data: bytes) -> str | None:
    """Tell UTF-16 without mark by the zero bytes of its separators and digits."""
    sample = data[:4096]
    zeros = sample.count(0)
    if len(sample) < 8 or zeros * 10 < len(sample):
        return None
    odd = sample[1::2].count(0)
    if odd * 10 >= zeros * 9:
        return "utf-16-le"
    if odd * 10 <= zeros:
        return "utf-16-be"
    return None


def _decode_lines(data: bytes) -> DecodedText:
    lines: list[str] = []
    counts = {"utf-8": 0, "gb18030": 0}
    lost = 0
    for line in data.splitlines(keepends=True):
        for encoding in counts:
            try:
                lines.append(line.decode(encoding))
                counts[encoding] += not line.isascii()
                break
            except UnicodeDecodeError:
                continue
        else:
            lines.append(line.decode("gb18030", "replace"))
            lost += 1
    if lost * 2 > len(lines):
        raise UndecodableError
    notes = [
        f"编码混用：{counts['utf-8']} 行为 UTF-8，{counts['gb18030']} 行为 GB18030，已逐行识别"
    ]
    if lost:
        notes.append(f"{lost} 行含无法识别的字节，以“�”代替")
    main = max(counts, key=lambda name: counts[name])
    return DecodedText("".join(lines), main, tuple(notes))
