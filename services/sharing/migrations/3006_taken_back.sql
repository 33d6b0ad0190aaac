-- What was recalled, or rests on consent no more, does not leave again: its content goes, and nobody is asked whether it
-- arrived. And as what a delivery refers somebody, if it does: its sender hears whether they were taken on.
ALTER TABLE delivery ADD COLUMN taken_back_at timestamptz;
ALTER TABLE delivery ADD COLUMN referral text;

-- A request that was refused because the family, or advice, has to be asked first. Whoever asked is told once it may pass.
CREATE TABLE awaited (
    share_id      uuid        PRIMARY KEY,
    holder_record uuid        NOT NULL,
    asked         jsonb       NOT NULL, -- who, for what and for whom: codes and ids
    passes_at     timestamptz           -- none: it waits
);
CREATE INDEX awaited_waiting ON awaited (holder_record) WHERE passes_at IS NULL;
