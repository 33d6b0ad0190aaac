-- The roles and the database of the exchange; may be run again at any time.
-- role caf_owner
-- role svc_index
--
-- `caf_owner` owns the database and applies migrations. Each service logs in with its own role, which may neither
-- create nor alter anything: what it may do to its tables is granted by its migrations.

SELECT 'CREATE ROLE caf_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'caf_owner') \gexec
SELECT 'CREATE ROLE svc_index LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'svc_index') \gexec
ALTER ROLE caf_owner PASSWORD :'caf_owner_password';
ALTER ROLE svc_index PASSWORD :'svc_index_password';

SELECT 'CREATE DATABASE caf OWNER caf_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'caf') \gexec
REVOKE ALL ON DATABASE caf FROM PUBLIC;
GRANT CONNECT ON DATABASE caf TO svc_index;
