-- 台账第 3 版：一期清单只写与上一次不同的说法；由事件推出的表改为视图，不再把内容存第二遍。

INSERT INTO event_kind (kind, title) VALUES
    ('case_hit', '监测对象本期命中，归入其档案'),
    ('place_hit', '村或乡镇的命中，归县级'),
    ('sources', '一期清单各条命中的数据出处'),
    ('move', '户编号变动：分户、并户、重新编号'),
    ('handing_on', '发出的表'),
    ('acceptance', '人工放行的检查');

DROP TABLE hit;
DROP TABLE alert;
DROP TABLE feedback;
DROP TABLE decision;
DROP TABLE case_event;
DROP VIEW alert_of_events;
DROP VIEW hit_of_events;
DROP VIEW feedback_of_events;
DROP VIEW decision_of_events;
DROP VIEW case_event_of_events;
DROP VIEW publication_of_events;

DROP INDEX event_by_period;
CREATE INDEX event_by_kind ON event (kind, period);
CREATE INDEX alert_said_by_number ON event (json_extract(body, '$.alert_no')) WHERE kind = 'alert';
CREATE INDEX alert_said_by_household ON event (json_extract(body, '$.household_id'))
WHERE kind = 'alert';
CREATE INDEX sources_by_publication ON event (json_extract(body, '$.publication'))
WHERE kind = 'sources';
CREATE INDEX move_by_publication ON event (json_extract(body, '$.publication')) WHERE kind = 'move';
CREATE INDEX feedback_by_number ON event (json_extract(body, '$.alert_no'), period)
WHERE kind = 'feedback';
CREATE INDEX decision_by_identity ON event (json_extract(body, '$.identity'))
WHERE kind = 'decision';
CREATE INDEX case_by_number ON event (json_extract(body, '$.case_no')) WHERE kind = 'case';

-- base：这次发布以哪一次发布为底，没有写到的照底数；为空表示全部写出（第 2 版以前都是）。
-- aside：监测对象和村级命中的校验值；为空表示当时不记这些。
ALTER TABLE publication ADD COLUMN base INTEGER
    REFERENCES publication (publication) CHECK (base < publication);
ALTER TABLE publication ADD COLUMN aside TEXT;

CREATE VIEW publication_of_events AS
SELECT json_extract(body, '$.publication') AS publication,
       seq,
       period,
       json_extract(body, '$.issued_on') AS issued_on,
       json_extract(body, '$.digest') AS digest,
       json_extract(body, '$.alerts') AS alerts,
       hash AS head,
       json_extract(body, '$.base') AS base,
       json_extract(body, '$.aside') AS aside
FROM event
WHERE kind = 'publication';

-- 每次发布里有哪些说法：subject 是线索编号，或“case:户编号”“place:乡镇/村”，said 是说它的那条事件。
-- 本次没有说的取底数的 listing，所以从第一次发布起逐次可核。
CREATE TABLE listing (
    publication INTEGER NOT NULL REFERENCES publication (publication),
    subject     TEXT NOT NULL,
    said        INTEGER NOT NULL REFERENCES event (seq),
    PRIMARY KEY (publication, subject)
) STRICT, WITHOUT ROWID;

-- 底数里不再沿用的：没有了，或者这次另有说法。
CREATE TABLE departure (
    publication INTEGER NOT NULL REFERENCES publication (publication),
    subject     TEXT NOT NULL,
    PRIMARY KEY (publication, subject)
) STRICT, WITHOUT ROWID;

CREATE VIEW departure_of_events AS
SELECT publication.publication AS publication, each.value AS subject, publication.seq AS seq
FROM publication
JOIN event ON event.seq = publication.seq, json_each(event.body, '$.dropped') AS each;

-- 一次发布的说法排在它的封口事件之前，上一次发布的封口事件之后。
CREATE VIEW listing_of_events AS
SELECT publication.publication AS publication,
       CASE event.kind
           WHEN 'alert' THEN json_extract(event.body, '$.alert_no')
           WHEN 'case_hit' THEN 'case:' || json_extract(event.body, '$.household_id')
           ELSE 'place:' || COALESCE(json_extract(event.body, '$.township'), '')
               || '/' || COALESCE(json_extract(event.body, '$.village'), '')
       END AS subject,
       event.seq AS said,
       publication.seq AS seq
