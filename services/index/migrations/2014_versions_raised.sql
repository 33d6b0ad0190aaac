-- What is added to the version of each state as it is told: the moment, in milliseconds, at which all was last told
-- again. The rows' own versions count writes; a backup that is restored has lower ones than those that were told.
ALTER TABLE publication ADD raised_by bigint NOT NULL DEFAULT 0;
