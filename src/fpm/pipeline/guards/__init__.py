"""What was delivered, questioned before anything is made of it: wrong size, month or county stops.

Every check looks at one extract kind or one file of it and gives one ``GuardResult``. What stops
the run can be accepted by a person, who gives a reason; the acceptance is kept with the period
and holds as long as the same files are delivered.
"""

from fpm.pipeline.guards.period import Given, question_period
from fpm.pipeline.guards.results import CHECKS, GUARD_SCHEMA, Acceptance

__all__ = ["CHECKS", "GUARD_SCHEMA", "Acceptance", "Given", "question_period"]
