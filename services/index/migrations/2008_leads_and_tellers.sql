-- A parent or the young person may lead; the practitioner then supports them, and no number of the family
-- stands here. Null where it was not said: a practitioner leads.
ALTER TABLE involvement
    ADD lead_kind text,
    ADD CHECK (coalesce(lead_kind, 'practitioner') = 'practitioner' OR contact_phone IS NULL);

-- For whom a CAF team wrote it down: agency, practitioner's id if it has one, and how; no name, no number.
ALTER TABLE record ADD told_by jsonb;
ALTER TABLE involvement ADD told_by jsonb;
ALTER TABLE caf ADD told_by jsonb;
ALTER TABLE intention ADD told_by jsonb;
