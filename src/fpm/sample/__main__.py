"""``python -m fpm.sample DIR``: write the sample county that comes with fpm."""

from __future__ import annotations

import sys
from pathlib import Path

from fpm.model import Period
from fpm.sample.write import write_county

PERSONS = 3000
SEED = 20261031
PERIODS = (Period(2026, 8), Period(2026, 9), Period(2026, 10))


def main(arguments: list[str]) -> int:
    """Write the sample county into the folder named by the only argument."""
    if len(arguments) != 1:
        sys.stderr.write("用法：python -m fpm.sample 文件夹\n")
        return 2
    summary = write_county(Path(arguments[0]), persons=PERSONS, periods=PERIODS, seed=SEED)
    sys.stdout.write(f"{summary}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
