"""Entry of the processes that work on foreign bytes: each loads only what it needs."""

import sys


def _main(words: list[str]) -> int:
    if words[:1] == ["recode"]:
        from fpm.ingest.containers.recoding import serve_recoding  # noqa: PLC0415 - as above

        _, encoding, ends, size = words
        return serve_recoding(encoding, ends, int(size))
    from fpm.ingest.containers.serve import serve, unlock  # noqa: PLC0415 - as above

    return unlock() if words == ["unlock"] else serve()


sys.exit(_main(sys.argv[1:]))
