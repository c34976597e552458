"""The county summary: one workbook, a sheet a question, the overview first."""

from __future__ import annotations

from typing import Final

import polars as pl

from fpm.model import LEVEL_TITLES, LEVELS, OPEN_STATES, STATE_TITLES
from fpm.publish.book import HEAD_FONT, Book, BookInfo
from fpm.publish.county_alerts import change_rows, held_rows, risk_rows, township_rows, village_rows
from fpm.publish.county_data import (
    department_rows,
    false_links,
    file_rows,
    rate_rows,
    rule_rows,
    status_counts,
    value_rows,
)
from fpm.publish.fill import fill_in
from fpm.publish.publication import Forms, Publication
from fpm.publish.sheet import write_list
from fpm.publish.wording import ROSTER
from fpm.rulebook.describe import reference_rows

LIST: Final = "county_overview"
HELD_LIST: Final = "county_held"
"""Made when something is held back."""
_TOWNSHIPS: Final = "county_townships"
_COLOURS: Final = {"red": "#C0392B", "orange": "#E08E2B", "yellow": "#F2D24B"}
_CHART_ROWS: Final = 18
_FROZEN: Final = {"county_files": 2, "county_rules": 2, _TOWNSHIPS: 1}


def county_sheets(publication: Publication) -> dict[str, pl.DataFrame]:
    """The rows of every sheet by the name of its list in ``workbooks.toml``, in order."""
    townships = township_rows(publication)
    held = held_rows(publication)
    files = file_rows(publication)
    return {
        LIST: overview_rows(publication, files),
        _TOWNSHIPS: townships,
        "county_risks": risk_rows(publication),
        "county_changes": change_rows(publication),
        **({HELD_LIST: held} if held.height else {}),
        "county_villages": village_rows(publication),
        "county_departments": department_rows(publication),
        "county_files": files,
        "county_rules": rule_rows(publication),
        "county_rates": rate_rows(publication),
        "county_values": value_rows(publication),
    }


def county_book(publication: Publication, forms: Forms) -> tuple[bytes, int]:
    """The workbook and how many rows its sheets hold."""
    heading = publication.heading
    sheets = county_sheets(publication)
    specs = forms.workbooks.workbook
    first = fill_in(specs[LIST], heading, {}, sheets[LIST])
    book = Book(BookInfo(heading, first.title, "county"))
    for name, rows in sheets.items():
        write_list(book, fill_in(specs[name], heading, {}, rows))
    townships = sheets[_TOWNSHIPS].height - 1
    if townships:
        _add_chart(book, forms, townships, sheets[LIST].height)
    return book.finish(), sum(rows.height for rows in sheets.values())


