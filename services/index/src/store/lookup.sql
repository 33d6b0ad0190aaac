-- The records that a batch of questions may reach: those that the probes name, and all that any
-- chain of numbers, keys and aliases ties to them.
--
-- OFFSET 0 keeps each probe a probe of an index: planned while a table is empty, a join would be a
-- scan of all of it for as long as the plan is cached.
WITH RECURSIVE reached(record_id) AS (
    SELECT found.record_id FROM (
        SELECT r.record_id FROM unnest($1::text[]) AS said(nhs_number) CROSS JOIN LATERAL
            (SELECT * FROM record r WHERE r.nhs_number = said.nhs_number OFFSET 0) AS r
        UNION ALL
        SELECT r.record_id FROM unnest($2::text[]) AS said(upn) CROSS JOIN LATERAL
            (SELECT * FROM record r WHERE r.upn = said.upn OFFSET 0) AS r
        UNION ALL
        SELECT r.record_id FROM unnest($3::text[]) AS said(uln) CROSS JOIN LATERAL
            (SELECT * FROM record r WHERE r.uln = said.uln OFFSET 0) AS r
        UNION ALL
        SELECT k.record_id FROM unnest($4::text[]) AS said(key) CROSS JOIN LATERAL
            (SELECT * FROM record_key k WHERE k.key = said.key OFFSET 0) AS k
        UNION ALL
        SELECT r.record_id FROM unnest($5::text[], $6::text[]) AS said(agency, local_id)
        CROSS JOIN LATERAL
            (SELECT * FROM record r
             WHERE r.agency = said.agency AND r.local_id = said.local_id OFFSET 0) AS r
        UNION ALL
        SELECT said.record_id FROM unnest($7::uuid[]) AS said(record_id)
    ) AS found
    UNION
    SELECT other.record_id
    FROM reached
    CROSS JOIN LATERAL
        (SELECT * FROM record WHERE record.record_id = reached.record_id OFFSET 0) AS this
    CROSS JOIN LATERAL (
        SELECT r.record_id FROM record r WHERE r.nhs_number = this.nhs_number
        UNION ALL
        SELECT k.record_id FROM record_key own CROSS JOIN LATERAL
            (SELECT * FROM record_key k WHERE k.key = own.key OFFSET 0) AS k
        WHERE own.record_id = this.record_id
        UNION ALL
        SELECT r.record_id FROM record r WHERE r.alias_of = this.record_id
        UNION ALL
        SELECT this.alias_of WHERE this.alias_of IS NOT NULL
    ) AS other
)
SELECT r.record_id AS "record_id!", r.agency AS "agency!", r.local_id, r.alias_of,
       r.restriction AS "restriction!", r.birth_date, r.nhs_number, r.upn, r.uln,
       r.child_state, r.synthetic,
       ARRAY(SELECT k.key FROM record_key k WHERE k.record_id = r.record_id) AS "keys!",
       a.sensitive AS "sensitive!",
       coalesce(a.neutral_display_name, a.display_name) AS "shown_name!",
       a.duty_desk_phone AS "duty_desk_phone!"
FROM reached
CROSS JOIN LATERAL
    (SELECT * FROM record WHERE record.record_id = reached.record_id OFFSET 0) AS r
CROSS JOIN LATERAL (SELECT * FROM agency WHERE agency.agency = r.agency OFFSET 0) AS a
