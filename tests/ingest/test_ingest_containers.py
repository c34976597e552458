"""Files of every format, told by content; what is no table is refused in one sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
import xlwt

from fpm.errors import FileRefusedError
from ingest.builders import HEADERS, ID_A, ID_B, person

DIBAO = ("civil_affairs", "dibao")
ROWS = [list(HEADERS), person(), person("李四", ID_B, amount=1200.5)]
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def xlsx_bytes(rows=ROWS):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("东山乡")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def xls_bytes(rows=ROWS):
    book = xlwt.Workbook()
    sheet = book.add_sheet("东山乡")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods_bytes(rows=ROWS):
    def cell(value):
        if isinstance(value, int | float):
            return (
                f'<table:table-cell office:value-type="float" office:value="{value}">'
                f"<text:p>{value}</text:p></table:table-cell>"
            )
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}>'
        '<office:body><office:spreadsheet><table:table table:name="东山乡">'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zip_bytes({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def html_bytes(rows=ROWS, encoding="utf-8"):
    body = "".join(
        "<tr>" + "".join(f"<td x:str>{value}</td>" for value in row) + "</tr>" for row in rows
    )
    text = f"<html><head><style>td{{}}</style></head><body><table>{body}</table></body></html>"
    return text.encode(encoding)


def xml_2003_bytes(rows=ROWS, encoding="utf-8", doctype=""):
    def cell(value):
        kind = "Number" if isinstance(value, int | float) else "String"
        return f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    lines = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{doctype}'
        '<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="东山乡"><Table>{lines}</Table></Worksheet></Workbook>'
    )
    return text.encode(encoding)


def dbf_bytes(rows=ROWS, deleted=()):
    names = [str(name).encode("gb18030")[:10] for name in rows[0]]
    widths = [20] * len(names)
    head = b"".join(
        name.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
        for name, width in zip(names, widths, strict=True)
    )
    size = 1 + sum(widths)
    start = struct.pack("<B3sIHH20x", 3, b"\x7e\x0a\x1f", len(rows) - 1, 33 + len(head), size)
    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(str(value).encode("gb18030").ljust(20) for value in row)
        for number, row in enumerate(rows[1:])
    )
    return start + head + b"\r" + body + b"\x1a"


def zip_bytes(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in members.items():
            parts.writestr(name, content)
    return stream.getvalue()


def gbk_named(data, ascii_name, name):
    """Chinese Windows writes member names in GBK, without the flag for UTF-8."""
    raw = name.encode("gb18030")
    assert len(raw) == len(ascii_name)
    return data.replace(ascii_name.encode(), raw)


def repacked(data, change, without=()):
    """The zip with the content of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        members = {
            name: change(name, parts.read(name)) for name in parts.namelist() if name not in without
        }
    return zip_bytes(members)


def strict_bytes():
    def change(_, content):
        for old, new in STRICT.items():
            content = content.replace(old, new)
        return content

    return repacked(xlsx_bytes(), change)


FORMATS = {
    "xlsx": xlsx_bytes(),
    "strict": strict_bytes(),
    "xls": xls_bytes(),
    "ods": ods_bytes(),
    "html": html_bytes(),
    "html-gbk": html_bytes(encoding="gb18030"),
    "xml2003": xml_2003_bytes(),
    "xml2003-gbk": xml_2003_bytes(encoding="gb2312"),
    "dbf": dbf_bytes(),
}


@pytest.mark.parametrize("suffix", ["xls", "xlsx", "csv", "et", "dat"])
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_told_by_content_whatever_its_suffix(read, tmp_path, kind, suffix):
    path = tmp_path / f"低保.{suffix}"
    path.write_bytes(FORMATS[kind])
    records = read(path).records[DIBAO]
    assert records["name"].to_list() == ["张三", "李四"]
    assert records["id_number"].to_list() == [ID_A, ID_B]
    assert records["amount"].to_list() == [Decimal("350.00"), Decimal("1200.50")]
    assert records["row"].to_list() == [2, 3]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "xml2003"])
