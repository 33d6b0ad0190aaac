//! An agency's broker user and what it may do.

use std::time::Duration;

use schemas::AgencyId;
use tokio::time::sleep;

use super::queues::{self, Queues};
use crate::{
    Result,
    management::{Management, Permissions, TopicPermissions},
};

/// After how long a new connection shows in the management API.
const SHOWS_AFTER: Duration = Duration::from_secs(6);

/// Open connections and channels of one agency, so that none takes the broker from the others (G9).
const CONNECTIONS: u32 = 32;
const CHANNELS: u32 = 256;

/// What an agency may do: publish to `in`, read its two queues. It declares
/// nothing, and has no write on the default exchange.
#[must_use]
pub fn permissions(queues: &Queues) -> Permissions {
    Permissions { configure: "^$".to_owned(), write: "^in$".to_owned(), read: queues.read_permission() }
}

/// The routing keys an agency may publish: its own. The dots keep out
/// look-alikes (`school-a` must not cover `school-ab.`).
#[must_use]
pub fn topic_permissions(agency: &AgencyId) -> TopicPermissions {
    TopicPermissions {
        exchange: "in".to_owned(),
        write: format!(r"^{agency}\.[a-z-]+\.[a-z-]+$"),
        read: "^$".to_owned(),
    }
}

/// Lets an agency into the broker: its queues, its user and what it may do.
/// What is as it should be already is left alone.
///
/// # Errors
/// When the broker refuses or does not answer.
pub async fn let_in(management: &Management, agency: &AgencyId) -> Result<Queues> {
    let queues = queues::ensure(management, agency).await?;
    let user = agency.as_str();
    if !management.has_user(user).await? {
        management.put_user(user).await?;
    }
    management.limit_user(user, CONNECTIONS, CHANNELS).await?;
    let wanted = permissions(&queues);
    let topic = topic_permissions(agency);
    let topic_is_set = management.topic_permissions(user).await? == [topic.clone()];
    let had = management.permissions(user).await?;
    if topic_is_set && had.as_ref() == Some(&wanted) {
        return Ok(queues);
    }
    // the topic first: a user without one may publish every key
    management.put_topic_permissions(user, &topic).await?;
    management.put_permissions(user, &wanted).await?;
    if had.is_some() {
        // a busy channel keeps its old permissions for seconds: close what is
        // open, and once more what had only just opened
        management.close_connections_of(user).await?;
        sleep(SHOWS_AFTER).await;
        management.close_connections_of(user).await?;
    }
    Ok(queues)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn an_agency_reads_its_own_queues_and_writes_its_own_keys() {
        let agency = AgencyId::parse("school-a").unwrap();
        let granted = permissions(&Queues {
            inbox: "inbox.school-a.0f".to_owned(),
            answers: "answers.school-a.1e".to_owned(),
        });
        assert_eq!(granted.configure, "^$");
        assert_eq!(granted.write, "^in$");
        assert_eq!(granted.read, r"^(inbox\.school-a\.0f|answers\.school-a\.1e)$");
        assert_eq!(topic_permissions(&agency).write, r"^school-a\.[a-z-]+\.[a-z-]+$");
    }
}
