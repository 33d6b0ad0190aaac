-- Until when an agency's certificate is good, as the operator's keeper says; null where it said nothing yet.
ALTER TABLE agency ADD COLUMN certificate_until timestamptz;
