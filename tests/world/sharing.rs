//! The service sharing in the worlds that ask for it.

use crate::ground::Ground;
use crate::service::ServiceProcess;
use crate::world::World;

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
