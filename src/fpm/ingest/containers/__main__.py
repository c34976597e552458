"""Entry of the parsing process (started by ``child.read_in_child``)."""

import sys

from fpm.ingest.containers.child import serve, unlock

sys.exit(unlock() if sys.argv[1] == "unlock" else serve(sys.argv[1]))
