-- 台账第 1 版：只增不改的事件，加上由事件推出的表。
-- 推导写成视图 <表>_of_events；表只是视图的存放处，verify 用视图重新算一遍来核对。

CREATE TABLE event_kind (
    kind  TEXT PRIMARY KEY,
    title TEXT NOT NULL
) STRICT;

INSERT INTO event_kind (kind, title) VALUES
    ('publication', '发布一期清单'),
    ('alert', '一户的预警线索'),
    ('feedback', '乡镇核实反馈'),
    ('decision', '身份待核的人工结论');

-- previous 是上一事件的 hash，hash 由本事件全部内容和 previous 算出：改动、删除、插入、调换都会断链。
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL REFERENCES event_kind (kind),
    period      TEXT NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'),
    recorded_on TEXT NOT NULL CHECK (date(recorded_on) = recorded_on),
    body        TEXT NOT NULL CHECK (json_valid(body)),
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX event_by_period ON event (period, kind);

CREATE TRIGGER event_kept_unchanged BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, '台账事件只增不改'); END;

CREATE TRIGGER event_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, '台账事件只增不删'); END;

CREATE TRIGGER event_follows_the_last BEFORE INSERT ON event
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, '台账事件必须接在最后一条之后'); END;

-- 一期清单的一次发布；同一期后一次发布取代前一次（前一次仍在）。
-- head 是封口事件的 hash，印在发出的每张表上；issued_on 是这一期清单第一次发出的日子。
CREATE TABLE publication (
    publication INTEGER PRIMARY KEY,
    seq         INTEGER NOT NULL UNIQUE REFERENCES event (seq),
    period      TEXT NOT NULL,
    issued_on   TEXT NOT NULL,
    digest      TEXT NOT NULL,
    alerts      INTEGER NOT NULL,
    head        TEXT NOT NULL
) STRICT;
CREATE INDEX publication_by_period ON publication (period, publication);

CREATE VIEW publication_of_events AS
SELECT json_extract(body, '$.publication') AS publication,
       seq,
       period,
       json_extract(body, '$.issued_on') AS issued_on,
       json_extract(body, '$.digest') AS digest,
       json_extract(body, '$.alerts') AS alerts,
       hash AS head
FROM event
WHERE kind = 'publication';

CREATE VIEW current_publication AS
SELECT period, MAX(publication) AS publication FROM publication GROUP BY period;

CREATE TABLE alert (
    publication  INTEGER NOT NULL REFERENCES publication (publication),
    alert_no     TEXT NOT NULL,
    household_id TEXT NOT NULL,
    township     TEXT,
    village      TEXT,
    state        TEXT NOT NULL,
    level        TEXT NOT NULL,
    risks        TEXT NOT NULL,
    first_period TEXT NOT NULL,
    due_date     TEXT NOT NULL,
    change       TEXT NOT NULL,
    PRIMARY KEY (publication, alert_no),
    UNIQUE (publication, household_id)
) STRICT;
CREATE INDEX alert_by_number ON alert (alert_no);
CREATE INDEX alert_by_household ON alert (household_id);

CREATE VIEW alert_of_events AS
SELECT json_extract(body, '$.publication') AS publication,
       json_extract(body, '$.alert_no') AS alert_no,
       json_extract(body, '$.household_id') AS household_id,
       json_extract(body, '$.township') AS township,
       json_extract(body, '$.village') AS village,
       json_extract(body, '$.state') AS state,
       json_extract(body, '$.level') AS level,
       json_extract(body, '$.risks') AS risks,
       json_extract(body, '$.first_period') AS first_period,
       json_extract(body, '$.due_date') AS due_date,
       json_extract(body, '$.change') AS change,
       seq
FROM event
WHERE kind = 'alert';

-- spoken_measure：这条命中上一次让乡镇去看时的数额，之后的增长从它算起。
-- 依据文字和数据出处占地方，只存在事件里，要看时由视图 hit_of_events 取出。
CREATE TABLE hit (
    publication    INTEGER NOT NULL,
    alert_no       TEXT NOT NULL,
    place          INTEGER NOT NULL,
    rule_id        TEXT NOT NULL,
    kind           TEXT NOT NULL,
    scope          TEXT NOT NULL,
    person_id      TEXT,
    level          TEXT NOT NULL,
    risk           TEXT,
    measure        REAL,
    hit_state      TEXT NOT NULL,
    spoken_measure REAL,
    PRIMARY KEY (publication, alert_no, place),
    FOREIGN KEY (publication, alert_no) REFERENCES alert (publication, alert_no)
) STRICT;

CREATE VIEW hit_of_events AS
SELECT json_extract(event.body, '$.publication') AS publication,
       json_extract(event.body, '$.alert_no') AS alert_no,
       each.key AS place,
       json_extract(each.value, '$.rule_id') AS rule_id,
       json_extract(each.value, '$.kind') AS kind,
       json_extract(each.value, '$.scope') AS scope,
       json_extract(each.value, '$.person_id') AS person_id,
       json_extract(each.value, '$.level') AS level,
       json_extract(each.value, '$.risk') AS risk,
       json_extract(each.value, '$.evidence') AS evidence,
       json_extract(each.value, '$.sources') AS sources,
       json_extract(each.value, '$.measure') AS measure,
       json_extract(each.value, '$.hit_state') AS hit_state,
       json_extract(each.value, '$.spoken_measure') AS spoken_measure,
       event.seq AS seq,
       event.period AS period
FROM event, json_each(event.body, '$.hits') AS each
WHERE event.kind = 'alert';

-- period 是反馈所填的那一期清单，不是收到反馈的月份。
CREATE TABLE feedback (
    seq         INTEGER PRIMARY KEY REFERENCES event (seq),
    digest      TEXT NOT NULL UNIQUE,
    alert_no    TEXT NOT NULL,
    period      TEXT NOT NULL,
    result      TEXT NOT NULL,
    visited_on  TEXT,
    officer     TEXT,
    findings    TEXT,
    policies    TEXT,
    measures    TEXT,
    received_on TEXT NOT NULL
) STRICT;
CREATE INDEX feedback_by_alert ON feedback (alert_no, period);

CREATE VIEW feedback_of_events AS
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

-- identity 是部门记录里“这是谁”的内容；person_id 为空表示“都不是”。同一 identity 以后一条为准。
CREATE TABLE decision (
    seq        INTEGER PRIMARY KEY REFERENCES event (seq),
    identity   TEXT NOT NULL,
    person_id  TEXT,
    decided_by TEXT,
    decided_on TEXT NOT NULL
) STRICT;
CREATE INDEX decision_by_identity ON decision (identity, seq);

CREATE VIEW decision_of_events AS
SELECT seq,
       json_extract(body, '$.identity') AS identity,
       json_extract(body, '$.person_id') AS person_id,
       json_extract(body, '$.decided_by') AS decided_by,
       recorded_on AS decided_on
FROM event
WHERE kind = 'decision';
