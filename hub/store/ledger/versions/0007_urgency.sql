-- Facts that ended and wait for planning: looked for before every batch of ordinary ones.
CREATE INDEX cases_urgent ON cases (fact DESC, id) WHERE plan_due AND fact > 1;
