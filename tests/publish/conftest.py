"""The small county's lists, written once, and workbooks as text."""

import tomllib
from pathlib import Path

import openpyxl
import pytest
from tests.publish.small_county import PUBLICATION

from fpm.publish import Forms, publish_period
from fpm.rulebook.settings import MeasuresSpec, WorkbooksSpec, WorkflowSpec
from fpm.shipped import shipped_rules

GOLDEN = Path(__file__).parent.parent / "golden"


def toml(name):
    return tomllib.loads((shipped_rules() / name).read_text("utf-8"))


@pytest.fixture(scope="session")
def forms():
    return Forms(
        workbooks=WorkbooksSpec.model_validate(toml("workbooks.toml")),
        workflow=WorkflowSpec.model_validate(toml("workflow.toml")),
        measures=MeasuresSpec.model_validate(
            {
                "measure": [
                    {
                        "risk": "因病",
                        "able": ["健康帮扶：医疗救助", "就业帮扶：公益性岗位"],
                        "unable": ["健康帮扶：医疗救助", "综合保障：低保"],
                    },
                    {
                        "risk": "因学",
                        "able": ["义务教育保障：劝返复学"],
                        "unable": ["义务教育保障：送教上门"],
                    },
                    {
                        "risk": "因安全住房",
                        "able": ["住房安全保障：修缮加固"],
                        "unable": ["住房安全保障：代建"],
                    },
                ]
            }
        ),
    )


@pytest.fixture(scope="session")
def publication():
    return PUBLICATION


@pytest.fixture(scope="session")
def handed_on(tmp_path_factory, publication, forms):
    """The folder of the small county's lists."""
    folder = tmp_path_factory.mktemp("out")
    publish_period(folder, publication, forms)
    return folder


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what the code gives now; review the difference",
    )


@pytest.fixture
def golden(request):
    """Compare text with a file of ``tests/golden``."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert text.splitlines() == path.read_text("utf-8").splitlines()

    return compare


def dump(path: Path) -> str:
    """A workbook as text: what it says and what may be done in it, a line a row or setting.

    ``_`` is a cell to fill in, ``/`` a blank one, ``⏎`` a line break inside a cell.
    """
    book = openpyxl.load_workbook(path)
    lines = [f"{item.name} = {item.value}" for item in book.custom_doc_props.props]
    for sheet in book.worksheets:
        page = sheet.page_setup
        hidden = ",".join(name for name, item in sheet.column_dimensions.items() if item.hidden)
        lines += [
            "",
            f"[{sheet.title}] locked={sheet.protection.sheet} hidden={hidden or '-'}",
            f"freeze={sheet.freeze_panes} repeat={sheet.print_title_rows} {sheet.print_area}",
            f"{page.orientation} paper={page.paperSize} {page.fitToWidth}x{page.fitToHeight} pages",
        ]
        rules = sorted(sheet.data_validations.dataValidation, key=lambda item: str(item.sqref))
        lines += [f"choice {rule.sqref} {rule.type} {rule.formula1}" for rule in rules]
        lines += [" | ".join(_cell(cell) for cell in row).rstrip(" |") for row in sheet.iter_rows()]
    return "\n".join(lines) + "\n"


def _cell(cell) -> str:
    if cell.value is None:
        return "/" if cell.protection.locked else "_"
    assert cell.data_type != "f", f"{cell.coordinate} is a formula"
    if cell.is_date:
        return cell.value.date().isoformat()
    return str(cell.value).replace("\n", "⏎")
