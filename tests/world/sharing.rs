//! The service sharing in the worlds that ask for it.

use crate::ground::Ground;
use crate::service::ServiceProcess;
use crate::waiting::until;
use crate::world::World;

/// What the index has that sharing has not, or not in this version.
const NOT_YET_KNOWN: &str = "
    SELECT (SELECT count(*) FROM index.agency ours LEFT JOIN sharing.agency theirs USING (agency)
            WHERE theirs.version IS DISTINCT FROM ours.state_version + agencies.raised_by)
         + (SELECT count(*) FROM index.practitioner ours
            LEFT JOIN sharing.practitioner theirs USING (agency, practitioner_id)
            WHERE theirs.version IS DISTINCT FROM ours.state_version + practitioners.raised_by)
         + (SELECT count(*) FROM index.record ours LEFT JOIN sharing.child_record theirs USING (record_id)
            WHERE theirs.version IS DISTINCT FROM ours.state_version + children.raised_by)
         + (SELECT count(*) FROM index.involvement ours
            LEFT JOIN sharing.involvement theirs USING (agency, local_ref)
            WHERE theirs.version IS DISTINCT FROM ours.state_version + involvements.raised_by)
         + (SELECT count(*) FROM index.caf ours LEFT JOIN sharing.caf theirs USING (caf_ref)
            WHERE theirs.version IS DISTINCT FROM ours.state_version + cafs.raised_by)
    FROM index.publication agencies, index.publication practitioners, index.publication children,
         index.publication involvements, index.publication cafs
    WHERE (agencies.type, practitioners.type, children.type, involvements.type, cafs.type)
        = ('agency.changed', 'practitioner.changed', 'child.changed', 'involvement.changed', 'caf.changed')";

impl World {
    /// Starts sharing beside the index, with the index's clock and limits.
    ///
    /// # Panics
    /// When it does not start, or runs already.
    pub async fn start_sharing(&mut self) {
        assert!(self.sharing.is_none(), "it runs already");
        let config = std::fs::read_to_string(self.index.config()).expect("the configuration");
        let (_, more) = config.split_once("/index.sock\"\n").expect("what the world was given");
        let ground = Ground {
            environment: &self.environment,
            operator: &self.operator,
            world: self.name(),
            directory: &self.directory,
        };
        let own = ground.own_of_sharing().await;
        let mut sharing = ground.service("sharing", &format!("{own}{more}"));
        sharing.ready().await;
        self.sharing = Some(sharing);
        let socket = self.directory.join("sharing.sock");
        self.operator.file.admin_sockets.insert("sharing".to_owned(), socket);
        self.operator.file.write(&self.directory.join("operator.json")).expect("the operator file");
    }

    /// Waits until sharing has taken up all that the index recorded.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn sharing_knows(&self) {
        let mut database = self.database().await;
        until("sharing knows what the index knows", async || {
            let missing = sqlx::query_scalar::<_, i64>(NOT_YET_KNOWN).fetch_one(&mut database).await;
            (missing.expect("the database answers") == 0).then_some(())
        })
        .await;
    }

    /// The running service.
    ///
    /// # Panics
    /// When nobody started it.
    #[must_use]
    pub fn sharing(&self) -> &ServiceProcess {
        self.sharing.as_ref().expect("start_sharing comes first")
    }

    /// The same, to stop or kill it.
    ///
    /// # Panics
    /// When nobody started it.
    pub fn sharing_mut(&mut self) -> &mut ServiceProcess {
        self.sharing.as_mut().expect("start_sharing comes first")
    }
}