def test_a_number_typed_id_stays_visibly_damaged(read, tmp_path, kind):
    rows = [list(HEADERS), person(id_number=999901198802083711), person(id_number=123456789012345)]
    builders = {"xlsx": xlsx_bytes, "xls": xls_bytes, "ods": ods_bytes, "xml2003": xml_2003_bytes}
    path = tmp_path / "低保.xlsx"
    path.write_bytes(builders[kind](rows))
    numbers = read(path).records[DIBAO]["id_number"].to_list()
    assert numbers == ["9.99901198802084E+17", "123456789012345"]


def test_a_zip_is_read_member_by_member(read, tmp_path):
    text = ",".join(HEADERS) + "\n" + ",".join(map(str, person("王五"))) + "\n"
    members = {
        "报送/东山低保.xlsx": xlsx_bytes(),
        "westdiba.csv": text.encode("gb18030"),
        "__MACOSX/x": b"x",
    }
    path = tmp_path / "十月.zip"
    path.write_bytes(gbk_named(zip_bytes(members), "westdiba", "西河低保"))
    reading = read(path)
    records = reading.records[DIBAO]
    assert records.select("sheet", "name").rows() == [
        ("东山低保.xlsx/东山乡", "张三"),
        ("东山低保.xlsx/东山乡", "李四"),
        ("西河低保.csv", "王五"),
    ]
    assert reading.files["records"].to_list() == [2, 1]


def test_a_document_inside_a_zip_is_named_and_passed_over(read, tmp_path):
    path = tmp_path / "十月.zip"
    path.write_bytes(zip_bytes({"低保.xlsx": xlsx_bytes(), "说明.pdf": b"%PDF-1.7"}))
    reading = read(path)
    assert reading.records[DIBAO].height == 2
    assert [sheet.sheet for sheet in reading.sheets] == ["低保.xlsx/东山乡", "说明.pdf"]
    assert any("PDF" in note for note in reading.sheets[1].notes)


def test_deleted_dbf_records_are_left_out_and_said_so(read, tmp_path):
    path = tmp_path / "低保.dbf"
    path.write_bytes(dbf_bytes(deleted={0}))
    reading = read(path)
    assert reading.records[DIBAO]["name"].to_list() == ["李四"]
    assert any("删除标记" in note for note in reading.sheets[0].notes)


def test_html_spans_keep_columns_in_place(read, tmp_path):
    head = (
        "<tr><td colspan=7>样例县低保名单</td></tr>"
        "<tr>" + "".join(f"<th>{name}</th>" for name in HEADERS) + "</tr>"
    )
    first = "<tr><td rowspan=2>东山乡</td>" + "".join(f"<td>{v}" for v in person()[1:]) + "</tr>"
    second = "<tr>" + "".join(f"<td>{v}</td>" for v in person("李四", ID_B)[1:]) + "</tr>"
    path = tmp_path / "低保.xls"
    path.write_text(f"<table>{head}{first}{second}</table>", encoding="utf-8")
    records = read(path).records[DIBAO]
    assert records.select("village", "name", "row").rows() == [
        ("王家村", "张三", 3),
        ("王家村", "李四", 4),
    ]


def ole_bytes(stream_name):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream_name.encode("utf-16-le")


