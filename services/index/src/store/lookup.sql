-- The records that a batch of questions may reach: those that the probes name, and all that any
-- chain of numbers, keys and aliases ties to them.
--
-- A node is a record, a number or a key. Going from record to record through what they share, and
-- not from each record to each, keeps the work in proportion to what is found.
--
-- OFFSET 0 keeps each probe a probe of an index: planned while a table is empty, a join would be a
-- scan of all of it for as long as the plan is cached. What is not null is asked outside: beside the
-- probe it would admit the index of all numbers, which is then gone through for each record.
WITH RECURSIVE node(record_id, nhs_number, key) AS (
    SELECT found.record_id, found.nhs_number, found.key FROM (
        SELECT NULL::uuid AS record_id, said.nhs_number, NULL::text AS key
        FROM unnest($1::text[]) AS said(nhs_number)
        UNION ALL
        SELECT r.record_id, NULL, NULL FROM unnest($2::text[]) AS said(upn) CROSS JOIN LATERAL
            (SELECT * FROM record r WHERE r.upn = said.upn OFFSET 0) AS r
        UNION ALL
        SELECT r.record_id, NULL, NULL FROM unnest($3::text[]) AS said(uln) CROSS JOIN LATERAL
            (SELECT * FROM record r WHERE r.uln = said.uln OFFSET 0) AS r
        UNION ALL
        SELECT NULL, NULL, said.key FROM unnest($4::text[]) AS said(key)
        UNION ALL
        SELECT r.record_id, NULL, NULL FROM unnest($5::text[], $6::text[]) AS said(agency, local_id)
        CROSS JOIN LATERAL
            (SELECT * FROM record r
             WHERE r.agency = said.agency AND r.local_id = said.local_id OFFSET 0) AS r
        UNION ALL
        SELECT said.record_id, NULL, NULL FROM unnest($7::uuid[]) AS said(record_id)
    ) AS found
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
)
SELECT r.record_id AS "record_id!", r.agency AS "agency!", r.local_id, r.alias_of,
       r.restriction AS "restriction!", r.birth_date, r.nhs_number, r.upn, r.uln,
       r.child_state, r.synthetic,
       ARRAY(SELECT k.key FROM record_key k WHERE k.record_id = r.record_id) AS "keys!",
       a.state AS "state!", a.sensitive AS "sensitive!",
       coalesce(a.neutral_display_name, a.display_name) AS "shown_name!",
       a.duty_desk_phone AS "duty_desk_phone!",
       (SELECT jsonb_build_object('agencies', s.agencies, 'kinds', s.kinds, 'until', s.until,
                                  'excludedAgencies', s.excluded_agencies, 'excludedKinds', s.excluded_kinds)
        FROM sensitive_shown s WHERE s.record_id = r.record_id AND s.until IS NOT NULL)
           AS "shown: Json<ShowSensitive>"
FROM node
CROSS JOIN LATERAL
    (SELECT * FROM record WHERE record.record_id = node.record_id OFFSET 0) AS r
CROSS JOIN LATERAL (SELECT * FROM agency WHERE agency.agency = r.agency OFFSET 0) AS a
