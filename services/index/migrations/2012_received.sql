-- When a statement about a CAF came: whoever says what has no effect is told so on the next working day.
ALTER TABLE caf_step ADD received_at timestamptz NOT NULL DEFAULT now();
