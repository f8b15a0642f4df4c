-- Which case was part of which, from which version of the survivor to which: a row for the case that a person merged, and
-- one for each that was part of it then. Rows stay when a merge is undone, and may be followed by others of the same two.
CREATE TABLE merge (
  survivor     uuid NOT NULL REFERENCES cases,
  merged       uuid NOT NULL REFERENCES cases,
  first        integer NOT NULL,              -- the survivor's first version that came of it
  last         integer,                       -- and its last, once undone
  merged_at    timestamptz NOT NULL,
  merged_by    text NOT NULL,
  undone_at    timestamptz,
  undone_by    text,
  PRIMARY KEY (survivor, merged, first)
);
CREATE INDEX merge_merged ON merge (merged);

-- `merged_from` is from now on the case that a version is of, where that is part of this one: brought by the merge
-- (`copied`: it has its own row there), or told since.
ALTER TABLE case_version ADD copied boolean NOT NULL DEFAULT false;
-- It was recorded while a merge held that was undone since: it says nothing here any more.
ALTER TABLE case_version ADD parted boolean NOT NULL DEFAULT false;

-- The other id of the same person that its message names.
ALTER TABLE delivery ADD alias uuid;

-- Who at the hub opened what is sealed of a case.
CREATE TABLE viewing (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id      uuid NOT NULL REFERENCES cases,
  viewed_by    text NOT NULL,
  reason       text NOT NULL,
  viewed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX viewing_case ON viewing (case_id);

UPDATE case_version SET copied = true WHERE merged_from IS NOT NULL;
INSERT INTO merge (survivor, merged, first, merged_at, merged_by)
SELECT c.merged_into, c.id, coalesce(brought.first, survivor.newest), coalesce(decided_at, now()), coalesce(decided_by, '')
FROM cases c JOIN cases survivor ON survivor.id = c.merged_into
LEFT JOIN proposed_match p ON p.case_a = least(c.id, survivor.id) AND p.case_b = greatest(c.id, survivor.id)
CROSS JOIN LATERAL (SELECT min(version) AS first FROM case_version v WHERE v.case_id = survivor.id AND v.merged_from = c.id) AS brought;
