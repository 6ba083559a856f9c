//! A client gives its name in the middle of its session, as classic clients do.

use std::sync::Arc;

use tracing::debug;

use crate::error::{Code, Error};
use crate::hub::ClientId;
use crate::identity::Known;
use crate::session::Record;
use crate::session::table::{Sessions, taken};

/// How far a client is trusted that gives the name of a session that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Not at all: it may be anybody.
    Nothing,
    /// It is taken to be the one who had the name, if that one got it in the same way.
    Names,
}

impl Sessions {
    /// A client, which is known so, goes on under the name that it says: with its own values and
    /// rooms where nobody has the name, else with those of the session that is kept under it, whose
    /// calls end. What it has called so far goes on, as who it was.
    ///
    /// # Errors
    ///
    /// `forbidden` when the name belongs to somebody else, `session_lost` when the session that
    /// says it is over.
    pub(crate) fn introduce(
        &self,
        session: &str,
        name: &str,
        known: Option<Known>,
        trust: Trust,
    ) -> Result<Arc<Record>, Error> {
        let mut table = self.table();
        let own = table.sessions.get(session).map(|kept| Arc::clone(&kept.record));
        let own = own.ok_or_else(|| Error::new(Code::SessionLost, "the session is over"))?;
        let name = ClientId::from(name);
        let holder = table.clients.get(&name).filter(|holder| &***holder != session).cloned();
        let values = match holder {
            None => Arc::clone(&own),
            Some(holder) => {
                let kept = table.sessions.get(&holder).filter(|kept| {
                    trust == Trust::Names && kept.is_introduced && kept.record.is(known.as_ref())
                });
                if kept.is_none() {
                    return Err(taken(&name));
                }
                debug!(client = %name, "a session goes on by its name");
                table.take(&holder).unwrap_or_else(|| Arc::clone(&own))
            }
        };
        let record = Arc::new(own.renamed(name.clone(), &values));
        let nobody = record.come(known);
        table.forget(nobody);
        if own.client_id != name {
            self.hub.rename(&own.client_id, &name);
            table.clients.remove(&own.client_id);
            table.clients.insert(name, session.into());
        }
        if let Some(kept) = table.sessions.get_mut(session) {
            kept.record = Arc::clone(&record);
            kept.is_introduced = true;
        }
        table.end(own);
        table.end(values);
        Ok(record)
    }
}
