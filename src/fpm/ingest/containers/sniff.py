"""What a delivered file is, by its content; its suffix is not looked at."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final, Literal

Kind = Literal["workbook", "archive", "html", "spreadsheet_xml", "dbf", "text"]


class UnreadableError(Exception):
    """The bytes cannot be read or trusted; the message says why and what to do."""


class ProtectedError(UnreadableError):
    """The bytes are a workbook that opens with a password."""


class TooSlowError(UnreadableError):
    """The time for one file is spent; trying in another way would take as long again."""

    def __init__(self) -> None:
        super().__init__(
            "没有在限定的秒数内读完，已停止；请拆分或另存为 xlsx 后重发，"
            "确需读入的请在 fpm.toml 的 [limits] 中调大 seconds"
        )


class TooFarError(UnreadableError):
    """A sheet has cells too far from each other; without the blank ones it may be read."""


class NoTableError(UnreadableError):
    """The bytes are a known kind of file that holds no table: a document, a picture, nothing."""


_BLANK: Final = b"\x00 \t\r\n\xef\xbb\xbf\xfe\xff"
"""Blanks and byte-order marks."""
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF8: Final = b"\x09\x08\x10\x00\x00\x06\x05\x00"
"""Beginning of the workbook stream: a BOF record of 16 bytes, version 6, globals."""
_FILEPASS: Final = 0x2F
_FIRST_RECORDS: Final = 3
_OLD_EXCEL: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_RESAVE: Final = "请另存为 xlsx 再发"
_REFUSED: Final = (
    (b"%PDF", "是 PDF 文件，请发原始表格"),
    (b"\x89PNG", "是图片，请发原始表格"),
    (b"\xff\xd8\xff", "是图片，请发原始表格"),
    (b"GIF8", "是图片，请发原始表格"),
    (b"II*\x00", "是图片，请发原始表格"),
    (b"MM\x00*", "是图片，请发原始表格"),
    (b"\x00\x01\x00\x00Standard ", "是 Access 数据库文件，请导出为 xlsx 或 csv 再发"),
    (b"Rar!", "是 RAR 压缩包，请解压后发表格，或改用 zip"),
    (b"7z\xbc\xaf", "是 7z 压缩包，请解压后发表格，或改用 zip"),
    (b"\x1f\x8b", "是 gz 压缩包，请解压后发表格，或改用 zip"),
    (b"SQLite format 3", "是数据库文件，请导出为 xlsx 或 csv 再发"),
    (b"\x7fELF", "是程序，不是表格"),
    (b"MZ\x90", "是程序，不是表格"),
    (b"{\\rtf", f"是 RTF 文档，{_RESAVE}"),
    (b"ID;PWXL", f"是 SYLK 格式，{_RESAVE}"),
    (b"ID;PSCALC", f"是 SYLK 格式，{_RESAVE}"),
    (b"TABLE\r\n0,1", f"是 DIF 格式，{_RESAVE}"),
    (b"TABLE\n0,1", f"是 DIF 格式，{_RESAVE}"),
)
_SPREADSHEET_XML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_HEAD_BYTES: Final = 65_536
_DBF_TYPES: Final = b"CNFLDMGPIYTBOVWQ@+0"
_PARTS_OF_OTHERS: Final = (
    ("word/", "是 Word 文档，请把表格存为 xlsx 再发"),
    ("ppt/", "是演示文稿，请把表格存为 xlsx 再发"),
    ("ofd.xml", "是 OFD 版式文件，请发原始表格"),
)
"""How names of parts begin in zips that are no workbooks."""
_MANIFEST: Final = "META-INF/manifest.xml"
_MANIFEST_BYTES: Final = 1 << 20
_UTF16: Final = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
"""How a text begins that is UTF-16, with and without a mark."""


def sniff(data: bytes) -> Kind:
    """Tell what the bytes are.

    Raises:
        UnreadableError: Something known that is no table, or an encrypted workbook.
    """
    if not data[:_HEAD_BYTES].strip(_BLANK) and not data.strip(_BLANK):
        raise NoTableError("是空文件，请重新导出")
    if data.startswith(_ZIP):
        return _sniff_zip(data)
    if data.startswith(_OLE):
        return _sniff_ole(data)
    for mark, reason in _REFUSED:
        if data.startswith(mark):
            raise NoTableError(reason)
    if _is_picture(data):
        raise NoTableError("是图片，请发原始表格")
    if _is_json(data):
        raise NoTableError("是 JSON 数据，请导出为 xlsx 或 csv 再发")
    if data.startswith(_OLD_EXCEL):
        raise UnreadableError(f"是很旧的 Excel 格式，{_RESAVE}")
    return _sniff_marked_up(data) or ("dbf" if _is_dbf(data) else "text")


def unpacked_bytes(data: bytes) -> int:
    """Size of the content: of the parts as a zip declares them, else of the bytes themselves."""
    if not data.startswith(_ZIP):
        return len(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return len(data) + sum(info.file_size for info in parts.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return len(data)


def _is_picture(data: bytes) -> bool:
    """Pictures whose mark is not at the very start or could begin a text."""
    is_bmp = data.startswith(b"BM") and data[6:10] == bytes(4)
    return is_bmp or data[8:12] == b"WEBP" or data[4:12] in {b"ftypheic", b"ftypmif1"}


def _is_json(data: bytes) -> bool:
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return re.match(rb'(?:\[\s*)?\{\s*"|\[\s*\[', head) is not None


def _sniff_zip(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
            encrypted = any(info.flag_bits & 1 for info in parts.infolist())
            kind, manifest = (
                parts.open(name).read(_MANIFEST_BYTES) if name in names and not encrypted else b""
                for name in ("mimetype", _MANIFEST)
            )
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        EOFError,
        zlib.error,
    ) as error:
        raise UnreadableError(f"压缩结构已损坏或不完整，请用原软件打开后{_RESAVE[1:]}") from error
    if encrypted:
        return "archive"
    if b"encryption-data" in manifest:
        raise UnreadableError("是设有密码的 ods 表格，不能解密，请去掉密码或另存为 xlsx 再发")
    return _kind_of_parts({name.replace("\\", "/").lower().strip("/") for name in names}, kind)


def _kind_of_parts(names: set[str], mimetype: bytes) -> Kind:
    if "xl/workbook.xml" in names:
        return "workbook"
    if "xl/workbook.bin" in names:  # the parser passes over kinds of cells, and error values
        raise UnreadableError(f"是二进制的 Excel 工作簿（xlsb），{_RESAVE}")
    if _is_ods(names):
        if any(word in mimetype for word in (b"opendocument.text", b"opendocument.presentation")):
            raise NoTableError("是文字文档，请把表格存为 xlsx 再发")
        return "workbook"
    if b"opendocument.spreadsheet" in mimetype:
        raise UnreadableError(f"缺少工作簿部件，文件不完整，{_RESAVE}")
    for start, reason in _PARTS_OF_OTHERS:
        if any(name.startswith(start) for name in names):
            raise NoTableError(reason)
    if any(name.startswith("index/") and name.endswith(".iwa") for name in names):
        raise NoTableError(f"是 Numbers 表格，{_RESAVE}")
    if "[content_types].xml" in names:
        raise UnreadableError(f"缺少工作簿部件，文件不完整，{_RESAVE}")
    return "archive"


def _is_ods(names: set[str]) -> bool:
    return "content.xml" in names and bool({"mimetype", _MANIFEST.lower()} & names)


def _sniff_ole(data: bytes) -> Kind:
    """An OLE container names its streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise ProtectedError("设有打开密码")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        if _opens_with_password(data):
            raise ProtectedError("设有打开密码")
        return "workbook"
    if "WordDocument".encode("utf-16-le") in data:
        raise NoTableError("是 Word 文档，请把表格存为 xlsx 再发")
    raise UnreadableError(f"不是 Excel 或 WPS 表格，或已损坏不完整，{_RESAVE}")


