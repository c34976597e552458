"""Decode a long text in a process beside this one, which has the frames to build.

Decoding takes as long as all other work, and Python does only one such thing at a time in a
process. A block is written as its length and its bytes; a length of 0 and one more byte end the
stream.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from fpm.ingest.containers.blocks import IrregularTextError, TextForm, utf8_blocks
from fpm.ingest.containers.process import command, environment, widen

_LENGTH: Final = 8
_WHOLE: Final = b"\x06"
_ENDS: Final = {False: "lines", True: "returns"}
"""How the other process is told what ends a line."""


def recoded_blocks(stream: BinaryIO, form: TextForm, size: int) -> Iterator[bytes]:
    """Read a text as ``utf8_blocks`` does, in another process.

    Args:
        stream: A file without a buffer; it is read from where it stands.
        form: How it is written.
        size: Bytes of a block, about.

    Raises:
        IrregularTextError: It cannot be read so.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        command("recode", form.encoding, _ENDS[form.returns], str(size)),
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as process:
        answer = cast("BinaryIO", process.stdout)
        widen(answer)
        try:
            while length := int.from_bytes(answer.read(_LENGTH)):
                yield answer.read(length)
            if answer.read() != _WHOLE:
                raise IrregularTextError
        finally:
            process.kill()


def serve_recoding(encoding: str, ends: str, size: int) -> int:
    """Do the other process's part, from standard input to standard output."""
    written = sys.stdout.buffer
    ending = _WHOLE
    form = TextForm(encoding, returns=ends == _ENDS[True])
    try:
        for parts in utf8_blocks(sys.stdin.buffer, form, size):
            written.write(sum(map(len, parts)).to_bytes(_LENGTH))
            written.writelines(parts)
    except (IrregularTextError, UnicodeDecodeError):
        ending = b""
    written.write(bytes(_LENGTH) + ending)
    written.flush()
    return 0
