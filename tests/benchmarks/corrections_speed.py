"""CPU seconds for the corrections of 4,000 households over the five exports.

    python tests/benchmarks/corrections_speed.py --households 4000

Writes a county of clean households with violations between (those of ``tests/rules``), and checks
it in a process of its own (``corrections_check.py``): all that this process takes is counted. The
modules are compiled before, as by an installation.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rules.exports import house, write_exports
from rules.plants import PLANTS

CHECK = Path(__file__).with_name("corrections_check.py")


def main() -> None:
    """Write the county and have it checked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--households", type=int, default=4000)
    count = options.parse_args().households
    kinds = ("lifted", "open", "gone", "lifted_open")
    houses = [house(kinds[number % 4], number + 1) for number in range(count)]
    for home, plant in zip(houses[::2], PLANTS * 10, strict=False):
        plant.violations[0](home)
    with tempfile.TemporaryDirectory() as folder:
        paths = write_exports(Path(folder), houses).values()
        command = [sys.executable, str(CHECK), *map(str, paths)]
        compiled = {"PYTHONPYCACHEPREFIX": f"{folder}/compiled", "PYTHONDONTWRITEBYTECODE": ""}
        for output in (subprocess.DEVNULL, None):
            subprocess.run(command, check=True, env={**os.environ, **compiled}, stdout=output)


if __name__ == "__main__":
    main()
