-- The ledger: what the hub was told, what it planned, and what became of every delivery.
-- Nothing in a column outside `sealed` says who a person is.

-- What is sealed does not compress, and what leaves again within seconds is not worth it (SET STORAGE EXTERNAL).

-- Who may tell the hub something, and which recipient may answer it.
CREATE TABLE client (
  id           text PRIMARY KEY,
  name         text NOT NULL,
  source_kind  text NOT NULL,                 -- schemas.SourceKind; bounds the standing it may claim
  recipient    text,                          -- set when this client answers for a recipient
  key_hash     bytea NOT NULL UNIQUE,         -- sha-256 of a key of 256 random bits
  per_second   integer NOT NULL DEFAULT 200 CHECK (per_second > 0),
  active       boolean NOT NULL DEFAULT true,
  created_at   timestamptz NOT NULL DEFAULT now()
);

-- One change of one subject. Locked before lanes and deliveries, always.
CREATE TABLE cases (
  id           uuid PRIMARY KEY,
  subject      uuid NOT NULL,
  kind         text NOT NULL,
  newest       integer NOT NULL,              -- highest version number
  effective    integer NOT NULL,              -- the version that last changed what recipients are to know
  standing     smallint NOT NULL,             -- of the version that is the truth now
  fact         smallint NOT NULL,             -- likewise
  registration bytea,                         -- likewise, blind
  source_time  timestamptz NOT NULL,          -- likewise
  opened_at    timestamptz NOT NULL,
  plan_due     boolean NOT NULL DEFAULT true, -- the effective version waits for (another) planning
  requeued_at  timestamptz,                   -- when it was last put into the outbox again because nobody seemed to plan it
  merged_into  uuid REFERENCES cases,
  erased_at    timestamptz
) WITH (fillfactor = 80);
CREATE INDEX cases_plan_due ON cases (opened_at) WHERE plan_due;
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;

-- What belongs to a case is written in the statement that opens it or under its lock, and cases are never deleted: here
-- foreign keys could find nothing, and measured they cost a quarter of what PostgreSQL does for a notification.

-- One notification as it came, numbered by the hub under the case's lock.
CREATE TABLE case_version (
  case_id      uuid NOT NULL,
  version      integer NOT NULL,
  notification uuid NOT NULL UNIQUE,
  client       text NOT NULL,
  standing     smallint NOT NULL,
  fact         smallint NOT NULL,
  registration bytea,
  source_time  timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL,
  data_key     bigint NOT NULL,               -- in the key store
  sealed       bytea NOT NULL,
  position     smallint NOT NULL DEFAULT 1,   -- what its teller was answered: hub.cases.Position
  merged_from  uuid,                          -- the case it came from, where a merge of two cases brought it
  PRIMARY KEY (case_id, version)
);

ALTER TABLE case_version ALTER sealed SET STORAGE EXTERNAL;

CREATE TABLE idempotency (
  client       text NOT NULL,
  key          bytea NOT NULL,                -- keyed hash of the Idempotency-Key, or of source + id
  notification uuid NOT NULL,
  case_id      uuid NOT NULL,
  body         bytea NOT NULL,                -- keyed hash of the validated event
  PRIMARY KEY (client, key)
);

CREATE TABLE reference (
  code         text PRIMARY KEY,              -- 12 characters; looked up, never a key elsewhere
  case_id      uuid NOT NULL,
  client       text NOT NULL,
  opened_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (case_id, client)
);

CREATE TABLE blind_key (
  key          bytea PRIMARY KEY,             -- keyed hash of what identifies one case for certain
  case_id      uuid NOT NULL
);
CREATE INDEX blind_key_case ON blind_key (case_id);

CREATE TABLE likeness (
  key          bytea NOT NULL,                -- keyed hash of what only makes two cases look alike
  case_id      uuid NOT NULL,
  PRIMARY KEY (key, case_id)
);

CREATE TABLE proposed_match (
  case_a       uuid NOT NULL REFERENCES cases,
  case_b       uuid NOT NULL REFERENCES cases,
  cause        text NOT NULL,
  proposed_at  timestamptz NOT NULL DEFAULT now(),
  decision     text,                          -- merged | kept-apart
  decided_at   timestamptz,
  decided_by   text,
  PRIMARY KEY (case_a, case_b),
  CHECK (case_a < case_b)
);

