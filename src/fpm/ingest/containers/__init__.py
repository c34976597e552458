"""Bytes of a delivered file → raw sheets, one module a format.

Nothing here imports polars: the workbook part runs in a child process that has to start fast.
"""
