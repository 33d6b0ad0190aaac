-- The roles and the databases of the exchange; may be run again at any time.
-- role caf_owner
-- role svc_index
-- role svc_sharing
-- role svc_sharing_keys
--
-- `caf_owner` owns the databases and applies migrations. Each service logs in with its own role, which may neither
-- create nor alter anything: what it may do to its tables is granted by its migrations.

SELECT 'CREATE ROLE caf_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'caf_owner') \gexec
SELECT 'CREATE ROLE svc_index LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'svc_index') \gexec
SELECT 'CREATE ROLE svc_sharing LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'svc_sharing') \gexec
SELECT 'CREATE ROLE svc_sharing_keys LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'svc_sharing_keys') \gexec
ALTER ROLE caf_owner PASSWORD :'caf_owner_password';
ALTER ROLE svc_index PASSWORD :'svc_index_password';
ALTER ROLE svc_sharing PASSWORD :'svc_sharing_password';
ALTER ROLE svc_sharing_keys PASSWORD :'svc_sharing_keys_password';

SELECT 'CREATE DATABASE caf OWNER caf_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'caf') \gexec
REVOKE ALL ON DATABASE caf FROM PUBLIC;
GRANT CONNECT ON DATABASE caf TO svc_index, svc_sharing;

-- The children's keys stand in a database of their own, to be backed up apart and on a short cycle.
SELECT 'CREATE DATABASE caf_keys OWNER caf_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'caf_keys') \gexec
REVOKE ALL ON DATABASE caf_keys FROM PUBLIC;
GRANT CONNECT ON DATABASE caf_keys TO svc_sharing_keys;
