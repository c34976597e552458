"""Every question fpm asks the ledger, in one place."""

from __future__ import annotations

from typing import Final

EVENTS: Final = "SELECT seq, kind, period, recorded_on, body, hash FROM event ORDER BY seq"

LAST_EVENT: Final = """
SELECT seq, kind, period, recorded_on, body, previous, hash FROM event ORDER BY seq DESC LIMIT 1
"""

APPEND: Final = """
INSERT INTO event (seq, kind, period, recorded_on, body, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""

PERIODS: Final = "SELECT period FROM current_publication ORDER BY period"

PERIOD_BEFORE: Final = """
SELECT period FROM current_publication WHERE period < ? ORDER BY period DESC LIMIT 1
"""

PERIOD_AFTER: Final = """
SELECT period FROM current_publication WHERE period > ? ORDER BY period LIMIT 1
"""

ISSUED_ON: Final = "SELECT MIN(issued_on) FROM publication WHERE period = ?"

CURRENT: Final = """
SELECT digest, head FROM publication WHERE period = ? ORDER BY publication DESC LIMIT 1
"""

NEXT_PUBLICATION: Final = "SELECT COALESCE(MAX(publication), 0) + 1 FROM publication"

LAST_NUMBER: Final = """
SELECT MAX(CAST(substr(alert_no, ?) AS INTEGER)) FROM alert WHERE substr(alert_no, 1, ?) = ?
"""

ALERTS: Final = """
SELECT alert_no, household_id, township, village, state, level, risks, first_period, due_date,
       change
FROM alert JOIN current_publication USING (publication)
WHERE period = ?
ORDER BY alert_no
"""

HITS: Final = """
SELECT said.rule_id, said.kind, said.scope, said.person_id, household_id, township, village,
       said.level, said.risk, said.evidence, said.sources, said.measure, alert_no, said.hit_state,
       said.spoken_measure
FROM hit_of_events AS said
JOIN alert USING (publication, alert_no)
JOIN current_publication USING (publication)
WHERE said.period = ?
ORDER BY alert_no, place
"""

HITS_BEFORE: Final = """
SELECT household_id, rule_id, person_id, hit_state, spoken_measure
FROM hit
JOIN alert USING (publication, alert_no)
JOIN current_publication USING (publication)
WHERE period = ? AND kind = 'alert'
ORDER BY alert_no, place
"""

# Numbers given out for the period before (whatever it says now), newest first, then those that the
# next published period gave out: a household that is found a month earlier keeps the number that
# its township has in hand.
ISSUED: Final = """
SELECT household_id, alert_no
FROM (
    SELECT household_id, alert_no, 0 AS source, publication
    FROM alert JOIN publication USING (publication)
    WHERE period = ?1 AND state <> 'cleared'
    UNION ALL
    SELECT household_id, alert_no, 1, publication
    FROM alert JOIN current_publication USING (publication)
    WHERE period = ?2 AND state = 'new'
)
ORDER BY source, publication DESC, alert_no
"""

# An answer is about the hits that were on the list it was written on, with their amounts then. A
# list published again is taken as it was sent last with that alert. CROSS JOIN keeps the order of
# the tables: from the few answers to their hits, never through all hits.
ANSWERS: Final = """
WITH answered AS MATERIALIZED (
    SELECT feedback.seq, feedback.alert_no, feedback.period, result, received_on,
           MAX(publication) AS publication
    FROM feedback
    JOIN publication ON publication.period = feedback.period
    JOIN alert USING (publication, alert_no)
    WHERE feedback.period < ? AND received_on <= ?
    GROUP BY feedback.seq
)
SELECT household_id, rule_id, person_id, risk, answered.alert_no, answered.period, result, measure,
       received_on
FROM answered
CROSS JOIN alert
CROSS JOIN hit
WHERE alert.publication = answered.publication AND alert.alert_no = answered.alert_no
  AND hit.publication = answered.publication AND hit.alert_no = answered.alert_no
  AND hit.kind = 'alert'
  AND hit.hit_state IN ('new', 'continuing', 'worsened', 'returned')
ORDER BY answered.period, answered.seq, place
"""

LISTED: Final = """
SELECT 1 FROM alert JOIN publication USING (publication) WHERE alert_no = ? AND period = ? LIMIT 1
"""

FEEDBACK: Final = """
SELECT alert_no, period, result, visited_on, officer, findings, policies, measures, received_on
FROM feedback ORDER BY seq
"""

FEEDBACK_DIGESTS: Final = "SELECT digest FROM feedback"

DECISIONS: Final = """
SELECT identity, person_id, decided_by
FROM decision
WHERE seq IN (SELECT MAX(seq) FROM decision GROUP BY identity)
ORDER BY identity
"""

# Every alert that was put to a township in some months, once for each seal it was sent under: a
# period that was published twice sent its lists twice. since: the day the township was last asked
# anew, before which no visit can answer.
LISTED_IN: Final = """
SELECT alert_no, publication.period, head, issued_on, household_id, township, village, state, level,
       risks, due_date, (
           SELECT MAX(other.issued_on)
           FROM alert AS earlier JOIN publication AS other USING (publication)
           WHERE earlier.alert_no = alert.alert_no
             AND other.period <= publication.period
             AND earlier.state IN ('new', 'escalated')
       ) AS since
FROM alert JOIN publication USING (publication)
WHERE publication.period IN (SELECT value FROM json_each(?))
  AND state IN ('new', 'continuing', 'escalated', 'overdue')
ORDER BY alert_no, publication.period, publication
"""

CASE_EVENTS: Final = """
SELECT period, case_no, household_id, township, village, action, step, type, risks, alert_no,
       done_on, officer, note, seq, recorded_on
FROM case_event
WHERE period < ? AND recorded_on <= ?
ORDER BY seq
"""

LAST_CASE: Final = """
SELECT MAX(CAST(substr(case_no, ?) AS INTEGER)) FROM case_event WHERE substr(case_no, 1, ?) = ?
"""

# The latest answer on each list entry, once for each rule that spoke on it.
ANSWERED_RULES: Final = """
SELECT DISTINCT entry.alert_no, entry.period, alert.township, hit.rule_id, hit.level, entry.result
FROM (
    SELECT feedback.alert_no, feedback.period, feedback.result, (
        SELECT MAX(publication)
        FROM alert JOIN publication USING (publication)
        WHERE alert.alert_no = feedback.alert_no AND publication.period = feedback.period
    ) AS publication
    FROM feedback
    WHERE seq IN (
        SELECT MAX(seq) FROM feedback WHERE period >= ? AND period < ? AND received_on <= ?
        GROUP BY alert_no, period
    )
) AS entry
JOIN alert USING (publication, alert_no)
JOIN hit USING (publication, alert_no)
WHERE hit.kind = 'alert'
  AND hit.hit_state IN ('new', 'continuing', 'worsened', 'returned')
ORDER BY entry.alert_no, entry.period, hit.rule_id, hit.level
"""

FEEDBACK_ABOUT: Final = """
SELECT alert_no, period, result, visited_on, officer, findings, policies, measures, received_on
FROM feedback
WHERE alert_no IN (SELECT value FROM json_each(?))
ORDER BY seq
"""
