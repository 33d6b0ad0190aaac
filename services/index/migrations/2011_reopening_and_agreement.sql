-- What an area decides: which agencies its CAF team lets reopen a CAF (LG 3.3), and whether the notice of a
-- CAF needs the family's agreement before others see it (D-I2).
ALTER TABLE authority
    ADD reopened_by     text[]  NOT NULL DEFAULT '{}',
    ADD needs_agreement boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN caf_step.team_of IS
    'The authorities in whose name it could say so then: as their CAF team, or, reopening, by its leave';
