"""What happens to numbers on their way into a list, with the name of each mishap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from numpy.random import Generator

from .words import any_of


def _edited(number: str, dice: Generator) -> str:
    place = int(dice.integers(6, 17))
    return (
        number[:place]
        + str((int(number[place]) + int(dice.integers(1, 10))) % 10)
        + number[place + 1 :]
    )


def _transposed(number: str, dice: Generator) -> str:
    places = [place for place in range(6, 16) if number[place] != number[place + 1]]
    place = any_of(dice, places)
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


def _digit_lost(number: str, dice: Generator) -> str:
    place = int(dice.integers(6, 17))
    return number[:place] + number[place + 1 :]


def _as_float(number: str, dice: Generator) -> str:
    del dice
    return (
        f"{round(int(number[:17] + '5') / 1000) * 1000}"
        if number[-1] == "X"
        else f"{number[:15]}000"
    )


def _scientific(number: str, dice: Generator) -> str:
    return f"{float(number[:17] + '0'):.{any_of(dice, (5, 5, 2, 8, 11))}E}"


def masked(number: str, dice: Generator) -> str:
    """Stars over the birth date, or over all but both ends."""
    return (
        f"{number[:6]}********{number[14:]}",
        f"{number[:10]}****{number[14:]}",
        f"{number[:3]}***********{number[14:]}",
    )[int(dice.choice(3, p=[0.5, 0.3, 0.2]))]


NUMBERS: Final[dict[str, tuple[float, Callable[[str, Generator], str]]]] = {
    "none": (2.2, lambda _, dice: any_of(dice, ("", "", "无", "不详"))),
    "edited": (1.3, _edited),
    "transposed": (0.7, _transposed),
    "digit lost": (0.5, _digit_lost),
    "x lost": (0.4, lambda number, _: number[:17] if number[-1] == "X" else number),
    "float": (0.7, _as_float),
    "scientific": (0.6, _scientific),
    "masked": (0.8, masked),
    "15 digits": (0.5, lambda number, _: number[:6] + number[8:17]),
    "cut": (0.2, lambda number, dice: number[: int(dice.integers(8, 16))]),
}
"""How often of all mishaps to numbers, and what each does."""

FORMS: Final[tuple[Callable[[str], str], ...]] = (
    lambda number: number.lower() if "X" in number else f" {number}",
    lambda number: f"'{number}",
    lambda number: f"{number[:6]} {number[6:14]} {number[14:]}",
    lambda number: number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
    lambda number: f'="{number}"',
    lambda number: f"{number}\t",
)
"""Ways to write a number that cleaning undoes."""
