"""Workbooks that open with a password: made readable in a process of their own.

The work is done by msoffcrypto-tool (the extra ``fpm[encrypt]``); what it gives is a workbook like
any other. Passwords go through a pipe: never through arguments, which other users can see.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from fpm.ingest.containers.process import command, environment
from fpm.ingest.containers.sniff import ProtectedError, TooSlowError, UnreadableError
from fpm.ingest.limits import Limits

HOW_TO_OPEN: Final = "请去掉密码后重发，或用 --ask-password、--password-file 给出密码"
_UNASKED: Final = "VelvetSweatshop"
"""With this one Excel encrypts what is only protected against writing; it opens unasked."""
_REFUSED: Final = 3
_PROTECTED: Final = 4


def unlocked(data: bytes, passwords: Sequence[str], limits: Limits) -> bytes:
    """The workbook inside an encrypted one, by the first password that fits.

    Raises:
        ProtectedError: No password, or none that fits.
        TooSlowError: There is no time left.
        UnreadableError: Damaged or too large, or the extra is not installed.
    """
    tried = [*passwords, _UNASKED]
    spoken = json.dumps({"passwords": tried, "limits": asdict(limits)}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command("unlock"),
            input=spoken + b"\n" + data,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise TooSlowError from error
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == _PROTECTED:
        raise ProtectedError(said)
    if done.returncode == _REFUSED:
        raise UnreadableError(said)
    if done.returncode != 0:
        raise UnreadableError("设有打开密码，解密时出错，文件可能已损坏；请去掉密码后重发")
    return done.stdout


def serve_unlock(data: bytes, passwords: Sequence[str]) -> int:
    """Do the child's part: the workbook to standard output, or a reason to standard error."""
    try:
        sys.stdout.buffer.write(_decrypted(data, passwords))
    except ProtectedError as error:
        sys.stderr.write(str(error))
        return _PROTECTED
    except UnreadableError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    sys.stdout.buffer.flush()
    return 0


def _decrypted(data: bytes, passwords: Sequence[str]) -> bytes:
    try:
        import msoffcrypto  # noqa: PLC0415 - an extra
        from msoffcrypto.exceptions import (  # noqa: PLC0415
            DecryptionError,
            FileFormatError,
            InvalidKeyError,
            ParseError,
        )
    except ImportError as error:
        if passwords == [_UNASKED]:
            raise ProtectedError(f"设有打开密码，{HOW_TO_OPEN}") from error
        raise UnreadableError(
            "设有打开密码，解密要先安装附加组件（pip install 'fpm[encrypt]'）；或请去掉密码后重发"
        ) from error
    for password in passwords:
        with contextlib.suppress(InvalidKeyError, DecryptionError):
            try:
                office = msoffcrypto.OfficeFile(io.BytesIO(data))
                office.load_key(password=password)
                plain = io.BytesIO()
                office.decrypt(plain)
            except (FileFormatError, ParseError) as error:
                raise UnreadableError(
                    "设有打开密码，但文件已损坏或加密方式不能识别；请去掉密码后重发"
                ) from error
            return plain.getvalue()
    if passwords == [_UNASKED]:
        raise ProtectedError(f"设有打开密码，{HOW_TO_OPEN}")
    raise ProtectedError("设有打开密码，给出的密码都不对，请核对后再运行")
