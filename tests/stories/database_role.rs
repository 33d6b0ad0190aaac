//! What the index may do in its database: decisions are added, never altered (G4), and nothing is
//! created, dropped or given away.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use stories::{Kind, World};

/// `insufficient_privilege` (PostgreSQL, appendix A).
const NOT_ALLOWED: &str = "42501";

async fn as_the_index(world: &World) -> PgConnection {
    let url = world.environment.database_url("svc_index", world.name());
    let mut index = PgConnection::connect(&url).await.expect("the index may log in");
    sqlx::query("SET search_path = index").execute(&mut index).await.expect("a search path");
    index
}

async fn is_refused(index: &mut PgConnection, statement: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(index).await;
    let error = done.expect_err(statement);
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    assert_eq!(code.as_deref(), Some(NOT_ALLOWED), "{statement}: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_adds_decisions_and_cannot_alter_them() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.asks_for("t1", "9990000018").await;
    let mut index = as_the_index(&world).await;
    let decisions = sqlx::query("SELECT count(*) FROM decision").fetch_one(&mut index).await;
    assert_eq!(decisions.expect("it may read").get::<i64, _>(0), 1);

    for statement in [
        "UPDATE decision SET outcome = 'shown'",
        "DELETE FROM decision",
        "TRUNCATE decision",
        "UPDATE decision_record SET record_id = decision_id",
        "DELETE FROM decision_record",
        "TRUNCATE decision_record",
        "INSERT INTO decision SELECT * FROM decision ON CONFLICT (decision_id) DO UPDATE SET reason = ''",
        "SELECT * FROM decision FOR UPDATE",
        "UPDATE reveal SET revealed_by = ''",
        "DELETE FROM reveal",
    ] {
        is_refused(&mut index, statement).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_creates_drops_and_gives_away_nothing() {
    let world = World::start().await;
    let mut index = as_the_index(&world).await;
    for statement in [
        "CREATE TABLE more (id int)",
        "CREATE TABLE public.more (id int)",
        "CREATE TEMPORARY TABLE more (id int)",
        "CREATE SCHEMA more",
        "CREATE VIEW more AS SELECT 1",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE record ADD COLUMN more text",
        "ALTER TABLE decision DISABLE TRIGGER ALL",
        "DROP TABLE inbox",
        "DROP SCHEMA index CASCADE",
        "CREATE INDEX more ON record (agency)",
        "COMMENT ON TABLE record IS 'more'",
        "CREATE ROLE more",
        "CREATE DATABASE more",
        "SET ROLE caf_owner",
        "COPY record TO PROGRAM 'cat'",
    ] {
        is_refused(&mut index, statement).await;
    }
    let granted = sqlx::query(
        "SELECT DISTINCT privilege_type::text FROM information_schema.role_table_grants
         WHERE grantee IN ('svc_index', 'PUBLIC') AND table_schema = 'index' ORDER BY 1",
    )
    .fetch_all(&mut index)
    .await
    .expect("it may read");
    let granted: Vec<String> = granted.iter().map(|row| row.get(0)).collect();
    assert_eq!(granted, ["DELETE", "INSERT", "SELECT", "UPDATE"]);
    let role = sqlx::query(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
                (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),
                (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
         FROM pg_roles WHERE rolname = 'svc_index'",
    );
    let role = role.fetch_one(&mut index).await.expect("the role");
    assert!(!role.get::<bool, _>(0), "the role has no power beyond its grants");
    assert_eq!(
        (role.get::<i64, _>(1), role.get::<i64, _>(2)),
        (0, 0),
        "it belongs to no other and owns nothing"
    );
}
