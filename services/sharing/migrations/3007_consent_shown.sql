-- To whom a record's consents show that a sensitive service works with the child (D-I6), as other services are told of
-- it: worked out from the statements, which alone say it. The version is the moment of the change in milliseconds, or
-- more: what changes after a backup was restored is later than what was told before.
CREATE TABLE consent_shown (
    record_id     uuid   PRIMARY KEY,
    state_version bigint NOT NULL,
    changed_in    xid8   NOT NULL DEFAULT pg_current_xact_id(),
    shown         jsonb  -- null: to nobody
);
CREATE INDEX consent_shown_changed ON consent_shown (changed_in, record_id);

-- How far others were told: the last transaction, and the last row of it.
CREATE TABLE publication (
    type       text PRIMARY KEY,
    changed_in xid8 NOT NULL DEFAULT '0',
    after      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO publication (type) VALUES ('consent.changed');

CREATE INDEX consent_statement_showing ON consent_statement (message_id)
    WHERE statement -> 'acts' ? 'show-sensitive-service';
INSERT INTO timer (kind, about, look_at)
SELECT DISTINCT 'showing', message_id::text, 'epoch'::timestamptz FROM consent_statement
WHERE statement -> 'acts' ? 'show-sensitive-service';
