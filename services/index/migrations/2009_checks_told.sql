-- What the checks of before found was told at once: a look at their CAFs must not tell it again.
INSERT INTO told (kind, ref, due_on, whom, told_at)
SELECT 'uk.caf.caf.returned.v1', caf_ref, (happened_at AT TIME ZONE 'UTC')::date,
       split_part(caf_ref, '/', 1) || ' ' || message_id, now()
FROM caf_step WHERE what = 'checked'
ON CONFLICT DO NOTHING;