-- Case versions on their way to life-events.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id      uuid NOT NULL,
  version      integer NOT NULL,
  urgent       boolean NOT NULL DEFAULT false,
  recorded_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_urgent ON outbox (id) WHERE urgent;

-- Changes of state on their way to delivery-status (a batch a row), and dead letters on their way to theirs.
CREATE TABLE news (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text NOT NULL,
  events       bytea NOT NULL,                -- a JSON array
  recorded_at  timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE news ALTER events SET STORAGE EXTERNAL;

-- The register of recipients and agreements, as loaded, each version whole.
CREATE TABLE register (
  version      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest       bytea NOT NULL,
  content      jsonb NOT NULL,
  loaded_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE field_set (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fields       text[] NOT NULL UNIQUE
);

CREATE TABLE plan (
  case_id      uuid NOT NULL REFERENCES cases,
  version      integer NOT NULL,
  register     bigint NOT NULL REFERENCES register,
  planned_at   timestamptz NOT NULL,
  decisions    jsonb NOT NULL,                -- [{"recipient","decision","rule","delivery"?}], everyone considered
  PRIMARY KEY (case_id, version)
);

CREATE TABLE worker (
  name         text PRIMARY KEY,
  lease_until  timestamptz NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT now()
);

-- The sequence of one recipient's deliveries (a very large recipient has several, split by subject).
CREATE TABLE lane (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient    text NOT NULL,
  split        smallint NOT NULL DEFAULT 0,
  connector    text NOT NULL,
  owner        text,
  proposed     text,                          -- the worker that Kafka's assignment proposes; the owner hands over when idle
  epoch        bigint NOT NULL DEFAULT 0,     -- goes up with every change of owner; claims carry it
  paused       text,                          -- why, when paused
  paused_at    timestamptz,
  breaker      smallint NOT NULL DEFAULT 0,   -- 0 closed, 1 open
  breaker_cause text,
  opened_at    timestamptz,                   -- the breaker
  probe_at     timestamptz,
  last_probe   uuid,
  held_until   timestamptz,                   -- the recipient's own Retry-After
  UNIQUE (recipient, split)
) WITH (fillfactor = 50);

-- One case version for one recipient. Narrow; its content lies beside it in `message`.
CREATE TABLE delivery (
  id           uuid NOT NULL,                 -- time of the case version + hash of (case, version, recipient)
  case_id      uuid NOT NULL,
  subject      uuid NOT NULL,                 -- as its recipient knows it: after a merge not the case's
  claim        uuid,
  due_at       timestamptz NOT NULL,
  first_attempt_at timestamptz,               -- also the time of disclosure: set at the claim, before anything is sent
  retry_until  timestamptz,                   -- set by the first failure; moved on by the time a breaker was open
  changed_at   timestamptz NOT NULL,
  lane         integer NOT NULL,
  version      integer NOT NULL,
  state        smallint NOT NULL,
  notice       smallint NOT NULL,             -- schemas.Notice: told, corrected, cancelled, retracted, withdrawn
  priority     smallint NOT NULL DEFAULT 0,   -- 0 ordinary, 1 cancellation, 2 retraction
  message      smallint NOT NULL,             -- number of the current message; 0 when held
  attempts     smallint NOT NULL DEFAULT 0,
  told         boolean NOT NULL DEFAULT false,
  reason       text,                          -- the rule that holds it, or why it ended so: a code, never free text
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
-- Open work only: held, queued, sending, failed, placed, needs information.
CREATE INDEX delivery_open ON delivery (lane, state, priority DESC, id) WHERE state < 10;

CREATE TABLE message (
  delivery     uuid NOT NULL,
  number       smallint NOT NULL,
  agreement    text NOT NULL,                 -- id@version
  register     bigint NOT NULL,
  fields       integer NOT NULL,              -- field_set: what it discloses
  data_key     bigint NOT NULL,
  sealed       bytea NOT NULL,                -- the CloudEvent as it goes on the wire
  PRIMARY KEY (delivery, number)
) PARTITION BY RANGE (delivery);

ALTER TABLE message ALTER sealed SET STORAGE EXTERNAL;

CREATE TABLE attempt (
  delivery     uuid NOT NULL,
  number       smallint NOT NULL,
  message      smallint NOT NULL,
  at           timestamptz NOT NULL,
  took_ms      integer NOT NULL,
  outcome      smallint NOT NULL,             -- connectors.contract.Outcome code
  status       integer,                       -- HTTP status where there is one
  cause        text,
  worker       text NOT NULL
) PARTITION BY RANGE (delivery);
CREATE INDEX attempt_delivery ON attempt USING brin (delivery) WITH (pages_per_range = 16, autosummarize = on);

-- What a recipient answered. Free text is sealed under the case version's key.
CREATE TABLE answer (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  delivery     uuid NOT NULL,
  message      smallint NOT NULL,
  answer       smallint NOT NULL,
  reason       text,
  data_key     bigint,
  sealed       bytea,
  channel      text NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX answer_delivery ON answer (delivery);

-- Where a placed message lies for its recipient to collect.
CREATE TABLE placement (
  delivery     uuid NOT NULL,
  message      smallint NOT NULL,
  lane         integer NOT NULL,
  topic        text NOT NULL,
  topic_id     text NOT NULL,
  partition    integer NOT NULL,
  "offset"     bigint NOT NULL,
  placed_at    timestamptz NOT NULL,
  collected_at timestamptz,
  PRIMARY KEY (delivery, message)
);
CREATE INDEX placement_open ON placement (topic, partition, "offset") WHERE collected_at IS NULL;

CREATE TABLE task (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cause        text NOT NULL,
  about        text NOT NULL,                 -- the lane, delivery, case or recipient: what keeps one cause from opening twice
  case_id      uuid,
  delivery     uuid,
  recipient    text,
  evidence     jsonb NOT NULL DEFAULT '{}',
  owner        text NOT NULL,
  opened_at    timestamptz NOT NULL DEFAULT now(),
  due_at       timestamptz NOT NULL,
  closed_at    timestamptz,
  closed_by    text
);
CREATE UNIQUE INDEX task_open ON task (cause, about) WHERE closed_at IS NULL;
CREATE INDEX task_delivery ON task (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX task_case ON task (case_id) WHERE closed_at IS NULL;

-- How far the clock has looked, for each agreed time (seconds), for what was not collected or answered within it: every
-- delivery is looked at once, when it first can be late. `members` is a digest of whom the time was agreed with.
CREATE TABLE service_level (
  seconds      integer PRIMARY KEY,
  members      bytea NOT NULL,
  upto         uuid NOT NULL
);
-- Those of them that could not be judged then: not with the recipient yet, with it only since, or planned late.
CREATE TABLE expected (
  delivery     uuid PRIMARY KEY,
  look_at      timestamptz NOT NULL
);
CREATE INDEX expected_due ON expected (look_at);

CREATE TABLE dead_letter (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text NOT NULL,
  topic_id     text NOT NULL,
  partition    integer NOT NULL,
  "offset"     bigint NOT NULL,
  key          bytea,
  headers      jsonb NOT NULL,
  value        bytea,
  reason       text NOT NULL,
  paths        text[] NOT NULL DEFAULT '{}',
  died_at      timestamptz NOT NULL DEFAULT now(),
  redriven_at  timestamptz,
  has_task     boolean NOT NULL DEFAULT false, -- somebody was asked to look at it
  UNIQUE (topic, topic_id, partition, "offset")
);
CREATE INDEX dead_letter_new ON dead_letter (id) WHERE redriven_at IS NULL AND NOT has_task;

-- How many deliveries stand in each state, per lane: deltas are appended by whoever changes states, the clock folds them.
CREATE TABLE tally_delta (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lane         integer NOT NULL,
  state        smallint NOT NULL,
  change       integer NOT NULL
);
CREATE TABLE tally (
  lane         integer NOT NULL,
  state        smallint NOT NULL,
  count        bigint NOT NULL,
  PRIMARY KEY (lane, state)
);

CREATE TABLE erasure (
  case_id      uuid PRIMARY KEY REFERENCES cases,
  requested_at timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  data_keys    bigint[] NOT NULL DEFAULT '{}',  -- replayed after a restore
  remains      jsonb NOT NULL DEFAULT '[]'      -- recipients' topics that still hold a copy, and until when
);
