"""``fpm match ROSTER EXTRACT…``: any tables, outside of a workspace, Chinese or not."""

from fpm.pipeline.tables.match import TableMatch, TableRequest, match_tables

__all__ = ["TableMatch", "TableRequest", "match_tables"]
