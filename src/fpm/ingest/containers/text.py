"""Bytes of a text file → characters: which encoding, and lines that are in another one.

Most bytes of UTF-8 are also GB18030: a line pasted from a UTF-8 file into a GB18030 file decodes
without an error into characters that nobody writes. Where both readings of a line are possible,
the one with fewer unusual characters holds; where neither has fewer, the line is lost.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

WESTERN: Final = "cp1252"
LOST: Final = "\ufffd"
"""Stands where bytes could not be read, here or in the system that wrote the text."""
_OTHER_THAN_ASCII = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_CHINESE: Final = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
"""Most Chinese characters in UTF-8; in GB18030 one and a half characters, of which one is rare."""
_UTF8_LINE: Final = re.compile(
    rb"\n[^\n\x80-\xff]*+(?:[\xc2-\xdf][\x80-\xbf][^\n\x80-\xff]*+)*+[\xe0-\xef][\x80-\xbf]{2}"
    rb"(?:[^\n\x80-\xff]++|" + _OTHER_THAN_ASCII + rb")*+(?=\n|\Z)"
)
"""A line that may be UTF-8 with a Chinese character: those have three bytes."""
_LINE: Final = re.compile(rb"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
"""A line with its end, as ``splitlines`` knows it."""
_LETTERS_LINE: Final = re.compile(rb"[^\n\xc3-\xdf]*[\xc3-\xdf][^\n]*")
"""A line that, as UTF-8, holds letters of two bytes: Latin with accents, Greek, Cyrillic …"""

_LATIN: Final = r"A-Za-zÀ-ÖØ-öø-ɏ\u0300-\u036fḀ-ỿ"
_WORDS: Final = re.compile(rf"[{_LATIN}]*[A-Za-z][{_LATIN}]*|[Ͱ-Ͽ]{{4,}}|[Ѐ-ӿ]{{4,}}")
"""Words of one alphabet: José, Nguyễn, Иванов. By accident, read from Chinese bytes, letters
stand alone or in a mixture of alphabets."""
_FIRST_OF_THREE: Final = "\u0800"
"""The first character that UTF-8 writes in three bytes, as all Chinese ones."""
_NOT_WESTERN: Final = re.compile(
    rb"[\x80-\xff]{3}"
    rb"|(?<![A-Za-z\x80-\xff])(?:[\x80-\xff]{2}|[\xc0-\xff])(?![A-Za-z\x80-\xff])"
    rb"|[\x81-\x84\x86-\x89\x8b\x8d\x8f\x90\x98\x9b\x9d]|[\x80-\xff][0-9][\x80-\xff][0-9]"
)
"""Bytes beyond ASCII that are no accented letter of a word, nor a usual sign such as the euro's."""
_ONE: Final = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_TWO: Final = re.compile(rb"[\x80-\xff]{2}")
_WESTERN_SAMPLE: Final = 4 << 20
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))
_PIECE: Final = re.compile(rb"[^,;\t]+")
"""What stands between signs that part cells; GB18030 has none of them inside a character."""


class UndecodableError(Exception):
    """The bytes are no text in any encoding that Chinese offices use."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The characters of a text file, with what had to be done to get them."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """Text in which a line end is one byte, and the encodings it may be in, likeliest first."""

    data: bytes
    encodings: tuple[str, ...] = ("utf-8", "gb18030")
    errors: str = "strict"


def line_coding(data: bytes) -> Coding | None:
    """Tell the encodings to try by byte-order mark, else UTF-8 and GB18030; None for binary files.

    Two strict decodings beat every statistical detector on files known to be Chinese. A text in
    which no byte can be Chinese is what Excel saves as csv in Western countries.
    """
    if (told := told_encoding(data)) is not None:
        encoding, mark = told
        return _by_mark(data[mark:], encoding)
    if _is_binary(data[:4096]):
        return None
    return Coding(data, ("utf-8", WESTERN)) if _is_western(data) else Coding(data)


def told_encoding(data: bytes) -> tuple[str, int] | None:
    """The Unicode encoding that the beginning of a text tells, and the bytes of its mark."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    guess = _utf16_without_mark(data)
    return (guess, 0) if guess else None


def _is_western(data: bytes) -> bool:
    """Whether what is not ASCII are single letters in words: Müller, where GB18030 reads M黮ler."""
    sample = data[:_WESTERN_SAMPLE]
    if sample.isascii() or _NOT_WESTERN.search(sample):
        return False
    return len(_ONE.findall(sample)) > len(_TWO.findall(sample))


def _by_mark(data: bytes, encoding: str) -> Coding:
    if encoding == "utf-8":
        return Coding(data, ("utf-8",))
    data = data.decode(encoding, "replace").encode("utf-8", "replace")
    return Coding(data, ("utf-8",), "replace")


def holds_other_lines(block: bytes, encoding: str) -> bool:
    """Whether whole lines, valid in ``encoding``, are as likely or likelier in the other one.

    Args:
        block: Lines that decode as ``encoding`` without an error.
        encoding: ``"utf-8"``, ``"gb18030"`` or ``WESTERN``.
    """
    if encoding == WESTERN:
        return False
    if encoding == "gb18030":
        found = _UTF8_LINE.finditer(b"\n" + block)
    elif re.search(rb"[\xc3-\xdf]", block):
        found = _LETTERS_LINE.finditer(block)
    else:
        return False
    return any(_line_encoding(line[0]) != encoding for line in found)


