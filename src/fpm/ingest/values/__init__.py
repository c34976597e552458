"""Text cells → typed values, one module a type.

Every module offers a parser, null where the text cannot be read, and where a reason can be told,
``trouble(text)`` with a code of ``fpm.ingest.quarantine``. Those that take several steps read a
series, the others are expressions. ``text`` is never blank: callers pass nulls through untouched.
"""
