"""Steady property tests: no deadline, since a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, max_examples=20)
settings.load_profile("steady")
