"""What the commands do, each by the stages it needs.

The names below, a whole period, load on first use: most commands need one stage or two, and must
not wait for all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpm.pipeline.report import RunReport
    from fpm.pipeline.run import match_period, run_period, warn_period

__all__ = ["RunReport", "match_period", "run_period", "warn_period"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.run"), name)
