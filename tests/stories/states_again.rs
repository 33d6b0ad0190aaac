//! Whatever becomes of sharing, it ends with the same knowledge: begun late, restored from a backup, or told in any
//! order and more than once (G7); and it decides alike by it.

use lapin::BasicProperties;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::FieldTable;
use schemas::MessageType;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use stories::facts::{under, with};
use stories::shared::{consent, request};
use stories::shared_scene::{ada, heard_of};
use stories::{Actor, Backup, Kind, World};

/// What sharing was told, entity by entity; in which version is another matter, since all that is told again has a
/// higher one.
const KNOWN: &str = "
    SELECT to_jsonb(known) FROM (
        SELECT 'agency' AS of, agency AS id, state - 'version' AS state FROM agency
        UNION ALL SELECT 'practitioner', agency || '/' || practitioner_id, state - 'version' FROM practitioner
        UNION ALL SELECT 'child', record_id::text, state - 'version' FROM child_record
        UNION ALL SELECT 'work', agency || '/' || local_ref, state - 'version' FROM involvement
        UNION ALL SELECT 'caf', caf_ref, state - 'version' FROM caf) AS known
    ORDER BY of, id";

async fn known(world: &World) -> Vec<Value> {
    world.sharing_knows().await;
    let mut database = world.database_of("sharing").await;
    sqlx::query_scalar(KNOWN).fetch_all(&mut database).await.expect("what is known")
}

struct Scene {
    school: Actor,
    surgery: Actor,
}

/// Ada's school and her surgery, and her mother's word that the surgery may see some of what the school has.
async fn begins(world: &World) -> Scene {
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let surgery = world.member("surgery", Kind::Gp, "gp", ada()).await;
    school.starts_caf("c1", "p1").await;
    Scene { school, surgery }
}

impl Scene {
    /// How the receipt calls it that somebody of the surgery asks who is on no register.
    async fn is_refused(&self, who: &str) -> Value {
        let ask = request(&self.school.id, &["action-plan"], who, &json!({}));
        let id = self.surgery.requests("c1", who, ask).await;
        self.surgery.hears_again(&id, 0).await["data"]["code"].clone()
    }

    /// As she said it; whoever answers may be away.
    async fn mother_agrees(&self) -> String {
        let parts = json!({"scope": {"agencies": {"named": [self.surgery.id]},
                                     "parts": {"included": "all", "excluded": ["household"]},
                                     "aboutPersons": [{"is": "child"}]}});
        let said =
            with(consent(&[], &parts), &json!({"practitioner": {"id": "p1", "roleInCase": "assessor"}}));
        let said = self.school.message("consent.recorded", Some("local:c1"), under("con-1", said));
        self.school.client.publish(&said).await.expect("the broker takes it");
        said.id().to_owned()
    }

    /// Somebody comes, and somebody goes.
    async fn goes_on(&self) {
        self.school.vouches_for("p2", "Sam Successor", "senco").await;
        self.school.works_with("c1", "p2", "team-member").await;
        let ended = json!({"practitionerId": "p1", "endedOn": "2026-11-20"});
        self.school.records("practitioner.ended", None, under("end-1", ended)).await;
        self.surgery.vouches_for("p2", "Nia Newcomer", "gp").await;
    }

    /// What comes of what the surgery asks the school for: the parts that the school is to give, and what is refused.
    async fn asks(&self, who: &str) -> (Value, Value) {
        let wanted = heard_of(&self.school, "share.wanted").len();
        let ask = |parts: &[&str]| request(&self.school.id, parts, who, &json!({}));
        self.surgery.requests("c1", who, ask(&["action-plan", "household"])).await;
        let wanted = self.school.is_told_again("share.wanted", wanted).await;
        let id = self.surgery.requests("c1", who, ask(&["household"])).await;
        self.surgery.hears_again(&id, 1).await;
        let all = self.surgery.heard.answers_to(&id);
        let refused = all.iter().find(|one| one["type"] == "uk.caf.share.refused.v1").expect("a refusal");
        (wanted["data"]["parts"].clone(), refused["data"]["toldCode"].clone())
    }
}

/// Without what differs from world to world: ids that were drawn.
fn settled(world: &World, known: Vec<Value>) -> Vec<String> {
    let settle = |mut known: Value| {
        let state = known["state"].as_object_mut().expect("fields");
        state.retain(|name, _| name != "record" && name != "aliasOf");
        if known["of"] == "child" {
            known["id"] = Value::Null;
        }
        known.to_string().replace(world.name(), "world")
    };
    let mut settled: Vec<String> = known.into_iter().map(settle).collect();
    settled.sort();
    settled
}

