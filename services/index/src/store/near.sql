-- The records in reach of some ($1), with what ties them together and their CAFs: a closure as in lookup.sql.
-- It ends after so many nodes ($2), whose number comes with every row.
WITH RECURSIVE said AS MATERIALIZED (
    -- Most records share nothing with another: they are told from the rest before anything is gone through.
    SELECT r.record_id,
           r.alias_of IS NOT NULL
               OR EXISTS (SELECT FROM record o WHERE o.alias_of = r.record_id OFFSET 0)
               OR EXISTS (SELECT FROM (SELECT * FROM record o WHERE o.nhs_number = r.nhs_number OFFSET 0) AS o
                          WHERE o.record_id <> r.record_id)
               OR EXISTS (SELECT FROM (SELECT k.key FROM record_key k
                                       WHERE k.record_id = r.record_id OFFSET 0) AS k
                          CROSS JOIN LATERAL
                              (SELECT o.record_id FROM record_key o WHERE o.key = k.key OFFSET 0) AS o
                          WHERE o.record_id <> r.record_id) AS is_tied
    FROM unnest($1::uuid[]) AS given(record_id)
    CROSS JOIN LATERAL (SELECT * FROM record WHERE record.record_id = given.record_id OFFSET 0) AS r
), node(record_id, nhs_number, key) AS (
    SELECT said.record_id, NULL::text, NULL::text FROM said WHERE said.is_tied
    UNION
    SELECT next.record_id, next.nhs_number, next.key
    FROM node
    CROSS JOIN LATERAL (
        (SELECT r.alias_of AS record_id, NULL::text AS nhs_number, NULL::text AS key
         FROM (SELECT * FROM record r WHERE r.record_id = node.record_id OFFSET 0) AS r
         WHERE r.alias_of IS NOT NULL)
        UNION ALL
        (SELECT NULL, r.nhs_number, NULL
         FROM (SELECT * FROM record r WHERE r.record_id = node.record_id OFFSET 0) AS r
         WHERE r.nhs_number IS NOT NULL)
        UNION ALL
        (SELECT NULL, NULL, k.key FROM record_key k WHERE k.record_id = node.record_id OFFSET 0)
        UNION ALL
        (SELECT r.record_id, NULL, NULL FROM record r WHERE r.alias_of = node.record_id OFFSET 0)
        UNION ALL
        (SELECT r.record_id, NULL, NULL FROM record r WHERE r.nhs_number = node.nhs_number OFFSET 0)
        UNION ALL
        (SELECT k.record_id, NULL, NULL FROM record_key k WHERE k.key = node.key OFFSET 0)
    ) AS next
), reached AS MATERIALIZED (SELECT record_id FROM node LIMIT $2),
found AS (
    SELECT record_id, true AS is_tied FROM reached
    UNION ALL SELECT record_id, false FROM said WHERE NOT is_tied
)
SELECT r.record_id AS "record_id!", r.alias_of, r.nhs_number,
       CASE WHEN found.is_tied THEN ARRAY(SELECT k.key FROM record_key k WHERE k.record_id = r.record_id)
            ELSE '{}' END AS "keys!",
       c.caf_ref AS "caf_ref?",
       c.review_due_on IS NOT NULL
           -- OFFSET 0: not by a table of all steps that is made for each batch.
           OR EXISTS (SELECT FROM caf_step s WHERE s.caf_ref = c.caf_ref OFFSET 0) AS "may_be_due!",
       (SELECT count(*) FROM reached) AS "nodes!"
FROM found
CROSS JOIN LATERAL (SELECT * FROM record WHERE record.record_id = found.record_id OFFSET 0) AS r
LEFT JOIN LATERAL
    -- Of a record with more CAFs the latest: those before were told, and the work is bounded.
    (SELECT * FROM caf WHERE caf.record_id = r.record_id ORDER BY started_at DESC, caf_ref LIMIT 8) AS c
    ON true
