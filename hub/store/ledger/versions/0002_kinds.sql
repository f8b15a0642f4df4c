-- When a case waits for planning again, without anybody telling more: a hold window ends, the day of a move comes.
ALTER TABLE cases ADD replan_at timestamptz;
CREATE INDEX cases_replan ON cases (replan_at) WHERE replan_at IS NOT NULL;

-- Sentences for people: why other councils are asked than those of the day on which it happened. Null: they are the same.
ALTER TABLE plan ADD notes jsonb;
