-- The records among these with which consent was recorded. OFFSET 0 and LIMIT keep each probe a probe of an index (reach.sql).
SELECT r.record_id
FROM unnest($1::uuid[]) AS said(record_id)
CROSS JOIN LATERAL (SELECT * FROM child_record r WHERE r.record_id = said.record_id OFFSET 0) AS r
CROSS JOIN LATERAL (
    SELECT FROM (
        SELECT FROM consent_statement s WHERE s.record_id = r.record_id
        UNION ALL
        SELECT FROM consent_statement s WHERE s.agency = r.agency AND s.local_id = r.local_id
    ) AS s LIMIT 1
) AS said_of