FROM publication
JOIN event ON event.seq < publication.seq AND event.seq > (
    SELECT COALESCE(MAX(earlier.seq), 0) FROM publication AS earlier
    WHERE earlier.publication = publication.publication - 1
)
WHERE event.kind IN ('alert', 'case_hit', 'place_hit')
UNION ALL
SELECT publication.publication, listing.subject, listing.said, publication.seq
FROM publication
JOIN listing ON listing.publication = publication.base
WHERE NOT EXISTS (
    SELECT 1 FROM departure
    WHERE departure.publication = publication.publication AND departure.subject = listing.subject
);

-- 前一期说的话在后一期没有再说时怎么读：上月“新增”的，这月是“持续”。
CREATE TABLE carried (
    said  TEXT PRIMARY KEY,
    reads TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO carried (said, reads) VALUES
    ('new', 'continuing'),
    ('escalated', 'continuing'),
    ('worsened', 'continuing'),
    ('returned', 'continuing');

CREATE VIEW said AS
SELECT listing.publication AS publication,
       listing.subject AS subject,
       publication.period AS period,
       event.seq AS seq,
       event.kind AS kind,
       event.period AS said_in,
       event.body AS body,
       event.period < publication.period AS is_carried
FROM listing
JOIN publication ON publication.publication = listing.publication
JOIN event ON event.seq = listing.said;

CREATE VIEW alert AS
SELECT publication,
       subject AS alert_no,
       json_extract(body, '$.household_id') AS household_id,
       json_extract(body, '$.township') AS township,
       json_extract(body, '$.village') AS village,
       COALESCE(carried.reads, json_extract(body, '$.state')) AS state,
       json_extract(body, '$.level') AS level,
       json_extract(body, '$.risks') AS risks,
       json_extract(body, '$.first_period') AS first_period,
       json_extract(body, '$.due_date') AS due_date,
       CASE WHEN is_carried THEN '' ELSE json_extract(body, '$.change') END AS change
FROM said
LEFT JOIN carried ON is_carried AND carried.said = json_extract(body, '$.state')
WHERE kind = 'alert';

-- spoken_measure：这条命中上一次让乡镇去看时的数额，之后的增长从它算起。
-- sources：第 2 版以前写在这里；以后写在 sources 事件里。
CREATE VIEW hit AS
SELECT publication,
       subject AS alert_no,
       CAST(each.key AS INTEGER) AS place,
       json_extract(each.value, '$.rule_id') AS rule_id,
       json_extract(each.value, '$.kind') AS kind,
       json_extract(each.value, '$.scope') AS scope,
       json_extract(each.value, '$.person_id') AS person_id,
       json_extract(each.value, '$.level') AS level,
       json_extract(each.value, '$.risk') AS risk,
       json_extract(each.value, '$.evidence') AS evidence,
       json_extract(each.value, '$.sources') AS sources,
       json_extract(each.value, '$.measure') AS measure,
       COALESCE(carried.reads, json_extract(each.value, '$.hit_state')) AS hit_state,
       json_extract(each.value, '$.spoken_measure') AS spoken_measure
FROM said
JOIN json_each(body, '$.hits') AS each
LEFT JOIN carried ON is_carried AND carried.said = json_extract(each.value, '$.hit_state')
WHERE said.kind = 'alert';

-- 不下发乡镇的命中：监测对象的归档案（household_id 不空），村和乡镇的归县级。
CREATE VIEW aside_hit AS
SELECT publication,
       subject,
       CAST(each.key AS INTEGER) AS place,
       json_extract(body, '$.household_id') AS household_id,
       json_extract(body, '$.township') AS township,
       json_extract(body, '$.village') AS village,
       json_extract(each.value, '$.rule_id') AS rule_id,
       json_extract(each.value, '$.kind') AS kind,
       json_extract(each.value, '$.scope') AS scope,
       json_extract(each.value, '$.person_id') AS person_id,
       json_extract(each.value, '$.level') AS level,
       json_extract(each.value, '$.risk') AS risk,
       json_extract(each.value, '$.evidence') AS evidence,
       json_extract(each.value, '$.measure') AS measure
FROM said
JOIN json_each(body, '$.hits') AS each
WHERE said.kind <> 'alert';

-- period 是反馈所填的那一期清单，不是收到反馈的月份。
CREATE VIEW feedback AS
SELECT seq,
       json_extract(body, '$.digest') AS digest,
       json_extract(body, '$.alert_no') AS alert_no,
       period,
       json_extract(body, '$.result') AS result,
       json_extract(body, '$.visited_on') AS visited_on,
       json_extract(body, '$.officer') AS officer,
       json_extract(body, '$.findings') AS findings,
       json_extract(body, '$.policies') AS policies,
       json_extract(body, '$.measures') AS measures,
       recorded_on AS received_on
FROM event
WHERE kind = 'feedback';

CREATE TRIGGER feedback_recorded_once BEFORE INSERT ON event
WHEN NEW.kind = 'feedback' AND EXISTS (
    SELECT 1 FROM feedback
    WHERE alert_no = json_extract(NEW.body, '$.alert_no') AND period = NEW.period
      AND digest = json_extract(NEW.body, '$.digest')
)
BEGIN SELECT RAISE(ABORT, '同一条反馈只记一次'); END;

-- identity 是部门记录里“这是谁”的内容；person_id 为空表示“都不是”。同一 identity 以后一条为准。
CREATE VIEW decision AS
SELECT seq,
       json_extract(body, '$.identity') AS identity,
       json_extract(body, '$.person_id') AS person_id,
       json_extract(body, '$.decided_by') AS decided_by,
       recorded_on AS decided_on
FROM event
WHERE kind = 'decision';

CREATE VIEW case_event AS
SELECT seq,
       period,
       json_extract(body, '$.case_no') AS case_no,
       json_extract(body, '$.household_id') AS household_id,
       json_extract(body, '$.township') AS township,
       json_extract(body, '$.village') AS village,
       json_extract(body, '$.action') AS action,
       json_extract(body, '$.step') AS step,
       json_extract(body, '$.type') AS type,
       json_extract(body, '$.risks') AS risks,
       json_extract(body, '$.alert_no') AS alert_no,
       json_extract(body, '$.done_on') AS done_on,
       json_extract(body, '$.officer') AS officer,
       json_extract(body, '$.note') AS note,
       recorded_on
FROM event
WHERE kind = 'case';

-- 户编号变动：was 是原户编号，household_id 是现在的；person_was、person_id 是人编号，为空表示整户。
CREATE VIEW move AS
SELECT json_extract(body, '$.publication') AS publication,
       seq,
       period,
       json_extract(body, '$.was') AS was,
       json_extract(body, '$.household_id') AS household_id,
       json_extract(body, '$.person_was') AS person_was,
       json_extract(body, '$.person_id') AS person_id
FROM event
WHERE kind = 'move';

CREATE VIEW handing_on AS
SELECT seq,
       period,
       json_extract(body, '$.path') AS path,
       json_extract(body, '$.recipient') AS recipient,
       json_extract(body, '$.rows') AS row_count,
       json_extract(body, '$.people') AS people,
       json_extract(body, '$.rules') AS rules,
       json_extract(body, '$.sha256') AS sha256,
       recorded_on AS handed_on
FROM event
WHERE kind = 'handing_on';

CREATE VIEW acceptance AS
SELECT seq,
       period,
       json_extract(body, '$.check') AS "check",
       json_extract(body, '$.files') AS files,
       json_extract(body, '$.message') AS message,
       json_extract(body, '$.reason') AS reason,
       json_extract(body, '$.accepted_by') AS accepted_by,
       json_extract(body, '$.accepted_on') AS accepted_on
FROM event
WHERE kind = 'acceptance';

-- 已有的发布全部写出，逐条列入。
INSERT INTO listing (publication, subject, said)
SELECT publication, subject, said FROM listing_of_events;
