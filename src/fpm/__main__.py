"""``python -m fpm`` and the ``fpm`` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from fpm.cli.app import run  # noqa: PLC0415  (the console is loaded only when it is used)

    run()


if __name__ == "__main__":
    main()
