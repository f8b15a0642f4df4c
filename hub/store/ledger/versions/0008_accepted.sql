-- What was accepted and is not settled, by lane: passed on with what is open when another takes over from its recipient.
CREATE INDEX delivery_accepted ON delivery (lane) WHERE state = 10;
