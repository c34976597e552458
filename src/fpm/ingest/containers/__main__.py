"""Entry of the parsing process (started by ``child.read_in_child``)."""

import sys

from fpm.ingest.containers.child import serve

sys.exit(serve(sys.argv[1]))
