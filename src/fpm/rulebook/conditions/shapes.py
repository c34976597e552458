"""What sqlglot reads in a condition: it is shown the kinds of the words, never the words.

So no name can mean anything special to it, and conditions of one shape are parsed once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from fpm.rulebook.conditions.words import KEYWORDS

if TYPE_CHECKING:
    from sqlglot.expressions import Expr
    from sqlglot.parser import Parser
    from sqlglot.tokenizer_core import TokenType

_REMEMBERED: Final = 2048
"""The thousand conditions of a rule book have some hundred shapes."""

_TYPES: Final = {word: word for word in KEYWORDS} | {
    "NAME": "VAR",
    "QUOTED": "IDENTIFIER",
    "NUMBER": "NUMBER",
    "TEXT": "STRING",
    "(": "L_PAREN",
    ")": "R_PAREN",
    ",": "COMMA",
    "=": "EQ",
    "<>": "NEQ",
    "<": "LT",
    "<=": "LTE",
    ">": "GT",
    ">=": "GTE",
    "||": "DPIPE",
    "+": "PLUS",
    "-": "DASH",
    "*": "STAR",
    "/": "SLASH",
    "%": "MOD",
}
"""Kind of word → what sqlglot calls it."""
_SHOWN: Final = {"NUMBER": "1", "TEXT": ""}
"""What it is shown for a number and a text; for all else the kind itself."""


class ShapeError(ValueError):
    """sqlglot can read no further than the word of this number (from 0)."""

    def __init__(self, word: int) -> None:
        """Keep the number."""
        self.word = word
        super().__init__(word)


@lru_cache(_REMEMBERED)
def read_shape(kinds: tuple[str, ...]) -> Expr | None:
    """The tree sqlglot makes of words of these kinds; nobody changes it.

    Brackets that are written bear a remark; sqlglot puts more of them into its tree.

    Raises:
        ShapeError: these words do not make one condition.
    """
    # imported here: ``fpm --help`` does not need it
    from sqlglot.errors import ParseError  # noqa: PLC0415
    from sqlglot.expressions import Condition  # noqa: PLC0415
    from sqlglot.tokenizer_core import Token  # noqa: PLC0415

    types = _types()
    shown = [
        Token(types[kind], _SHOWN.get(kind, kind), col=number, comments=[kind] * (kind == "("))
        for number, kind in enumerate(kinds)
    ]
    try:
        trees = _parser().parse_into(Condition, shown)
    except ParseError as error:
        raise ShapeError(error.errors[0]["col"]) from error
    if not trees:
        raise ShapeError(0)
    return trees[0]


@cache
def _parser() -> Parser:
    from sqlglot.parser import Parser  # noqa: PLC0415

    return Parser()


@cache
def _types() -> dict[str, TokenType]:
    from sqlglot.tokenizer_core import TokenType  # noqa: PLC0415

    return {kind: TokenType[name] for kind, name in _TYPES.items()}
