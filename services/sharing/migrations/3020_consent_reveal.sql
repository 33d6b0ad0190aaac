-- Who read the names and texts of a statement of consent, and when.
CREATE TABLE consent_reveal (
    agency      text        NOT NULL,
    message_id  uuid        NOT NULL,
    revealed_by text        NOT NULL,
    revealed_at timestamptz NOT NULL
);
