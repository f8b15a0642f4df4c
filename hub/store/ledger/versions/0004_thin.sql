-- What a recipient with a thin payload fetches for itself, sealed under its case version's key, and when it first did.
ALTER TABLE message ADD data bytea, ADD fetched_at timestamptz;
ALTER TABLE message ALTER data SET STORAGE EXTERNAL;
