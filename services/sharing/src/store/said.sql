-- What was said of these records: work, CAFs, and consent, also what was said of the child before its agency had it
-- recorded (G7); which statements of consent were confirmed; and who takes part: these agencies, those that statements
-- name, the CAF teams of the areas that they work in, these practitioners, and whoever works with the child. OFFSET 0 keeps
-- each probe a probe of an index (reach.sql).
WITH said AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS said(record_id, agency, local_id)
), stated AS (
    SELECT said.record_id, s.agency, s.message_id, s.statement
    FROM said
    CROSS JOIN LATERAL (SELECT * FROM consent_statement s WHERE s.record_id = said.record_id OFFSET 0) AS s
    WHERE s.agency = said.agency
    UNION ALL
    SELECT said.record_id, s.agency, s.message_id, s.statement
    FROM said
    CROSS JOIN LATERAL
        (SELECT * FROM consent_statement s
         WHERE s.agency = said.agency AND s.local_id = said.local_id OFFSET 0) AS s
), work AS (
    SELECT i.record_id, i.state
    FROM said
    CROSS JOIN LATERAL (SELECT * FROM involvement i WHERE i.record_id = said.record_id OFFSET 0) AS i
), taking_part AS (
    SELECT a.state
    FROM (SELECT unnest($4::text[]) AS agency
          UNION
          SELECT jsonb_array_elements_text(stated.statement #> '{decided,given,scope,agencies,named}')
          FROM stated) AS named
    CROSS JOIN LATERAL (SELECT * FROM agency a WHERE a.agency = named.agency OFFSET 0) AS a
)
SELECT 'involvement' AS "what!", work.record_id, work.state AS "state!" FROM work
UNION ALL
SELECT 'caf', c.record_id, c.state
FROM said CROSS JOIN LATERAL (SELECT * FROM caf c WHERE c.record_id = said.record_id OFFSET 0) AS c
UNION ALL
SELECT 'consent', stated.record_id, stated.statement FROM stated
UNION ALL
SELECT 'confirmed', stated.record_id,
       jsonb_build_object('agency', c.agency, 'message', c.message_id, 'forAgency', c.for_agency,
                          'confirmedAt', c.confirmed_at)
FROM stated
CROSS JOIN LATERAL
    (SELECT * FROM consent_confirmed c
     WHERE c.agency = stated.agency AND c.message_id = stated.message_id OFFSET 0) AS c
UNION ALL
SELECT 'agency', NULL, taking_part.state FROM taking_part
UNION ALL
SELECT 'agency', NULL, a.state
FROM (SELECT DISTINCT area ->> 'cafTeam' AS agency
      FROM taking_part, jsonb_array_elements(taking_part.state -> 'authorities') AS area) AS team
CROSS JOIN LATERAL (SELECT * FROM agency a WHERE a.agency = team.agency OFFSET 0) AS a
UNION ALL
SELECT 'practitioner', NULL, p.state
FROM (SELECT * FROM unnest($5::text[], $6::text[]) AS person(agency, practitioner_id)
      UNION
      SELECT work.state ->> 'agencyId', work.state ->> 'practitionerId' FROM work) AS person
CROSS JOIN LATERAL
    (SELECT * FROM practitioner p
     WHERE p.agency = person.agency AND p.practitioner_id = person.practitioner_id OFFSET 0) AS p
