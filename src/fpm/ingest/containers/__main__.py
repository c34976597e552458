"""Entry of the parsing process (started by ``child``) and of the one that decrypts."""

import sys

from fpm.ingest.containers.serve import serve, unlock

sys.exit(unlock() if sys.argv[1:] == ["unlock"] else serve())
