-- The records with which consent was recorded, among these and all that any chain of tokens and aliases ties to them
-- (reach.sql). OFFSET 0 and LIMIT keep each probe a probe of an index.
WITH RECURSIVE node(record_id, token) AS (
    SELECT said.record_id, NULL::text FROM unnest($1::uuid[]) AS said(record_id)
    UNION
    SELECT next.record_id, next.token
    FROM node
    CROSS JOIN LATERAL (
        (SELECT r.alias_of AS record_id, NULL::text AS token
         FROM (SELECT * FROM child_record r WHERE r.record_id = node.record_id OFFSET 0) AS r
         WHERE r.alias_of IS NOT NULL)
        UNION ALL
        (SELECT NULL, t.token FROM child_token t WHERE t.record_id = node.record_id OFFSET 0)
        UNION ALL
        (SELECT r.record_id, NULL FROM child_record r WHERE r.alias_of = node.record_id OFFSET 0)
        UNION ALL
        (SELECT t.record_id, NULL FROM child_token t WHERE t.token = node.token OFFSET 0)
    ) AS next
)
SELECT r.record_id
FROM node
CROSS JOIN LATERAL (SELECT * FROM child_record r WHERE r.record_id = node.record_id OFFSET 0) AS r
CROSS JOIN LATERAL (
    SELECT FROM (
        SELECT FROM consent_statement s WHERE s.record_id = r.record_id
        UNION ALL
        SELECT FROM consent_statement s WHERE s.agency = r.agency AND s.local_id = r.local_id
    ) AS s LIMIT 1
) AS said
