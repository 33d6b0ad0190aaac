-- When a question or an answer was said: what counts is the latest said, in whatever order they came (G7).
ALTER TABLE advice ADD COLUMN said_at timestamptz;
UPDATE advice SET said_at = coalesce(answered_at, received_at);
ALTER TABLE advice ALTER COLUMN said_at SET NOT NULL;
ALTER TABLE advice DROP COLUMN answered_at;

-- What a supplier called back, and what of it had gone out.
CREATE TABLE recall (
    agency      text        NOT NULL,
    message_id  uuid        NOT NULL,
    local_ref   text        NOT NULL,
    share_ref   text        NOT NULL, -- the supplier's own id of what it sent
    reason      text        NOT NULL,
    instruction text        NOT NULL,
    incident    text,
    practitioner text       NOT NULL,
    deliveries  uuid[]      NOT NULL,
    recalled_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (agency, message_id)
);

-- For whose releases a statement is confirmed: of the agency that acknowledged it; none: of all, by the CAF team.
ALTER TABLE consent_confirmed ADD COLUMN for_agency text;
