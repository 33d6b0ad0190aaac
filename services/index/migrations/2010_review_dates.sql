-- When the next review is due of a CAF that was taken over from an older log.
ALTER TABLE caf ADD review_due_on date;
