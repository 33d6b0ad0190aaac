-- The records that a batch may reach: those that it names, and all that any chain of tokens and aliases ties to
-- them, each with its agency. OFFSET 0 keeps each probe a probe of an index: planned while a table is empty, a join
-- would be a scan of all of it for as long as the plan is cached.
WITH RECURSIVE node(record_id, token) AS (
    SELECT found.record_id, NULL::text FROM (
        SELECT r.record_id FROM unnest($1::text[], $2::text[]) AS said(agency, local_id)
        CROSS JOIN LATERAL
            (SELECT * FROM child_record r
             WHERE r.agency = said.agency AND r.local_id = said.local_id OFFSET 0) AS r
        UNION ALL
        SELECT said.record_id FROM unnest($3::uuid[]) AS said(record_id)
    ) AS found
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
SELECT r.state AS "state!", a.state AS "agency?"
FROM node
CROSS JOIN LATERAL (SELECT * FROM child_record WHERE child_record.record_id = node.record_id OFFSET 0) AS r
LEFT JOIN LATERAL (SELECT * FROM agency WHERE agency.agency = r.agency OFFSET 0) AS a ON true
