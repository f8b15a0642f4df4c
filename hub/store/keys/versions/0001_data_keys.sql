-- The key store: a database of its own, with short-lived backups. Deleting a row makes what it sealed unreadable for ever.
CREATE TABLE data_key (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wrapped  bytea NOT NULL,                    -- under the master key, which is in no database
  made_at  timestamptz NOT NULL DEFAULT now()
);

-- One value under the master key, written by the first process there was: who cannot open it has another key.
CREATE TABLE master_key_check (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  wrapped  bytea NOT NULL
);
