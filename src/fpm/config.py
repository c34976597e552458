"""``fpm.toml``: what an office sets for its workspace."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, PositiveFloat, PositiveInt, ValidationError

from fpm.errors import WorkspaceError
from fpm.ingest.limits import DEFAULT_LIMITS, MIB, Limits
from fpm.rulebook.base import Spec, Title

CONFIG: Final = "fpm.toml"
NO_DIVISION: Final = "000000"
"""The division of a workspace that does not say which county it is for: nobody lives there."""

_TEXT: Final = """\
# fpm 工作区设置
county = "{county}"
# 县级行政区划代码，6 位；按县→市→省→全国的顺序取规则参数
division = "{division}"
# 规则库所在文件夹
rules = "rules"
# 下发的表里证件号码只留前 6 位和后 4 位；确需完整号码时改为 false
mask_ids = true
# 个别文件太大、在默认限度内读不了时，去掉 # 再调大
# [limits]
# 一个文件最多读多少秒
# seconds = {limits.seconds:g}
# 解析它的进程最多用多少 MB 内存
# memory_mb = {limits.memory_mb}
# 文件最大多少 MB；行列不整齐的文本和工作簿要整个读入，限度较小
# file_mb = {limits.file_mb}
# whole_mb = {limits.whole_mb}
# 一张工作表最多多少格，空格也算
# cells = {limits.cells}
"""


class LimitsConfig(Spec):
    """What one delivered file may use of the machine, where that is not what fpm ships."""

    seconds: PositiveFloat = DEFAULT_LIMITS.seconds
    memory_mb: PositiveInt = DEFAULT_LIMITS.memory_bytes // MIB
    file_mb: PositiveInt = DEFAULT_LIMITS.file_bytes // MIB
    whole_mb: PositiveInt = DEFAULT_LIMITS.whole_bytes // MIB
    cells: PositiveInt = DEFAULT_LIMITS.cells

    @property
    def of_a_file(self) -> Limits:
        """The limits that reading knows, with these among them."""
        return replace(
            DEFAULT_LIMITS,
            seconds=self.seconds,
            memory_bytes=self.memory_mb * MIB,
            file_bytes=self.file_mb * MIB,
            whole_bytes=self.whole_mb * MIB,
            cells=self.cells,
        )


class WorkspaceConfig(Spec):
    """The keys of ``fpm.toml``."""

    county: Title
    division: Annotated[str, Field(pattern=r"^\d{6}$")]
    rules: Title = "rules"
    mask_ids: bool = True
    limits: LimitsConfig = LimitsConfig()


def new_config(county: str, division: str) -> str:
    """The text of ``fpm.toml`` for a new workspace."""
    return _TEXT.format(county=county, division=division, limits=LimitsConfig())


def read_config(root: Path) -> WorkspaceConfig:
    """The settings of the workspace at ``root``.

    Raises:
        WorkspaceError: there is no usable ``fpm.toml``.
    """
    path = root / CONFIG
    if not path.is_file():
        raise WorkspaceError(
            f"“{root}”不是工作区（没有 {CONFIG}），请先运行 fpm init，或用 -w 指定工作区"
        )
    try:
        return WorkspaceConfig.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{CONFIG} 不是有效的 TOML 文件：{error}") from error
    except ValidationError as error:
        keys = "、".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise WorkspaceError(f"{CONFIG} 中这些项缺失、写错或不认识：{keys}") from error
