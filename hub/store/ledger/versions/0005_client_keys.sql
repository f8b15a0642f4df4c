-- Null: the client does not sign. A JSON Web Key Set (RFC 7517) of public keys, as it was given.
ALTER TABLE client ADD COLUMN jwks text;
