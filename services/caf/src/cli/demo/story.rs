//! The story: a notice, its receipt, another agency's lookup, a rejected
//! message, and lookups that may not be answered. What is shared is the second act.

use serde_json::Value;

use super::{
    cast::{Cast, compose, deliver, say, state},
    invented::Child,
    messages::{self, CLINICIAN, HEALTH_VISITOR, Practitioner, TEACHER},
    sharing,
    teller::Teller,
};
use crate::{Result, cli::output::text, client::AgencyClient};

/// Plays all of it. What is not as it should be is told and the story goes on;
/// only what cannot be reached ends it.
pub(super) async fn play(cast: &Cast<'_>, teller: &mut Teller) -> Result<()> {
    teller.line("Invented children, marked synthetic; real messages; each agency with its own certificate.");
    registers(cast, teller).await?;
    let child = Child::invent()?;
    school_tells(cast, &child, teller).await?;
    health_asks(cast, &child, teller).await?;
    mistakes(cast, &child, teller).await?;
    let hidden = sensitive(cast, teller).await?;
    stranger(cast, &child, teller).await?;
    sharing::play(cast, &child, &hidden, teller).await
}

async fn registers(cast: &Cast<'_>, teller: &mut Teller) -> Result<()> {
    teller.chapter("Each agency vouches for its practitioners (practitioner.recorded).");
    for (agency, who) in [(&cast.school, TEACHER), (&cast.health, HEALTH_VISITOR), (&cast.clinic, CLINICIAN)]
    {
        let data = messages::on_register(who, cast.authority);
        let reply = say(agency, "practitioner.recorded", None, data).await?;
        let Practitioner { name, job, .. } = who;
        teller.line(&format!("{} puts {name} ({job}) on its register", agency.agency()));
        // at a second run nothing has changed since the first
        let is_so = ["recorded", "duplicate"].contains(&state(&reply));
        teller.expect(&format!("receipt: {}", state(&reply)), is_so, &reply);
    }
    Ok(())
}

async fn school_tells(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    let Cast { school, today, .. } = cast;
    let subject = child.subject();
    teller.chapter("The school tells the exchange that a CAF was started.");
    teller.line(&format!(
        "The child: {}, born {}, NHS number {} (all invented)",
        child.name(),
        child.birth,
        child.nhs_number
    ));
    let authority = cast.authority;
    let told = [
        ("child.recorded", messages::child(child, authority, today)),
        (
            "involvement.recorded",
            messages::involvement(child, TEACHER, "lead-professional", "Special needs support", today),
        ),
        ("caf.started", messages::notice(school.agency(), child, authority, today)),
    ];
    for (name, data) in told {
        teller.line(&format!("{} sends {name} for {subject}", school.agency()));
        let reply = say(school, name, Some(&subject), data).await?;
        teller.expect(&format!("receipt: {}", state(&reply)), state(&reply) == "recorded", &reply);
    }
    Ok(())
}

async fn health_asks(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    let health = &cast.health;
    teller.chapter("A health visitor asks before starting another one: is there a CAF, and who leads?");
    let data = messages::lookup(HEALTH_VISITOR.id, &child.nhs_number);
    let reply = ask(health, data, teller).await?;
    let contact = reply.pointer("/data/contacts/0").unwrap_or(&Value::Null);
    teller.expect("the child is found", text(&reply, "/data/outcome") == "match", &reply);
    let leads = text(contact, "/name") == TEACHER.name && contact["lead"].as_bool() == Some(true);
    teller.expect("the teacher is shown as lead, with a telephone", leads, &reply);
    let is_open = text(&reply, "/data/cafMark") == "open";
    teller.expect("an open CAF is shown, and whom to ring", is_open, &reply);
    Ok(())
}

async fn mistakes(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    let school = &cast.school;
    let subject = child.subject();
    teller.chapter("The school sends a notice with mistakes: it comes back with what is wrong, and where.");
    let data = messages::faulty_notice(school.agency(), child, cast.authority);
    let message = compose(school, "caf.started", Some(&subject), data)?;
    let reply = deliver(school, &message, Some(teller)).await?;
    let pointers = reply.pointer("/data/pointers").and_then(Value::as_array);
    let is_so = state(&reply) == "rejected" && pointers.is_some_and(|list| list.len() >= 3);
    teller.expect("rejected, each mistake by its place", is_so, &reply);

    teller.chapter("The school's system stumbles and sends one message twice.");
    let data =
        messages::involvement(child, TEACHER, "lead-professional", "Special needs support", &cast.today);
    let message = compose(school, "involvement.recorded", Some(&subject), data)?;
    let first = deliver(school, &message, None).await?;
    let second = deliver(school, &message, None).await?;
    let is_so = state(&first) != "rejected" && state(&second) == "duplicate";
    teller.expect("duplicate: nothing was recorded twice", is_so, &second);
    Ok(())
}

async fn sensitive(cast: &Cast<'_>, teller: &mut Teller) -> Result<Child> {
    let Cast { clinic, today, .. } = cast;
    let child = Child::invent()?;
    let subject = child.subject();
    teller.chapter("A service whose name must not show works with another child.");
    let authority = cast.authority;
    let told = [
        ("child.recorded", messages::child(&child, authority, today)),
        ("involvement.recorded", messages::involvement(&child, CLINICIAN, "key-worker", "Advice", today)),
    ];
    for (name, data) in told {
        teller.line(&format!("{} sends {name} for {subject}", clinic.agency()));
        let reply = say(clinic, name, Some(&subject), data).await?;
        teller.expect(&format!("receipt: {}", state(&reply)), state(&reply) == "recorded", &reply);
    }
    teller.line("The health visitor looks that child up:");
    let hidden = ask(&cast.health, messages::lookup(HEALTH_VISITOR.id, &child.nhs_number), teller).await?;
    let nothing = text(&hidden, "/data/outcome") == "nothing-to-show";
    teller.expect("nothing is shown", nothing, &hidden);
    let nobody = Child::invent()?;
    let data = messages::lookup(HEALTH_VISITOR.id, &nobody.nhs_number);
    let message = compose(&cast.health, "index.looked-up", None, data)?;
    let unknown = deliver(&cast.health, &message, None).await?;
    let is_same = without_query(&hidden) == without_query(&unknown);
    teller.expect("the answer is the same as for a child nobody knows", is_same, &unknown);
    Ok(child)
}

async fn stranger(cast: &Cast<'_>, child: &Child, teller: &mut Teller) -> Result<()> {
    teller.chapter("Somebody asks who is not on the agency's register.");
    let data = messages::lookup("demo-nobody", &child.nhs_number);
    let reply = ask(&cast.health, data, teller).await?;
    let is_so = text(&reply, "/data/code") == "unknown-practitioner";
    teller.expect("refused: only registered practitioners may ask", is_so, &reply);
    Ok(())
}

/// A lookup, told with its answer.
async fn ask(client: &AgencyClient, data: Value, teller: &Teller) -> Result<Value> {
    teller.line(&format!("{} sends index.looked-up", client.agency()));
    let message = compose(client, "index.looked-up", None, data)?;
    deliver(client, &message, Some(teller)).await
}

/// All of an answer but which question it answers.
fn without_query(reply: &Value) -> Value {
    let mut data = reply["data"].clone();
    if let Some(fields) = data.as_object_mut() {
        fields.remove("query");
    }
    data
}