fn republish(world: &World) {
    let told = world.runs(&["republish", "index", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sharing_service_that_begins_a_month_late_knows_and_decides_as_one_that_always_ran() {
    let mut ends = Vec::new();
    for late in [false, true] {
        let mut world = World::start().await;
        if !late {
            world.start_sharing().await;
        }
        let it = begins(&world).await;
        let said = it.mother_agrees().await;
        world.restart_at("2026-12-21T10:00:00Z").await;
        it.goes_on().await;
        if late {
            // Nobody listened.
            world.as_sharing().await.forgets().await;
            world.start_sharing().await;
            republish(&world);
        }
        let known = known(&world).await;
        assert_eq!(it.school.hears_again(&said, 0).await["data"]["state"], "recorded");
        ends.push((settled(&world, known), it.asks("p2").await));
    }
    assert_eq!(ends[0].1, (json!(["action-plan"]), json!("not-shared")));
    assert_eq!(ends[0], ends[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sharing_service_that_was_restored_from_a_backup_knows_and_decides_as_before() {
    let mut world = World::with_sharing().await;
    let it = begins(&world).await;
    let said = it.mother_agrees().await;
    it.school.hears_again(&said, 0).await;
    world.sharing_knows().await;
    let backup = Backup::take(&world, "sharing");
    it.goes_on().await;
    let (before, decided) = (known(&world).await, it.asks("p2").await);
    assert_eq!(decided, (json!(["action-plan"]), json!("not-shared")));

    assert!(world.sharing_mut().stop().await.success());
    backup.restore(&world).await;
    world.sharing_mut().start_again();
    world.sharing_mut().ready().await;
    republish(&world);
    assert_eq!(known(&world).await, before);
    assert_eq!(it.asks("p2").await, decided);
}

/// What an operator does once the tables were restored, as the document of operating has it.
fn forget_what_was_told() -> AssertSqlSafe<String> {
    let (_, after) =
        include_str!("../../docs/operations.md").split_once("--command='TRUNCATE").expect("the step");
    let (tables, _) = after.split_once('\'').expect("its end");
    AssertSqlSafe(format!("TRUNCATE{tables}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_restored_from_a_backup_is_followed_whatever_it_had_told_since() {
    let mut world = World::with_sharing().await;
    let it = begins(&world).await;
    let said = it.mother_agrees().await;
    it.school.hears_again(&said, 0).await;
    let before = known(&world).await;
    let backup = Backup::take(&world, "index");
    let ended = json!({"practitionerId": "p1", "endedOn": "2026-11-20"});
    it.surgery.records("practitioner.ended", None, under("end-1", ended)).await;
    it.surgery.vouches_for("p2", "Nia Newcomer", "gp").await;
    world.sharing_knows().await;
    let decided = it.asks("p2").await;
    assert_eq!(it.is_refused("p1").await, "unknown-practitioner");

    assert!(world.index.stop().await.success());
    backup.restore(&world).await;
    world.index.start_again();
    world.index.ready().await;
    republish(&world);
    world.sharing_knows().await;
    assert_eq!(it.asks("p1").await, decided, "the index does not know that p1 left");

    // Nobody tells of what the index does not know any more.
    let mut database = world.database().await;
    sqlx::query(forget_what_was_told()).execute(&mut database).await.expect("all is forgotten");
    assert_eq!(it.is_refused("p1").await, "not-yours", "what nobody tells of is not there");
    republish(&world);
    assert_eq!(known(&world).await, before);
    assert_eq!(it.asks("p1").await, decided);
    assert_eq!(it.is_refused("p2").await, "unknown-practitioner", "p2 came after the backup");
}

#[tokio::test(flavor = "multi_thread")]
async fn states_that_come_late_twice_and_the_last_first_end_alike() {
    let mut world = World::start().await;
    let it = begins(&world).await;
    it.goes_on().await;
    it.school.knows("c1", with(ada(), &json!({"happenedOn": "2026-11-20"}))).await;
    let mut listener = world.as_sharing().await;
    let is_last = |known: &stories::Known| {
        !known.of(MessageType::PractitionerChanged, &format!("{}/p2", it.surgery.id)).is_null()
    };
    listener.knows("all that happened", is_last).await;
    world.start_sharing().await;
    republish(&world);
    let told_once = known(&world).await;

    let mut database = world.database_of("sharing").await;
    for table in ["agency", "practitioner", "child_record", "child_token", "involvement", "caf"] {
        let forget = AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::query(forget).execute(&mut database).await.expect("all is forgotten");
    }
    let index = world.as_service("svc-index").await;
    let channel = index.create_channel().await.expect("a channel");
    channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
    let raised = "SELECT raised_by FROM index.publication WHERE type = $1";
    let last_first = listener.came.iter().rev().flat_map(|state| [state, state]);
    for (kind, _, state) in last_first.chain(&listener.came) {
        // As it is told since all was told again.
        let raised: i64 = sqlx::query_scalar(raised)
            .bind(kind.short_name())
            .fetch_one(&mut database)
            .await
            .expect("a number");
        let mut state = state.clone();
        state["version"] = json!(raised + state["version"].as_i64().expect("a version"));
        let mut older = state.clone();
        // What is older said something else.
        older["version"] = json!(1);
        for (field, said) in [
            ("displayName", "Older"),
            ("name", "Older"),
            ("roleInCase", "contributor"),
            ("authority", "county"),
        ] {
            if older[field].is_string() {
                older[field] = json!(said);
            }
        }
        for state in [&state, &older] {
            publish(&channel, *kind, state).await;
        }
    }
    // It stands behind them all in the queue.
    world.agency("last", Kind::Housing).await;
    let told_otherwise = known(&world).await;
    let without = |all: Vec<Value>| -> Vec<Value> {
        let last = world.id("last").to_string();
        all.into_iter().filter(|one| one["id"] != last.as_str()).collect()
    };
    assert_eq!(without(told_otherwise), told_once);
}

async fn publish(channel: &lapin::Channel, kind: MessageType, state: &Value) {
    let id = kit::Clock::default().new_id().to_string();
    let message = json!({
        "specversion": "1.0", "id": id, "source": "svc-index", "type": kind.name(),
        "time": "2026-11-21T10:00:00Z", "data": {"states": [state]},
    });
    let properties = BasicProperties::default()
        .with_user_id("svc-index".into())
        .with_message_id(id.as_str().into())
        .with_type(kind.name().into())
        .with_headers(FieldTable::default());
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let (key, body) = (kind.short_name(), message.to_string());
    let published = channel.basic_publish("events".into(), key.into(), options, body.as_bytes(), properties);
    published.await.expect("published").await.expect("confirmed");
}
