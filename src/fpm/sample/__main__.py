"""``python -m fpm.sample DIR``: write the sample county that comes with fpm, and its README."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from fpm.model import Period
from fpm.sample.county import make_county
from fpm.sample.oddities import table
from fpm.sample.readme import readme
from fpm.sample.write import FIELD_DIRT, deliveries, write_county

PERSONS: Final = 2900
SEED: Final = 20261031
PERIODS: Final = (Period(2026, 8), Period(2026, 9), Period(2026, 10))


def main(arguments: list[str]) -> int:
    """Write the sample county into the folder named by the only argument."""
    if len(arguments) != 1:
        sys.stderr.write("用法：python -m fpm.sample 文件夹\n")
        return 2
    folder = Path(arguments[0])
    summary = write_county(folder, persons=PERSONS, periods=PERIODS, seed=SEED)
    county = make_county(SEED, PERSONS, PERIODS, FIELD_DIRT)
    lines = table(deliveries(county, county.months[-1]))
    (folder / "README.md").write_text(readme(lines, asdict(summary)), "utf-8")
    sys.stdout.write(f"{summary}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
