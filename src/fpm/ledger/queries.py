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
SELECT publication, digest, aside, head
FROM publication WHERE period = ? ORDER BY publication DESC LIMIT 1
"""

# What a publication of a period builds on: the one in force for it, else for the period before.
BASE: Final = """
SELECT publication FROM current_publication WHERE period <= ? ORDER BY period DESC LIMIT 1
"""

SAID: Final = """
SELECT subject, kind, said_in, body FROM said WHERE publication = ? ORDER BY subject
"""

CARRIED: Final = "SELECT said, reads FROM carried"

SOURCES: Final = """
SELECT body FROM event INDEXED BY sources_by_publication
WHERE kind = 'sources' AND json_extract(body, '$.publication') = ?
"""

BASE_OF: Final = "SELECT base FROM publication WHERE publication = ?"

NEXT_PUBLICATION: Final = "SELECT COALESCE(MAX(publication), 0) + 1 FROM publication"

# All numbers of a year lie between the prefix and the prefix with the next character.
LAST_NUMBER: Final = """
SELECT MAX(CAST(substr(json_extract(body, '$.alert_no'), length(?1) + 1) AS INTEGER))
FROM event INDEXED BY alert_said_by_number
WHERE kind = 'alert'
  AND json_extract(body, '$.alert_no') >= ?1 AND json_extract(body, '$.alert_no') < ?1 || ':'
"""

ALERTS: Final = """
SELECT alert_no, household_id, township, village, state, level, risks, first_period, due_date,
       change
FROM alert JOIN current_publication USING (publication)
WHERE period = ?
ORDER BY alert_no
"""

# The first three columns say where the references to records are; the rest is LEDGER_HIT_SCHEMA.
HITS: Final = """
SELECT alert_no, place, hit.sources,
       hit.rule_id, hit.kind, hit.scope, hit.person_id, household_id, township, village,
       hit.level, hit.risk, hit.evidence,
       hit.measure, alert_no, hit.hit_state, hit.spoken_measure
