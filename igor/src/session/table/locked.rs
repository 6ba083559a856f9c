//! The table of sessions under its lock.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::identity::Known;
use crate::session::record::Record;
use crate::session::table::Table;

/// The table, for as long as nobody else has it.
///
/// What ends meanwhile is dropped when the lock is free, as the fields are dropped in their order:
/// the program's own values are among it, whose drop may take its time, or look at the server.
pub(super) struct Locked<'a> {
    table: MutexGuard<'a, Table>,
    ended: Vec<Arc<Record>>,
    forgotten: Option<Known>,
}

impl<'a> Locked<'a> {
    /// Waits for the table.
    pub(super) fn new(table: &'a Mutex<Table>) -> Self {
        let table = table.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        Locked { table, ended: Vec::new(), forgotten: None }
    }

    /// The record of a session that has ended, or goes on with another.
    pub(super) fn end(&mut self, record: Arc<Record>) {
        self.ended.push(record);
    }

    /// Who a client is no longer.
    pub(super) fn forget(&mut self, known: Option<Known>) {
        self.forgotten = known;
    }
}

impl Deref for Locked<'_> {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.table
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Table {
        &mut self.table
    }
}
