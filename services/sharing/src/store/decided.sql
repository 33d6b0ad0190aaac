-- Decisions, the latest first; what is not given does not narrow. A decision is of a child by the holder's record, by
-- either record of what it answers, or as whoever asked named the child before it had a record of it.
SELECT decision_id AS id, decided_at, stage, outcome, message_agency, message_id AS message, asked_by AS agency,
       practitioner, holder, record_id, recipient, recipient_practitioner, purpose, basis, consents, rules_hash, cases,
       decided_by, supplied_by, told_code, family_told, sealed IS NOT NULL AS "has_reasons!"
FROM decision
WHERE ($1::uuid IS NULL OR decision_id = $1)
  AND ($2::text IS NULL OR $2 IN (asked_by, holder, recipient))
  AND ($3::text IS NULL OR (asked_by, practitioner) = ($2, $3) OR (holder, decided_by) = ($2, $3)
       OR (holder, supplied_by) = ($2, $3) OR (recipient, recipient_practitioner) = ($2, $3))
  AND ($4::uuid[] IS NULL OR record_id = ANY($4)
       OR share_id IN (SELECT share_id FROM share WHERE record_id = ANY($4) OR holder_record = ANY($4))
       OR share_id IN (SELECT s.share_id FROM share s JOIN child_record r ON r.agency = s.agency AND r.local_id = s.child
                       WHERE r.record_id = ANY($4)))
  AND ($5::timestamptz IS NULL OR decided_at >= $5)
  AND ($6::timestamptz IS NULL OR decided_at <= $6)
  AND ($7::text IS NULL OR outcome = $7)
ORDER BY decided_at DESC, decision_id DESC LIMIT $8