def overview_rows(publication: Publication, files: pl.DataFrame) -> pl.DataFrame:
    """The month in some twenty lines: ``section, item, count, note``."""
    rows = [
        *_alert_lines(publication),
        *_duty_lines(publication),
        *_data_lines(publication, files),
        *_rule_lines(publication),
    ]
    schema = {"section": pl.String, "item": pl.String, "count": pl.Int64, "note": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


_Line = tuple[str, str, int, str]


def _alert_lines(publication: Publication) -> list[_Line]:
    alerts = publication.alerts
    opened = alerts.filter(pl.col("state").is_in(OPEN_STATES))
    states = dict(alerts["state"].value_counts().iter_rows())
    people = publication.people.filter(
        pl.col("household_id").is_in(opened["household_id"].to_list())
    ).height
    section = "预警线索"
    notes = {
        "new": "本期首次出现",
        "continuing": "上期已发，尚未反馈",
        "escalated": "级别提高、风险增加、数额明显加重或又有新的反映",
        "overdue": "已过办理期限仍未反馈",
        "held": "超出乡镇每期上限，见“暂缓下发”；以后有空额时最先下发",
        "answered": "乡镇已反馈或已转监测档案，本期不再下发",
        "cleared": "本期数据中不再出现",
    }
    lines = [(section, "发给乡镇的线索（户）", opened.height, by_level(opened))]
    lines += [
        (section, f"　{title}", states.get(state, 0), notes[state])
        for state, title in STATE_TITLES.items()
        if state != "held" or state in states
    ]
    townships = opened["township"].n_unique()
    lines.append((section, "涉及农户人口（人）", people, f"分布在 {townships} 个乡镇"))
    lines.append((section, "村级预警（条）", publication.village_hits.height, "见“村级聚集”"))
    lines.append(
        (section, "信息更正（条）", publication.corrections.height, "花名册可能有误，分乡镇另发")
    )
    return lines


def _duty_lines(publication: Publication) -> list[_Line]:
    """What is due this month: how many townships have not sent it yet, and which."""
    return [
        (
            "本期应报",
            f"{duty.title}：未报乡镇（个）",
            len(duty.missing),
            "、".join(duty.missing) or "各乡镇都已报",
        )
        for duty in publication.duties
    ]


def _data_lines(publication: Publication, files: pl.DataFrame) -> list[_Line]:
    delivered = publication.files.filter(pl.col("department") != ROSTER)
    names = [
        title
        for department, title in publication.departments.items()
        if department in delivered["department"].to_list()
    ]
    counts = status_counts(publication)
    compared = sum(counts.values())
    share = f"匹配率 {counts['confirmed'] / compared:.1%}" if compared else ""
    uneven = int((files["check"] != "相符").sum())
    verdict = "各文件行数全部相符" if not uneven else f"有 {uneven} 处不相符，见“对账”"
    section = "部门数据"
    return [
        (section, "收到部门文件（个）", delivered["file"].n_unique(), "、".join(names)),
        (section, "参加比对的数据行", compared, share),
        (section, "　已匹配", counts["confirmed"], _doubt(publication)),
        (section, "　待核", counts["review"], "见“身份待核.xlsx”"),
        (section, "　未匹配", counts["unmatched"], "农户花名册中没有此人，已列入“部门反馈”"),
        (section, "整行未用", publication.quarantine.height, "内容读不出的行，已列入“部门反馈”"),
        (section, "单元格未用", publication.blanked.height, "行已参加比对，这些格的内容没有采用"),
        (section, "对账不相符", uneven, verdict),
    ]


def _doubt(publication: Publication) -> str:
    expected = publication.records.select(false_links()).item()
    return f"预计其中认错人的约 {expected:.1f} 行，各文件见“对账”"


def _rule_lines(publication: Publication) -> list[_Line]:
    tally = publication.tally
    stopped = int((tally["stopped"].fill_null("") != "").sum())
    unknown = int((tally["unknown"].fill_null(0) > 0).sum())
    values = publication.values
    unset = int(values["value"].is_null().sum())
    reference = reference_rows(values).height
    blank = f"{unset} 个数值没有设定；" if unset else ""
    section = "规则"
    return [
        (section, "运行的规则（项）", tally.height - stopped, "见“分规则”"),
        (section, "停用的规则（项）", stopped, f"{blank}原因见“分规则”" if stopped else ""),
        (section, "有不能判断情形的规则（项）", unknown, "缺少的数据见“分规则”"),
        (section, "使用的参考值（个）", reference, "参数和说法，县里尚未发文，见“数值与停用规则”"),
    ]


def by_level(alerts: pl.DataFrame) -> str:
    """Such as 红色 2 户、橙色 7 户; levels without alerts are left out."""
    counts = dict(alerts["level"].value_counts().iter_rows())
    return "、".join(
        f"{LEVEL_TITLES[level]} {counts[level]} 户" for level in LEVELS if level in counts
    )


def _add_chart(book: Book, forms: Forms, townships: int, lines: int) -> None:
    """Open alerts by township and level, stacked, below the overview."""
    spec = forms.workbooks.workbook[_TOWNSHIPS]
    fields = [column.field for column in spec.columns]
    if not {"township", *LEVELS} <= set(fields):
        return
    first, last = 3, 2 + townships
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for level in LEVELS:
        place = fields.index(level)
        names = fields.index("township")
        chart.add_series(
            {
                "name": LEVEL_TITLES[level],
                "categories": [spec.sheet, first, names, last, names],
                "values": [spec.sheet, first, place, last, place],
                "fill": {"color": _COLOURS[level]},
                "gap": 60,
            }
        )
    font = {"name": HEAD_FONT, "size": 9}
    chart.set_title({"name": "各乡镇未办结线索（户）", "name_font": {**font, "size": 12}})
    chart.set_x_axis({"num_font": font})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    chart.set_y_axis({"num_font": font, "num_format": "0", "min": 0, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 1000, "height": 300})
    overview = forms.workbooks.workbook[LIST]
    sheet = book.workbook.get_worksheet_by_name(overview.sheet)
    below = lines + 4
    sheet.insert_chart(below, 0, chart, {"object_position": 1})
    sheet.print_area(0, 0, below + _CHART_ROWS, len(overview.columns) - 1)
    sheet.fit_to_pages(1, 1)
