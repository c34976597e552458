-- 台账第 2 版：监测对象（监测档案）的办理经过。

INSERT INTO event_kind (kind, title) VALUES ('case', '监测对象办理');

-- action：open 立案、join 又确认新的风险、advance 办完一步、visit 走访、clear 风险消除、
-- reopen 再次纳入、close 不再办理。step 是办完的那一步；同一编号的各条事件合起来就是一份档案。
CREATE TABLE case_event (
    seq          INTEGER PRIMARY KEY REFERENCES event (seq),
    period       TEXT NOT NULL,
    case_no      TEXT NOT NULL,
    household_id TEXT NOT NULL,
    township     TEXT,
    village      TEXT,
    action       TEXT NOT NULL,
    step         TEXT NOT NULL,
    type         TEXT NOT NULL,
    risks        TEXT NOT NULL,
    alert_no     TEXT,
    done_on      TEXT NOT NULL,
    officer      TEXT,
    note         TEXT,
    recorded_on  TEXT NOT NULL
) STRICT;
CREATE INDEX case_event_by_number ON case_event (case_no, seq);

CREATE VIEW case_event_of_events AS
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
