//! Kills one of the services and servers at a point that the seed draws, brings it back, and goes on.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::stubborn::{PATIENCE, Stubborn};
use super::{OwnServers, Plan};
use crate::service::ServiceProcess;
use crate::world::World;

/// Messages between two kills: at least, and how many more at most.
const BETWEEN: (u64, u64) = (30, 300);

pub(super) struct Killer {
    servers: OwnServers,
    world: World,
    plan: Plan,
    random: u64,
}

/// A world whose servers live as long as it does.
pub(super) struct Survived {
    pub(super) world: World,
    _servers: OwnServers,
}

impl Survived {
    pub(super) fn index(&self) -> &ServiceProcess {
        &self.world.index
    }
}

impl Killer {
    pub(super) fn new(servers: OwnServers, world: World, plan: Plan) -> Self {
        Self { servers, world, plan, random: plan.seed }
    }

    /// `SplitMix64`: a seed gives the same points again.
    fn draw(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    pub(super) async fn run(mut self, streams: &[&Arc<Stubborn>]) -> Survived {
        for kill in 1..=self.plan.kills {
            let confirmed = || streams.iter().map(|stream| stream.confirmed() as u64).sum::<u64>();
            let point = confirmed() + BETWEEN.0 + self.draw(BETWEEN.1);
            let standstill = Instant::now() + PATIENCE;
            while confirmed() < point {
                assert!(
                    Instant::now() < standstill,
                    "seed {}: no way to kill {kill}: {streams:?}",
                    self.plan.seed
                );
                streams[0].next_progress().await;
            }
            // Within a batch's life, not only at its edges.
            tokio::time::sleep(Duration::from_micros(self.draw(4_000))).await;
            let victim =
                ["index", "sharing", "broker", "database"][usize::try_from(self.draw(4)).expect("small")];
            eprintln!("kill {kill} of {}: {victim} after {} confirmed", self.plan.kills, confirmed());
            self.kill(victim).await;
        }
        Survived { world: self.world, _servers: self.servers }
    }

    async fn kill(&mut self, victim: &str) {
        match victim {
            "index" => kill(&mut self.world.index),
            "sharing" => kill(self.world.sharing_mut()),
            server => {
                let directory = self.servers.path();
                tokio::task::block_in_place(|| {
                    self.servers.run(&["kill", &directory, server]);
                    self.servers.run(&["restart", &directory, server]);
                });
            }
        }
        self.world.index.ready().await;
        self.world.sharing_mut().ready().await;
    }
}

fn kill(service: &mut ServiceProcess) {
    service.kill();
    service.start_again();
}
