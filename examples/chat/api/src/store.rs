//! The store: rooms and lines in one SQLite file.
//!
//! SQLite blocks. So these are plain functions, for actions that are `blocking`; async code goes
//! through [`Store::ask`].

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::{Connection, Row, params};

use crate::line::Line;

/// The layout of the file. A file of another version is left alone.
const VERSION: i64 = 2;

const LAYOUT: &str = "
    CREATE TABLE IF NOT EXISTS room (name TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS line (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        room TEXT NOT NULL REFERENCES room (name),
        who TEXT,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        picture TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS line_in_room ON line (room, id);
";

/// What the first version lacks.
const SINCE_1: &str = "ALTER TABLE line ADD COLUMN picture TEXT";

/// The history of all rooms. Clones share one connection.
#[derive(Clone, Debug)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

/// Why the history could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened.
    #[error("the history cannot be opened at `{}`: {cause}", path.display())]
    Unopened {
        /// Where it was looked for.
        path: PathBuf,
        /// What SQLite said.
        cause: rusqlite::Error,
    },
    /// The file was written by another version of this program.
    #[error("the history in `{}` has layout {found}, this program reads {VERSION}", path.display())]
    OtherVersion {
        /// Where it is.
        path: PathBuf,
        /// The layout it has.
        found: i64,
    },
    /// SQLite failed.
    #[error("the history cannot be reached: {0}")]
    Unreached(#[from] rusqlite::Error),
}

impl From<StoreError> for igor::Error {
    /// The caller is not to blame: the log has the cause, the page sees an id.
    fn from(cause: StoreError) -> Self {
        igor::Error::internal(cause)
    }
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let unopened = |cause| StoreError::Unopened { path: path.to_owned(), cause };
        let mut connection = Connection::open(path).map_err(unopened)?;
        let found: i64 =
            connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(unopened)?;
        let change = match found {
            0 => LAYOUT,
            1 => SINCE_1,
            VERSION => "",
            _ => return Err(StoreError::OtherVersion { path: path.to_owned(), found }),
        };
        // With a write-ahead log a line that was kept stays, however the program ends.
        connection.pragma_update(None, "journal_mode", "wal").map_err(unopened)?;
        // Whoever is interrupted here has the file as it was.
        let whole = connection.transaction().map_err(unopened)?;
        whole.execute_batch(change).map_err(unopened)?;
        whole.pragma_update(None, "user_version", VERSION).map_err(unopened)?;
        whole.commit().map_err(unopened)?;
        Ok(Store(Arc::new(Mutex::new(connection))))
    }

    /// Asks the store from async code, on a thread that may block.
    pub(crate) async fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&Store) -> Result<R, StoreError> + Send + 'static,
    ) -> igor::Result<R> {
        let store = self.clone();
        let answer = tokio::task::spawn_blocking(move || question(&store)).await;
        Ok(answer.map_err(igor::Error::internal)??)
    }

    /// The names of all rooms, in alphabetical order.
    pub(crate) fn rooms(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.connection();
        let mut rooms = connection.prepare("SELECT name FROM room ORDER BY name")?;
        let names = rooms.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    }

    /// Makes a room unless it is there, or there are so many others; says whether it is there now.
    pub(crate) fn add_room(&self, name: &str, most: u32) -> Result<bool, StoreError> {
        let connection = self.connection();
        connection.execute(
            "INSERT OR IGNORE INTO room (name) SELECT ?1 WHERE (SELECT count(*) FROM room) < ?2",
            (name, most),
        )?;
        let query = "SELECT EXISTS (SELECT 1 FROM room WHERE name = ?1)";
        Ok(connection.query_row(query, [name], |row| row.get(0))?)
    }

    /// Keeps a line.
    pub(crate) fn add(
        &self,
        room: &str,
        who: Option<&str>,
        text: &str,
        picture: Option<&str>,
        at: i64,
    ) -> Result<Line, StoreError> {
        let connection = self.connection();
        connection.execute(
            "INSERT INTO line (room, who, text, picture, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![room, who, text, picture, at],
        )?;
        let id = connection.last_insert_rowid();
        let (who, picture) = (who.map(str::to_owned), picture.map(str::to_owned));
        Ok(Line { id, room: room.to_owned(), who, text: text.to_owned(), picture, at })
    }

    /// A name that nothing has yet, and that nobody can guess: 32 hexadecimal digits.
    pub(crate) fn fresh(&self) -> Result<String, StoreError> {
        let query = "SELECT lower(hex(randomblob(16)))";
        Ok(self.connection().query_row(query, [], |row| row.get(0))?)
    }

    /// So many lines of a room before a given one, the newest first.
    pub(crate) fn before(&self, room: &str, id: i64, most: u32) -> Result<Vec<Line>, StoreError> {
        self.lines(
            "SELECT id, room, who, text, picture, at FROM line
             WHERE room = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            (room, id, most),
        )
    }

    /// So many lines of a room behind a given one, the oldest first.
    pub(crate) fn behind(&self, room: &str, id: i64, most: u32) -> Result<Vec<Line>, StoreError> {
        self.lines(
            "SELECT id, room, who, text, picture, at FROM line
             WHERE room = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            (room, id, most),
        )
    }

    /// How many lines a room has.
    pub(crate) fn count(&self, room: &str) -> Result<u32, StoreError> {
        let query = "SELECT count(*) FROM line WHERE room = ?1";
        Ok(self.connection().query_row(query, [room], |row| row.get(0))?)
    }

    fn lines(&self, query: &str, of: (&str, i64, u32)) -> Result<Vec<Line>, StoreError> {
        let connection = self.connection();
        let mut query = connection.prepare_cached(query)?;
        let lines = query.query_map(of, read_line)?.collect::<Result<_, _>>()?;
        Ok(lines)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // SQLite keeps its own order: a thread that panicked leaves nothing half done.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        room: row.get(1)?,
        who: row.get(2)?,
        text: row.get(3)?,
        picture: row.get(4)?,
        at: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_memory() -> Store {
        let store = Store::open(Path::new(":memory:")).expect("memory is there");
        assert!(store.add_room("lobby", 2).expect("writable"));
        store
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn lines_are_read_from_either_end() {
        let store = in_memory();
        for text in ["one", "two", "three"] {
            store.add("lobby", Some("Ada"), text, None, 0).expect("the room is there");
        }
        let newest = store.before("lobby", i64::MAX, 2).expect("readable");
        assert_eq!(texts(&newest), ["three", "two"]);
        assert_eq!(texts(&store.before("lobby", newest[1].id, 2).expect("readable")), ["one"]);
        let oldest = store.behind("lobby", 0, 2).expect("readable");
        assert_eq!(texts(&oldest), ["one", "two"]);
        assert_eq!(store.count("lobby").expect("readable"), 3);
    }

    #[test]
    fn a_room_is_made_once_and_keeps_its_lines_to_itself() {
        let store = in_memory();
        assert!(store.add_room("attic", 2).expect("writable"));
        assert!(store.add_room("attic", 2).expect("writable"), "it stays");
        store.add("attic", None, "dust", None, 0).expect("the room is there");
        assert_eq!(store.rooms().expect("readable"), ["attic", "lobby"]);
        assert_eq!(store.count("lobby").expect("readable"), 0);
    }

    #[test]
    fn there_are_no_more_rooms_than_there_may_be() {
        let store = in_memory();
        assert!(!store.add_room("attic", 1).expect("readable"));
        assert!(store.add_room("lobby", 1).expect("readable"), "it is there already");
        assert_eq!(store.rooms().expect("readable"), ["lobby"]);
    }

    #[test]
    fn a_line_needs_its_room() {
        assert!(in_memory().add("cellar", None, "hello?", None, 0).is_err());
    }

    #[test]
    fn a_picture_is_kept_with_its_line() {
        let store = in_memory();
        let name = format!("{}.png", store.fresh().expect("readable"));
        assert!(crate::picture::is_name(&name), "{name}");
        assert_ne!(store.fresh().expect("readable"), store.fresh().expect("readable"));
        store.add("lobby", Some("Ada"), "A bat", Some(&name), 0).expect("the room is there");
        let lines = store.before("lobby", i64::MAX, 1).expect("readable");
        assert_eq!(lines[0].picture, Some(name));
    }

    /// A directory that is gone in the end.
    struct Place(PathBuf);

    impl Place {
        /// With a file in it that somebody else has begun.
        fn begun(name: &str, with: &str) -> Self {
            let own = format!("chat-store-{}-{name}", std::process::id());
            let place = Place(std::env::temp_dir().join(own));
            std::fs::create_dir_all(&place.0).expect("writable");
            let begun = Connection::open(place.file()).expect("writable");
            begun.execute_batch(with).expect("writable");
            place
        }

        fn file(&self) -> PathBuf {
            self.0.join("chat.sqlite")
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_from_before_there_were_pictures_is_taken_over() {
        let begin = "
            CREATE TABLE room (name TEXT PRIMARY KEY) STRICT;
            CREATE TABLE line (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                room TEXT NOT NULL REFERENCES room (name),
                who TEXT,
                text TEXT NOT NULL,
                at INTEGER NOT NULL
            ) STRICT;
            INSERT INTO room VALUES ('lobby');
            INSERT INTO line (room, who, text, at) VALUES ('lobby', 'Ada', 'one', 7);
            PRAGMA user_version = 1;";
        let place = Place::begun("first", begin);
        let store = Store::open(&place.file()).expect("it is one of ours");
        store.add("lobby", Some("Ada"), "two", Some("a.png"), 8).expect("the room is there");
        let lines = store.behind("lobby", 0, 2).expect("readable");
        let kept = lines.iter().map(|line| (line.text.as_str(), line.at, line.picture.as_deref()));
        assert_eq!(kept.collect::<Vec<_>>(), [("one", 7, None), ("two", 8, Some("a.png"))]);
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let place = Place::begun("other", "PRAGMA user_version = 99");
        let refused = Store::open(&place.file()).expect_err("it is of another version").to_string();
        assert!(refused.ends_with("has layout 99, this program reads 2"), "{refused}");
    }
}