def nested_zip(depth):
    data = zip_bytes({"b.csv": "x"})
    for _ in range(depth - 1):
        data = zip_bytes({"a.zip": data})
    return data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空文件"),
        (b"\x00" * 5000, "空文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (ole_bytes("EncryptedPackage"), "密码"),
        (ole_bytes("WordDocument"), "Word"),
        (ole_bytes("VisioDocument"), "不是 Excel"),
        (ole_bytes("Workbook"), "损坏"),
        (xlsx_bytes()[:3000], "损坏"),
        (zip_bytes({"word/document.xml": "<a/>", "[Content_Types].xml": "<a/>"}), "Word"),
        (zip_bytes({"[Content_Types].xml": "<a/>"}), "缺少工作簿"),
        (nested_zip(4), "太多层压缩包"),
        (zip_bytes({}), "没有文件"),
        (b"<?xml version='1.0'?><note/>", "XML"),
        (xml_2003_bytes(doctype='<!DOCTYPE a [<!ENTITY x "y">]>'), "DTD"),
        (xml_2003_bytes()[:-40], "损坏"),
        (b"<html><body>no table</body></html>", "没有表格"),
        (b"MIME-Version: 1.0\r\n", "网页归档"),
        (dbf_bytes()[:300], "不完整：应有 2 条记录"),
        (b"\x09\x02\x06\x00" + bytes(100), "很旧"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(read, tmp_path, data, reason):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(data)
    with pytest.raises(FileRefusedError, match=reason) as refused:
        read(path)
    message = str(refused.value)
    assert message.startswith("文件“低保.xlsx”：")
    assert "\n" not in message


def sheet_changed(old, new):
    def change(name, content):
        return content.replace(old, new) if name == "xl/worksheets/sheet1.xml" else content

    return repacked(xlsx_bytes(), change)


@pytest.mark.parametrize("prolog", [b"<!DOCTYPE x>", b'<!-- <a> --><!DOCTYPE x [<!ENTITY y "z">]>'])
def test_a_dtd_in_a_workbook_part_is_refused(read, tmp_path, prolog):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(sheet_changed(b"<worksheet", prolog + b"<worksheet"))
    with pytest.raises(FileRefusedError, match="DTD"):
        read(path)


@pytest.mark.parametrize(
    ("part", "reason"),
    [("xl/worksheets/sheet1.xml", "缺少工作表“东山乡”"), ("xl/sharedStrings.xml", "缺少文字部件")],
)
def test_a_missing_part_is_noticed(read, tmp_path, part, reason):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(repacked(xlsx_bytes(), lambda _, content: content, without=(part,)))
    with pytest.raises(FileRefusedError, match=reason):
        read(path)


@pytest.mark.parametrize("declared", [b"A1", b"A1:XFD1048576", b"Z99"])
def test_a_declared_dimension_is_not_believed(read, tmp_path, declared):
    data = sheet_changed(b'<dimension ref="A1:G3"/>', b'<dimension ref="' + declared + b'"/>')
    path = tmp_path / "低保.xlsx"
    path.write_bytes(data)
    assert read(path).records[DIBAO].height == 2


def test_hidden_rows_and_columns_are_read_and_said_so(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["E"].hidden = True
    book.save(path)
    reading = read(path)
    assert reading.records[DIBAO].height == 2
    notes = "".join(reading.sheets[0].notes)
    assert "隐藏行（第 3 行" in notes
    assert "隐藏列（E" in notes


def test_error_values_and_uncalculated_formulas_are_not_blank(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([*ROWS, person("赵六")]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("F2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("F4", "=300+50", None, 350)
    reading = read(path)
    assert reading.quarantine.select("cell", "code", "value").rows() == [
        ("F2", "error_cell", "#DIV/0!")
    ]
    amounts = dict(reading.records[DIBAO].select("name", "amount").rows())
    assert amounts["赵六"] == Decimal("350.00")


def test_a_formula_whose_result_is_no_text_is_blank(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    path.write_bytes(
        sheet_changed(
            b'<c r="F2"><v>350</v></c>', b'<c r="F2" t="str"><f>IF(TRUE,"")</f><v></v></c>'
        )
    )
    reading = read(path)
    assert reading.quarantine.is_empty()
    assert reading.records[DIBAO]["amount"].to_list() == [None, Decimal("1200.50")]


def test_a_formula_saved_without_its_result_is_set_aside(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active["F2"] = "=300+50"
    book.save(path)
    assert read(path).quarantine.select("cell", "code").rows() == [("F2", "error_cell")]


def test_days_of_a_1904_workbook(read, tmp_path):
    path = tmp_path / "低保.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, person(started=44836))
    days = read(path).records[DIBAO]["started_on"].to_list()
    assert [day.isoformat() for day in days] == ["2026-10-03"]
