//! An agency that is shut out: at once, whole, and not for ever if the same organisation comes back.

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, practitioner, restriction, under};
use stories::{Actor, Kind, World, until};

use crate::connections::{NOT_ACCEPTED, is_closed, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_agency_is_cut_off_at_once_and_its_inbox_is_kept() {
    let world = World::start().await;
    let mut housing = world.agency("southgate-housing", Kind::Housing).await;
    let access = housing.client.access().clone();
    housing.stop_listening().await;
    let system = world.system_of(&housing.id).await;
    let officer = under("p-1", practitioner("h1", "Hal Oakes", "housing-officer"));
    let notice = housing.message("practitioner.recorded", None, officer);
    system.publish(&notice).await.expect("the broker takes it");
    until("the receipt lies in the inbox", async || {
        let mut peek = system.peek_inbox().await.expect("its own inbox");
        peek.next().await.expect("its own inbox")
    })
    .await;

    let revoked = world.caf(&["agency", "revoke", housing.id.as_str()]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));

    is_closed(system.connection()).await;
    is_closed(housing.client.connection()).await;
    system.publish(&notice).await.expect_err("nothing more is taken");
    let said = refusal(world.knock_with(&access).await);
    assert!(said.contains(NOT_ACCEPTED), "{said}");
    until("its receipt is kept", async || {
        let inbox = world.management().queue(&access.inbox).await.expect("the broker answers");
        (inbox.expect("the inbox is kept").messages == 1).then_some(())
    })
    .await;
    expires_after(&world, &access.inbox, json!(30 * 24 * 60 * 60 * 1000_u64)).await;

    // Were the user brought back, by a definitions file for one, the certificate is still refused.
    world.management().put_user(housing.id.as_str()).await.expect("a user");
    let said = refusal(world.knock_with(&access).await);
    assert!(said.contains(NOT_ACCEPTED), "{said}");
}

/// The broker deletes the queue after so many milliseconds without a reader; never if null.
async fn expires_after(world: &World, queue: &str, milliseconds: Value) {
    until("the policy has its effect", async || {
        let queue = world.management().read(&["queues", world.name(), queue]).await.expect("the queue");
        (queue["effective_policy_definition"]["expires"] == milliseconds).then_some(())
    })
    .await;
}

/// As the register has it, though the broker still lets it in: what lies in a queue at that moment.
async fn is_struck_off(world: &World, agency: &Actor) {
    let admin = world.index.admin();
    admin.post(&format!("/agencies/{}/revoke", agency.id), &[]).await.expect("the register marks it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_a_revoked_agency_is_named_and_what_it_said_of_children_holds() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let housing = world.agency("housing", Kind::Housing).await;
    let social = world.agency("social", Kind::SocialCare).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    let ada = || child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    housing.vouches_for("h1", "Hal Oakes", "housing-officer").await;
    for (agency, who) in [(&school, "t1"), (&housing, "h1")] {
        agency.knows("c1", ada()).await;
        agency.works_with("c1", who, "team-member").await;
    }
    let before = school.asks_for("t1", &nhs_number(1)).await;
    assert_eq!(before["data"]["contacts"].as_array().map(Vec::len), Some(2), "{before}");

    is_struck_off(&world, &housing).await;
    let after = school.asks_for("t1", &nhs_number(1)).await;
    assert_eq!(after["data"]["contacts"].as_array().map(Vec::len), Some(1), "{after}");
    assert_eq!(after["data"]["contacts"][0]["name"], "Tess Archer", "{after}");
    let answer = housing.asks_for("h1", &nhs_number(1)).await;
    assert_eq!(answer["data"]["code"], "not-yours", "{answer}");
    // What it said before, and the service takes up only now: that a child must be hidden, above all.
    social.knows("c1", ada()).await;
    is_struck_off(&world, &social).await;
    let set = under("r-1", restriction("address"));
    let receipt = social.says("restriction.set", Some("local:c1"), set).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    let answer = health.asks_for("hv1", &nhs_number(1)).await;
    assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_revoked_agency_is_parked() {
    let world = World::with_configuration("[limits]\noutbox_retry_ms = 20\ntick_ms = 20").await;
    let mut housing = world.agency("housing", Kind::Housing).await;
    housing.stop_listening().await;
    world.broker_limits(r"^inbox\.housing-", json!({"max-length": 1})).await;
    let waiting = async || {
        let status: Value = world.index.admin().get("/status", &[]).await.expect("a status");
        (status["outboxWaiting"].as_u64(), status["parked"].as_u64())
    };
    let mut database = world.database().await;
    let mut sent = 0;
    until("a receipt was refused and waits", async || {
        sent += 1;
        let id = format!("h{sent}");
        let entry = under(&id, practitioner(&id, "Hal Oakes", "housing-officer"));
        let entry = housing.message("practitioner.recorded", None, entry);
        housing.client.publish(&entry).await.expect("the broker takes it");
        // One that is only on its way waits, too, and would arrive before the revocation.
        let refused = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE attempts > 0");
        let refused: i64 = refused.fetch_one(&mut database).await.expect("a count");
        (refused > 0).then_some(())
    })
    .await;

    let revoked = world.caf(&["agency", "revoke", housing.id.as_str()]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    until("it is parked", async || {
        let (outbox, parked) = waiting().await;
        (outbox == Some(0) && parked > Some(0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_revoked_comes_back_to_its_queues_only_if_an_operator_says_so() {
    let world = World::start().await;
    let housing = world.agency("housing", Kind::Housing).await;
    let before = housing.client.access().clone();
    let revoked = world.caf(&["agency", "revoke", housing.id.as_str()]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    let again = |more: &[&str]| {
        let words = "agency add housing@ --kind housing --sector statutory --display-name Housing \
                     --authority borough --duty-desk-phone 01632960301 --safeguarding-lead-phone 01632960302";
        let line: Vec<&str> = words.split_whitespace().chain(more.iter().copied()).collect();
        world.runs(&line)
    };
    let refused = again(&[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.contains("--reinstate"), "{refused:?}");

    let back = again(&["--reinstate"]);
    assert_eq!(back.code, 0, "{back:?}");
    let housing = world.connect(&housing.id).await;
    let access = housing.client.access();
    assert_eq!((&access.inbox, &access.answers), (&before.inbox, &before.answers));
    assert_ne!(access.certificate, before.certificate, "its old certificate stays refused");
    housing.vouches_for("h1", "Hal Oakes", "housing-officer").await;
    expires_after(&world, &access.inbox, Value::Null).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_agency_may_not_take_all_connections() {
    let world = World::start().await;
    let housing = world.agency("housing", Kind::Housing).await;
    let access = housing.client.access();
    let mut open = Vec::new();
    let refused = loop {
        match world.knock_with(access).await {
            Ok(connection) => open.push(connection),
            Err(refused) => break refused.to_string(),
        }
        assert!(open.len() < 100, "there is no end to it");
    };
    // One it had already; the broker counts with a little delay.
    assert!((30..=40).contains(&open.len()), "after {}: {refused}", open.len());
    assert!(refused.contains("it may not connect"), "{refused}");
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
}