def _opens_with_password(data: bytes) -> bool:
    """One of the first records of a BIFF8 stream says that the rest is encrypted (FILEPASS)."""
    at = data.find(_BIFF8)
    for _ in range(_FIRST_RECORDS if at >= 0 else 0):
        kind, size = int.from_bytes(data[at : at + 2], "little"), data[at + 2 : at + 4]
        if kind == _FILEPASS:
            return True
        at += 4 + int.from_bytes(size, "little")
    return False


def _sniff_marked_up(data: bytes) -> Kind | None:
    """HTML and XML that call themselves xls."""
    head = data[:_HEAD_BYTES]
    for mark, encoding in _UTF16.items():
        if head.startswith(mark):
            head = head.decode(encoding, "ignore").lstrip("\ufeff").encode()
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"mime-version:"):
        raise NoTableError(f"是网页归档文件，{_RESAVE}")
    if not head.startswith(b"<"):
        return None
    if _SPREADSHEET_XML in head:
        return "spreadsheet_xml"
    if re.search(rb"<(?:!doctype html|html|table|body|head|meta|style|div|tr)(?![\w:-])", head):
        return "html"
    if b"urn:oasis:names:tc:opendocument" in head:
        raise UnreadableError(f"是不压缩的 ods 格式（fods），{_RESAVE}")
    raise NoTableError(f"是 XML 文件，但不是 Excel 的 XML 表格，{_RESAVE}")


def _is_dbf(data: bytes) -> bool:
    """Version byte, and a header of whole field entries that end with a CR."""
    if len(data) < 65 or data[0] not in b"\x02\x03\x04\x05\x30\x31\x32\x43\x83\x8b\xcb\xf5\xfb":
        return False
    if data[2] > 12 or data[3] > 31:  # the day it was written; a text that starts with a C has none
        return False
    header = int.from_bytes(data[8:10], "little")
    size = int.from_bytes(data[10:12], "little")
    return (
        64 < header <= len(data)
        and size > 1
        and b"\x0d" in data[64 : header + 1]
        and data[43] in _DBF_TYPES
    )
