-- The CAFs of all children whom a batch said something of, each with the record that led there: $1 are
-- records, $2 and $3 assessors, since a CAF takes effect with its assessor. A closure as in lookup.sql,
-- but for aliases, which hold nothing; whoever has more than so many nodes in reach is not gone through
-- to the end, and is told apart by their number.
WITH RECURSIVE node(seed, record_id, nhs_number, key) AS (
    SELECT said.record_id, said.record_id, NULL::text, NULL::text FROM (
        SELECT said.record_id FROM unnest($1::uuid[]) AS said(record_id)
        UNION
        SELECT c.record_id FROM unnest($2::text[], $3::text[]) AS said(agency, practitioner_id)
        CROSS JOIN LATERAL
            (SELECT * FROM caf WHERE caf.agency = said.agency
             AND caf.practitioner_id = said.practitioner_id OFFSET 0) AS c
    ) AS said
    UNION
    SELECT node.seed, next.record_id, next.nhs_number, next.key
    FROM node
    CROSS JOIN LATERAL (
        (SELECT NULL::uuid AS record_id, r.nhs_number, NULL::text AS key
         FROM (SELECT * FROM record r WHERE r.record_id = node.record_id OFFSET 0) AS r
         WHERE r.nhs_number IS NOT NULL)
        UNION ALL
        (SELECT NULL, NULL, k.key FROM record_key k WHERE k.record_id = node.record_id OFFSET 0)
        UNION ALL
        (SELECT r.record_id, NULL, NULL FROM record r WHERE r.nhs_number = node.nhs_number OFFSET 0)
        UNION ALL
        (SELECT k.record_id, NULL, NULL FROM record_key k WHERE k.key = node.key OFFSET 0)
    ) AS next
), found AS MATERIALIZED (SELECT seed, record_id FROM node LIMIT $4)
SELECT found.seed AS "seed!", c.caf_ref AS "caf_ref!",
       EXISTS (SELECT FROM caf_step s WHERE s.caf_ref = c.caf_ref) AS "went_on!",
       (SELECT count(*) FROM found) AS "nodes!"
FROM found CROSS JOIN LATERAL
    -- Of a record with more CAFs the latest: those before were told, and the work is bounded.
    (SELECT * FROM caf WHERE caf.record_id = found.record_id
     ORDER BY started_at DESC, caf_ref LIMIT 2) AS c
