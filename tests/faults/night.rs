//! The night after a run: agencies are told what was shown of their records, and the index is killed twice.

use super::counted;
use super::killer::Survived;
use crate::waiting::until;

/// When the digests of the day of the run are written.
const NIGHT: &str = "2026-11-22T02:00:00Z";

/// Once in the middle of the transaction that writes the digests, and once as soon as it is committed.
pub(super) async fn falls(survived: &mut Survived) {
    let world = &mut survived.world;
    assert!(world.index.stop().await.success(), "it ends when it is told to");
    let mut database = world.database().await;
    // The transaction cannot take down what it tells, and waits.
    let lock = sqlx::raw_sql("BEGIN; LOCK TABLE access_notice IN EXCLUSIVE MODE");
    lock.execute(&mut database).await.expect("a lock");
    world.restart_at(NIGHT).await;
    until("the digests are being written", async || {
        let waiting = "SELECT count(*) FROM pg_locks
                       WHERE NOT granted AND relation = 'access_notice'::regclass";
        (counted(world, waiting).await? > 0).then_some(())
    })
    .await;
    world.index.kill();
    sqlx::raw_sql("ROLLBACK").execute(&mut database).await.expect("the lock goes");
    world.index.start_again();
    until("the digests are written", async || {
        let digests = "SELECT count(*) FROM timer WHERE kind = 'digest'";
        (counted(world, digests).await? == 0).then_some(())
    })
    .await;
    world.index.kill();
    world.index.start_again();
    world.index.ready().await;
}
