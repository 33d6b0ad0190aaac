-- How whoever asks names the child, by which the key of the request's texts is found: also where it has no record of it.
ALTER TABLE share ADD COLUMN child text;
UPDATE share SET child = coalesce(r.local_id, 'child:' || r.record_id)
FROM child_record r WHERE r.record_id = share.record_id AND share.kind = 'request';
CREATE INDEX share_child ON share (agency, child) WHERE child IS NOT NULL;

-- Who read what was written in a message about sharing (a request, a question to an adviser or the answer, a family's
-- copy), and when.
CREATE TABLE text_reveal (
    agency      text        NOT NULL, -- with message_id: the message
    message_id  uuid        NOT NULL,
    revealed_by text        NOT NULL,
    revealed_at timestamptz NOT NULL
);
