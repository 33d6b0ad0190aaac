-- What may be open, the most urgent first. How a CAF stands is folded by whoever reads this: of those
-- left behind every one is here, closed ones too.
SELECT m.id AS "id!", m.kind AS "kind!", m.authority, m.ref AS "about!", m.opened_at AS "opened_at!",
       m.due_on AS "due_on!", m.is_caf AS "is_caf!", m.successor
FROM (
    SELECT t.task_id::text AS id, t.kind, t.authority, t.ref, t.opened_at, t.due_on, false AS is_caf,
           NULL AS successor
    FROM task t WHERE t.done_at IS NULL
    UNION ALL
    -- Whoever left, and an agency that was revoked, leave open work behind (D-A2, D-A3).
    SELECT gone.kind || ':' || work.agency || ':' || work.local_ref, gone.kind,
           coalesce(work.authority, a.authorities[1]), work.agency || '/' || work.local_ref,
           gone.since, (gone.since AT TIME ZONE 'UTC')::date + 7, work.what = 'caf',
           CASE WHEN a.state = 'active' THEN p.successor END
    FROM (
        SELECT CASE i.role_in_case WHEN 'lead-professional' THEN 'lead' ELSE 'involvement' END AS what,
               i.agency, i.local_ref, i.practitioner_id, r.authority
        FROM involvement i LEFT JOIN record r ON r.record_id = i.record_id
        WHERE i.effective_at IS NOT NULL AND (i.ended_at IS NULL OR i.ended_at < i.effective_at)
        UNION ALL
        SELECT 'caf', c.agency, substr(c.caf_ref, length(c.agency) + 2), c.practitioner_id, c.authority
        FROM caf c
        UNION ALL
        SELECT 'intention', n.agency, n.local_ref, n.practitioner_id, n.authority
        FROM intention n
        WHERE n.lapses_on >= $1::timestamptz::date
          AND NOT EXISTS (SELECT FROM caf c
                          WHERE c.agency = n.agency AND c.intention_ref = n.local_ref)
          AND NOT EXISTS (SELECT FROM caf c
                          WHERE c.record_id = n.record_id AND c.agency = n.agency
                            AND c.started_at >= n.effective_at - interval '1 day')) AS work
    JOIN agency a ON a.agency = work.agency
    LEFT JOIN practitioner p ON p.agency = work.agency AND p.practitioner_id = work.practitioner_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN a.state = 'revoked' THEN 'revoked' ELSE 'leaver' END
                   || CASE work.what WHEN 'involvement' THEN '' ELSE '-' || work.what END AS kind,
               CASE WHEN a.state = 'revoked' THEN a.revoked_at
                    WHEN p.effective_at IS NULL OR p.ended_at >= p.effective_at THEN p.ended_at
                    WHEN p.state = 'left' THEN p.effective_at END AS since) AS gone
    WHERE gone.since IS NOT NULL
    UNION ALL
    SELECT 'set-aside:' || s.set_aside_id, 'set-aside', NULL, s.set_aside_id::text, s.set_aside_at,
           (s.set_aside_at AT TIME ZONE 'UTC')::date + 2, false, NULL
    FROM set_aside s
    UNION ALL
    SELECT 'parked:' || k.parked_id, 'parked', NULL, k.parked_id::text, k.parked_at,
           (k.parked_at AT TIME ZONE 'UTC')::date + 2, false, NULL
    FROM parked k
    UNION ALL
    -- Without a certificate an agency hears nothing and says nothing.
    SELECT 'certificate:' || a.agency, 'certificate', NULL, a.agency,
           a.certificate_until - interval '30 days', (a.certificate_until AT TIME ZONE 'UTC')::date, false,
           NULL
    FROM agency a
    WHERE a.state = 'active' AND a.certificate_until <= $1::timestamptz + interval '30 days') AS m
ORDER BY m.due_on, m.opened_at, m.id
