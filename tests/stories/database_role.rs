//! What services may do in their database: decisions are added, never altered (G4), nothing is
//! created, dropped or given away, and each keeps to its own.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Row};
use stories::{Kind, World};

/// `insufficient_privilege` (PostgreSQL, appendix A).
const NOT_ALLOWED: &str = "42501";

/// Logged in as a service does, with its tables in the search path.
async fn as_service(world: &World, service: &str) -> PgConnection {
    let url = world.environment.database_url(&format!("svc_{service}"), world.name());
    let mut connection = PgConnection::connect(&url).await.expect("the service may log in");
    let path = AssertSqlSafe(format!("SET search_path = {service}"));
    sqlx::query(path).execute(&mut connection).await.expect("a search path");
    connection
}

async fn is_refused(service: &mut PgConnection, statement: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(service).await;
    let error = done.expect_err(statement);
    assert_eq!(code_of(&error).as_deref(), Some(NOT_ALLOWED), "{statement}: {error}");
}

fn code_of(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_adds_decisions_and_cannot_alter_them() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.asks_for("t1", "9990000018").await;
    let mut index = as_service(&world, "index").await;
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
async fn sharing_adds_decisions_and_statements_and_cannot_alter_them() {
    let mut world = World::start().await;
    world.start_sharing().await;
    let mut sharing = as_service(&world, "sharing").await;
    for table in ["decision", "consent_statement", "rule_set", "decision_reveal", "text_reveal", "reveal"] {
        for statement in ["DELETE FROM", "TRUNCATE"] {
            is_refused(&mut sharing, &format!("{statement} {table}")).await;
        }
        is_refused(&mut sharing, &format!("SELECT * FROM {table} FOR UPDATE")).await;
    }
    for statement in [
        "UPDATE decision SET outcome = 'share'",
        "UPDATE consent_statement SET statement = '{}'",
        "UPDATE consent_statement SET sealed = NULL",
    ] {
        is_refused(&mut sharing, statement).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_reads_no_other_ones_tables_and_the_keys_are_let_in_nowhere_else() {
    let mut world = World::start().await;
    world.start_sharing().await;
    is_refused(&mut as_service(&world, "sharing").await, "SELECT * FROM index.record").await;
    is_refused(&mut as_service(&world, "index").await, "SELECT * FROM sharing.consent_statement").await;

    let keys = format!("{}_keys", world.name());
    for (role, database) in
        [("svc_index", keys.as_str()), ("svc_sharing", &keys), ("svc_sharing_keys", world.name())]
    {
        let url = world.environment.database_url(role, database);
        let error = PgConnection::connect(&url).await.expect_err(role);
        assert_eq!(code_of(&error).as_deref(), Some(NOT_ALLOWED), "{role}: {error}");
    }
    let url = world.environment.database_url("svc_sharing_keys", &keys);
    let mut of_keys = PgConnection::connect(&url).await.expect("the role of the keys may log in");
    sqlx::query("SELECT owner, wrapped FROM keys.child_key")
        .fetch_all(&mut of_keys)
        .await
        .expect("it may read");
    for statement in
        ["CREATE TABLE keys.more (id int)", "DROP TABLE keys.child_key", "TRUNCATE keys.child_key"]
    {
        is_refused(&mut of_keys, statement).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_creates_drops_and_gives_away_nothing() {
    let mut world = World::start().await;
    world.start_sharing().await;
    for service in ["index", "sharing"] {
        let mut connection = as_service(&world, service).await;
        for statement in [
            "CREATE TABLE more (id int)",
            "CREATE TABLE public.more (id int)",
            "CREATE TEMPORARY TABLE more (id int)",
            "CREATE SCHEMA more",
            "CREATE VIEW more AS SELECT 1",
            "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER TABLE agency ADD COLUMN more text",
            "ALTER TABLE decision DISABLE TRIGGER ALL",
            "DROP TABLE inbox",
            &format!("DROP SCHEMA {service} CASCADE"),
            "CREATE INDEX more ON agency (agency)",
            "COMMENT ON TABLE agency IS 'more'",
            "CREATE ROLE more",
            "CREATE DATABASE more",
            "SET ROLE caf_owner",
            "COPY agency TO PROGRAM 'cat'",
        ] {
            is_refused(&mut connection, statement).await;
        }
        has_no_power_beyond_its_grants(&mut connection, service).await;
    }
}

async fn has_no_power_beyond_its_grants(connection: &mut PgConnection, service: &str) {
    let granted = sqlx::query(
        "SELECT DISTINCT privilege_type::text FROM information_schema.role_table_grants
         WHERE grantee IN (current_user, 'PUBLIC') AND table_schema = $1 ORDER BY 1",
    )
    .bind(service)
    .fetch_all(&mut *connection)
    .await
    .expect("it may read");
    let granted: Vec<String> = granted.iter().map(|row| row.get(0)).collect();
    assert_eq!(granted, ["DELETE", "INSERT", "SELECT", "UPDATE"]);
    let role = sqlx::query(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
                (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),
                (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
         FROM pg_roles WHERE rolname = current_user",
    );
    let role = role.fetch_one(&mut *connection).await.expect("the role");
    assert!(!role.get::<bool, _>(0), "the role has no power beyond its grants");
    assert_eq!(
        (role.get::<i64, _>(1), role.get::<i64, _>(2)),
        (0, 0),
        "it belongs to no other and owns nothing"
    );
}