FROM hit
JOIN alert USING (publication, alert_no)
WHERE publication = ?
ORDER BY alert_no, place
"""

HITS_BEFORE: Final = """
SELECT household_id, rule_id, person_id, period, hit_state, spoken_measure
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
    WHERE period = ?2 AND state IN ('new', 'held')
)
ORDER BY source, publication DESC, alert_no
"""

# An answer is about the hits that were on the list it was written on, with their amounts then. A
# list published again is taken as it was sent last with that alert. Only of households that are
# asked about; CROSS JOIN keeps the order of the tables, from the few to the many.
ANSWERS: Final = """
WITH number AS MATERIALIZED (
    SELECT DISTINCT json_extract(body, '$.alert_no') AS alert_no
    FROM json_each(?3) AS asked
    CROSS JOIN event INDEXED BY alert_said_by_household
    WHERE kind = 'alert' AND json_extract(body, '$.household_id') = asked.value
), answered AS MATERIALIZED (
    SELECT feedback.seq, feedback.alert_no, feedback.period, result, received_on,
           MAX(listing.publication) AS publication
    FROM number
    CROSS JOIN feedback ON feedback.alert_no = number.alert_no
    CROSS JOIN publication ON publication.period = feedback.period
    CROSS JOIN listing ON listing.publication = publication.publication
                      AND listing.subject = feedback.alert_no
    WHERE feedback.period < ?1 AND received_on <= ?2
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
  AND hit.hit_state IN ('new', 'continuing', 'worsened', 'returned', 'standing')
ORDER BY answered.period, answered.seq, place
"""

HOUSEHOLDS: Final = """
SELECT DISTINCT json_extract(body, '$.household_id') FROM event WHERE kind = 'alert'
UNION
SELECT DISTINCT json_extract(body, '$.household_id') FROM event WHERE kind = 'case'
"""

MOVES: Final = """
SELECT move.period, was, household_id, person_was, person_id
FROM move JOIN current_publication USING (publication)
WHERE move.period <= ?
ORDER BY move.period, seq
"""

LISTED: Final = """
SELECT 1 FROM publication JOIN listing USING (publication) WHERE subject = ? AND period = ? LIMIT 1
"""

FEEDBACK: Final = """
SELECT alert_no, period, result, visited_on, officer, findings, policies, measures, received_on
FROM feedback ORDER BY seq
"""

IS_RECORDED: Final = "SELECT 1 FROM feedback WHERE alert_no = ? AND period = ? AND digest = ?"

DECISIONS: Final = """
SELECT identity, person_id, decided_by, json_extract(event.body, '$.against') AS against
FROM decision JOIN event USING (seq)
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
           FROM event AS said INDEXED BY alert_said_by_number
           CROSS JOIN publication AS other
           WHERE other.period = said.period AND said.kind = 'alert'
             AND json_extract(said.body, '$.alert_no') = +alert.alert_no
             AND said.period <= publication.period
             AND json_extract(said.body, '$.state') IN ('new', 'escalated')
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

CASE_EVENTS_OF: Final = """
SELECT period, case_no, household_id, township, village, action, step, type, risks, alert_no,
       done_on, officer, note, seq, recorded_on
FROM case_event
WHERE +period < ?1 AND recorded_on <= ?2 AND seq IN (
    SELECT event.seq
    FROM json_each(?3) AS asked
    CROSS JOIN event INDEXED BY case_by_number
    WHERE event.kind = 'case' AND json_extract(event.body, '$.case_no') = asked.value
)
ORDER BY seq
"""

# Whose a case is, as its first event says; where it stands, by its last one.
CASES: Final = """
SELECT opened.period, last.case_no, opened.household_id, last.action, last.step
FROM (
    SELECT MIN(seq) AS opened, MAX(seq) AS last FROM event
    WHERE kind = 'case' AND period < ? AND recorded_on <= ?
    GROUP BY json_extract(body, '$.case_no')
) AS each
JOIN case_event AS opened ON opened.seq = each.opened
JOIN case_event AS last ON last.seq = each.last
ORDER BY last.case_no
"""

LAST_CASE: Final = """
SELECT MAX(CAST(substr(json_extract(body, '$.case_no'), length(?1) + 1) AS INTEGER))
FROM event INDEXED BY case_by_number
WHERE kind = 'case'
  AND json_extract(body, '$.case_no') >= ?1 AND json_extract(body, '$.case_no') < ?1 || ':'
"""

# The latest answer on each list entry, once for each rule that spoke on it.
ANSWERED_RULES: Final = """
WITH entry AS MATERIALIZED (
    SELECT MAX(seq) AS seq, alert_no, period, (
        SELECT MAX(listing.publication)
        FROM publication JOIN listing USING (publication)
        WHERE publication.period = feedback.period AND listing.subject = feedback.alert_no
    ) AS publication
    FROM feedback
    WHERE period >= ? AND period < ? AND received_on <= ?
    GROUP BY alert_no, period
)
SELECT entry.alert_no, entry.period, alert.township, hit.rule_id, hit.level, feedback.result,
       MAX(CASE WHEN hit.hit_state <> 'standing' THEN hit.measure END) AS measure
FROM entry
CROSS JOIN feedback ON feedback.seq = entry.seq
CROSS JOIN alert ON alert.publication = entry.publication AND alert.alert_no = entry.alert_no
CROSS JOIN hit ON hit.publication = entry.publication AND hit.alert_no = entry.alert_no
WHERE hit.kind = 'alert'
  AND hit.hit_state IN ('new', 'continuing', 'worsened', 'returned', 'standing')
GROUP BY entry.alert_no, entry.period, hit.rule_id, hit.level
ORDER BY entry.alert_no, entry.period, hit.rule_id, hit.level
"""

FEEDBACK_ABOUT: Final = """
SELECT alert_no, period, result, visited_on, officer, findings, policies, measures, received_on
FROM json_each(?) AS asked CROSS JOIN feedback ON alert_no = asked.value
ORDER BY seq
"""

HANDED_ON: Final = """
SELECT path, recipient, row_count, people, rules, sha256, handed_on
FROM handing_on WHERE period = ? ORDER BY seq
"""

HANDED_ON_HASHES: Final = """
SELECT path, recipient, sha256 FROM handing_on WHERE period = ? ORDER BY seq
"""

ACCEPTANCES: Final = """
SELECT "check", files, message, reason, accepted_by, accepted_on FROM acceptance WHERE period = ?
"""
