"""Text cells → typed values, one module a type.

Every module offers ``value(text) -> Expr``, null where the text cannot be read, and where a reason
can be told, ``trouble(text) -> Expr`` with a code of ``fpm.ingest.quarantine``. ``text`` is never
blank: callers pass nulls through untouched.
"""
