-- What cases of any kind share: the same person, the same confinement. It never makes one case of two.
CREATE TABLE tie (
  key          bytea NOT NULL,                -- keyed hash
  case_id      uuid NOT NULL,
  role         text NOT NULL,                 -- hub.kinds.Role
  PRIMARY KEY (key, case_id)
);
-- Deaths are told most, and are looked for by their keys alone.
CREATE INDEX tie_case ON tie (case_id) WHERE role <> 'dead';

-- The cases that follow from another, one for each person named in it: what the hub tells itself.
CREATE TABLE follower (
  mark         bytea PRIMARY KEY,             -- random; also a blind key, by which its case is found
  of_case      uuid NOT NULL,
  kind         text NOT NULL,
  person       bytea[] NOT NULL,              -- keyed hashes by which the same person is known in a newer version
  said         bytea,                         -- keyed hash of what was told of them last; none once that was taken back
  recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX follower_of ON follower (of_case);

-- The hub as a teller, once for each kind of source it passes on. No key opens these.
INSERT INTO client (id, name, source_kind, key_hash)
SELECT 'hub:' || kind, 'The hub itself, for what a ' || kind || ' told', kind,
  sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
FROM unnest(ARRAY['citizen', 'contact-desk', 'hospital', 'coroner', 'registrar', 'register', 'department', 'council-service', 'recipient'])
  AS kind;
