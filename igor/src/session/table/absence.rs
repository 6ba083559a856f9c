//! Sessions without a socket: how long they are kept, and when they end.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::hub::socket::Socket;
use crate::session::table::{Kept, Sessions, Table};
use crate::wire::close::CloseCode;
use crate::wire::rules::Rule;

/// How often the bytes that are kept for absent clients are counted, while there are any.
const CHECK: Duration = Duration::from_secs(1);

/// Sessions that end within this time are ended together: each look goes through all that there
/// are, and a thousand that left one after the other must not cost a thousand looks.
const TOGETHER: Duration = Duration::from_millis(50);

/// With no more absences than these it is not worth looking which have ended.
const FEW_ABSENCES: usize = 32;

impl Sessions {
    /// The socket of a session is gone; unless another took its place, its grace begins now, or
    /// it ends at once if the reason is one that ends it.
    pub(crate) fn leave(&self, session: &Arc<str>, socket: &Arc<Socket>, why: Option<CloseCode>) {
        let mut table = self.table();
        let absence = table.absences + 1;
        let Some(kept) = table.sessions.get_mut(session) else { return };
        if !kept.record.outbox.detach(socket) {
            return;
        }
        kept.absence = Some(absence);
        if !self.rules.hold(Rule::KeepCalls) {
            kept.record.end();
        }
        table.absences = absence;
        table.counted.too_slow += u64::from(why == Some(CloseCode::TooSlow));
        if why.is_some_and(CloseCode::ends_session) || self.shutdown.is_told() {
            self.remove(&mut table, session);
            return;
        }
        let end = Instant::now() + self.limits.grace;
        table.absent.push_back((end, Arc::clone(session), absence));
        table.forget_past_absences();
        drop(table);
        self.absent.notify_one();
    }

    /// Ends every session whose grace is over, until the server ends; then all that are absent,
    /// which nobody can come back to.
    pub(crate) async fn sweep(&self) {
        while !self.shutdown.is_told() {
            let now = Instant::now();
            let next = self.expire(now);
            let next_is_over = async {
                match next {
                    Some(end) => {
                        tokio::time::sleep_until(end.clamp(now + TOGETHER, now + CHECK)).await
                    }
                    None => self.absent.notified().await,
                }
            };
            tokio::select! {
                () = next_is_over => {}
                () = self.shutdown.heard() => {}
            }
        }
        let mut table = self.table();
        let absent: Vec<_> = table.absent.drain(..).map(|(_, session, _)| session).collect();
        for session in absent {
            if table.sessions.get(&session).is_some_and(|kept| kept.absence.is_some()) {
                self.remove(&mut table, &session);
            }
        }
    }

    /// Ends the sessions whose grace is over and those that the budget has no room for; says when
    /// the next one ends.
    pub(super) fn expire(&self, now: Instant) -> Option<Instant> {
        if !self.rules.hold(Rule::Expire) {
            return None;
        }
        let mut table = self.table();
        let cost_bytes: usize = table.absent().map(|kept| kept.record.cost_bytes()).sum();
        let mut excess = cost_bytes.saturating_sub(self.limits.absent_bytes);
        while let Some((end, session, absence)) = table.absent.front() {
            let kept = table.sessions.get(session);
            let kept = kept.filter(|kept| {
                kept.absence == Some(*absence) || !self.rules.hold(Rule::EndAbsence)
            });
            let is_still = kept.is_some();
            if is_still && *end > now && excess == 0 {
                return Some(*end);
            }
            let freed = kept.map_or(0, |kept| kept.record.cost_bytes());
            excess = excess.saturating_sub(freed);
            let session = Arc::clone(session);
            table.absent.pop_front();
            if is_still {
                self.remove(&mut table, &session);
            }
        }
        None
    }
}

impl Table {
    /// Forgets the absences that have ended, once they are most of what is noted: with a long
    /// grace, who comes and goes again and again would leave ever more of them behind.
    fn forget_past_absences(&mut self) {
        let Table { sessions, absent, .. } = self;
        if absent.len() > 2 * sessions.len() + FEW_ABSENCES {
            absent.retain(|(_, session, absence)| {
                sessions.get(session).is_some_and(|kept| kept.absence == Some(*absence))
            });
        }
    }

    /// The sessions that are without a socket.
    fn absent(&self) -> impl Iterator<Item = &Kept> {
        self.sessions.values().filter(|kept| kept.absence.is_some())
    }
}
