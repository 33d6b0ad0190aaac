-- The records with which consent was recorded, among these, their aliases and those that share a token with them. OFFSET 0
-- and LIMIT keep each probe a probe of an index (reach.sql).
WITH near AS (
    SELECT said.record_id FROM unnest($1::uuid[]) AS said(record_id)
    UNION
    SELECT r.record_id FROM unnest($1::uuid[]) AS said(record_id)
    CROSS JOIN LATERAL (SELECT * FROM child_record r WHERE r.alias_of = said.record_id OFFSET 0) AS r
    UNION
    SELECT other.record_id FROM unnest($1::uuid[]) AS said(record_id)
    CROSS JOIN LATERAL (SELECT * FROM child_token t WHERE t.record_id = said.record_id OFFSET 0) AS own
    CROSS JOIN LATERAL (SELECT * FROM child_token t WHERE t.token = own.token OFFSET 0) AS other
)
SELECT r.record_id
FROM near
CROSS JOIN LATERAL (SELECT * FROM child_record r WHERE r.record_id = near.record_id OFFSET 0) AS r
CROSS JOIN LATERAL (
    SELECT FROM (
        SELECT FROM consent_statement s WHERE s.record_id = r.record_id
        UNION ALL
        SELECT FROM consent_statement s WHERE s.agency = r.agency AND s.local_id = r.local_id
    ) AS s LIMIT 1
) AS said