def _line_encoding(line: bytes) -> str | None:
    """The encoding of a line that is not ASCII; None where it is neither, or either."""
    texts: dict[str, str] = {}
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            texts[encoding] = line.decode(encoding)
    if "utf-8" not in texts and _CHINESE.search(line):  # UTF-8, perhaps, with a damaged byte
        texts["utf-8"] = line.decode("utf-8", "replace")
        if "gb18030" not in texts:
            return None
        whole, damaged = _strangeness(texts["gb18030"]), _strangeness(texts["utf-8"])
        return "gb18030" if whole <= damaged else None
    if len(texts) < 2:
        return next(iter(texts), None)
    unusual, other = (_strangeness(text) for text in texts.values())
    if unusual < other or not (unusual or _is_signs(texts["utf-8"])):
        return "utf-8"
    return "gb18030" if other < unusual else None


def _is_signs(text: str) -> bool:
    """Whether all that is not ASCII are signs beside no word: ÷ is 梅 in GB18030."""
    rest = _WORDS.sub("", text)
    return not rest.isascii() and max(rest) < _FIRST_OF_THREE


def _strangeness(text: str) -> int:
    """Characters beyond the 3,755 common ones of GB 2312, those beyond its second level twice.

    Letters of a word are none of them.
    """
    unusual, rare = _strange_characters()
    text = _WORDS.sub("", text)
    return len(unusual(text)) + len(rare(text))


@cache
def _strange_characters() -> tuple[Callable[[str], list[str]], Callable[[str], list[str]]]:
    """Finders of characters outside rows 1–3 and 16–55 of GB 2312, and outside row 87 too."""
    usual = _rows(1, 3) + _rows(16, 55)
    finders = (re.compile(f"[^\0-\x7f{known}]") for known in (usual, usual + _rows(56, 87)))
    unusual, rare = (finder.findall for finder in finders)
    return unusual, rare


def _rows(first: int, last: int) -> str:
    codes = bytes(
        code + 0xA0
        for row in range(first, last + 1)
        for cell in range(1, 95)
        for code in (row, cell)
    )
    return codes.decode("gb2312", "ignore")


def decode(data: bytes) -> DecodedText:
    """Decode as ``line_coding`` says, else line by line.

    A file in which rows of the other encoding were pasted is decoded line by line; a line that is
    neither keeps U+FFFD where bytes were lost.

    Raises:
        UndecodableError: Control characters of binary files, or more lines lost than kept.
    """
    coding = line_coding(data)
    if coding is None:
        raise UndecodableError
    for encoding in coding.encodings:
        try:
            text = coding.data.decode(encoding, coding.errors)
        except UnicodeDecodeError:
            continue
        if coding.errors == "strict" and holds_other_lines(coding.data, encoding):
            break
        return DecodedText(text, encoding)
    return _decode_lines(coding.data)


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
    text = io.StringIO(newline="")
    counts = {"utf-8": 0, "gb18030": 0}
    lost = damaged = lines = 0
    for found in _LINE.finditer(data):
        line = found[0]
        lines += 1
        if line.isascii():
            text.write(line.decode("ascii"))
        elif encoding := _line_encoding(line):
            text.write(line.decode(encoding))
            counts[encoding] += 1
        elif encoding := _encoding_of_pieces(line):
            text.write(_decoded_pieces(line, encoding))
            damaged += 1
        else:
            text.write(line.decode("ascii", "replace"))
            lost += 1
    if lost * 2 > lines:
        raise UndecodableError
    main = max(counts, key=lambda name: counts[name])
    return DecodedText(text.getvalue(), main, tuple(_notes(counts, damaged, lost)))


def _notes(counts: Mapping[str, int], damaged: int, lost: int) -> Iterator[str]:
    """What had to be done to decode some lines."""
    if all(counts.values()):
        utf8, gb = counts["utf-8"], counts["gb18030"]
        yield f"编码混用：{utf8} 行为 UTF-8，{gb} 行为 GB18030，已逐行识别"
    if damaged:
        yield f"{damaged} 行中有损坏的字节，所在的单元格以“{LOST}”代替，请更正后重发"
    if lost:
        yield f"{lost} 行的编码无法确定，以“{LOST}”代替，请统一编码后重发"


def _encoding_of_pieces(line: bytes) -> str | None:
    """The encoding of a line in which cells are damaged; None where the others do not tell."""
    whole: dict[str, list[bytes]] = {}
    for encoding in ("utf-8", "gb18030"):
        pieces = _PIECE.findall(line)
        whole[encoding] = [one for one in pieces if _decoded(one, encoding) is not None]
    likely = max(whole, key=lambda encoding: len(whole[encoding]))
    rest = b",".join(whole[likely])
    if rest.isascii() or len(whole[likely]) == min(map(len, whole.values())):
        return None
    return likely if _line_encoding(rest) == likely else None


def _decoded_pieces(line: bytes, encoding: str) -> str:
    """A line of which the damaged cells hold ``LOST`` for what is not ASCII."""

    def decoded(piece: re.Match[bytes]) -> bytes:
        text = _decoded(piece[0], encoding)
        return (text or piece[0].decode("ascii", "replace")).encode()

    return _PIECE.sub(decoded, line).decode()


def _decoded(piece: bytes, encoding: str) -> str | None:
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError:
        return None
