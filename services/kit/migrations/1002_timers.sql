-- What is to be looked at, and when: one row for each thing, gone once nothing more can come of it.
CREATE TABLE timer (
    kind    text        NOT NULL,
    about   text        NOT NULL, -- a reference, never a name
    look_at timestamptz NOT NULL,
    PRIMARY KEY (kind, about)
);
CREATE INDEX timer_look_at ON timer (look_at);
