"""A county and its lists by a second generator, written without reading the matcher.

Its people, names, places and mishaps, and the tables behind them, share nothing with the county of
the folder above nor with ``fpm sample``: what holds on both does not hold because of one of them.
"""
