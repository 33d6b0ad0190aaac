-- The holder's practitioner who sent what a decision is about: also where the family agreed and nobody had to judge.
ALTER TABLE decision ADD COLUMN supplied_by text;
