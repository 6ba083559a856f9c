//! Signed links: the right to read one file for a while, for `<img>` and `<video>`, which can show
//! no token.
//!
//! The key is made anew at each start and is no part of the token, so that a link tells nothing of
//! it; links end with the server that signed them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::error::Error;
use crate::http::path::encoded;

/// Bytes of the key, as many as a block of the hash.
const KEY_BYTES: usize = 64;

/// What signs the links of a server.
pub(super) struct Key([u8; KEY_BYTES]);

impl Key {
    /// A new one.
    ///
    /// # Errors
    ///
    /// `internal` when the system has no randomness to give.
    pub(super) fn make() -> Result<Self, Error> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|cause| Error::internal(cause.to_string()))?;
        Ok(Key(key))
    }

    /// The path of a file with the right to read it for so long, and at most twice that: the end is
    /// rounded up, so that a browser finds in its cache what it was given shortly before.
    pub(super) fn sign(&self, mount: &str, name: &str, life: Duration, now: SystemTime) -> String {
        let life = life.as_secs().max(1);
        let until = (seconds(now) / life).saturating_add(2).saturating_mul(life);
        let signature =
            URL_SAFE_NO_PAD.encode(self.mac(mount, name, until).finalize().into_bytes());
        format!("/files/{mount}/{}?until={until}&sign={signature}", encoded(name))
    }

    /// Whether a query carries the right to read a file now; `None` if it does not say so at all.
    pub(super) fn verify(
        &self,
        query: &str,
        mount: &str,
        name: &str,
        now: SystemTime,
    ) -> Option<bool> {
        let field = |name| query.split('&').find_map(|field| field.strip_prefix(name));
        let signature = field("sign=")?;
        let until = field("until=").and_then(|until| until.parse().ok()).unwrap_or(0);
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let is_signed = self.mac(mount, name, until).verify_slice(&signature).is_ok();
        Some(is_signed && seconds(now) < until)
    }

    /// Neither a mount nor a name has the sign that parts them here.
    fn mac(&self, mount: &str, name: &str, until: u64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        mac.update(format!("{mount}\n{name}\n{until}").as_bytes());
        mac
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    fn query(link: &str) -> &str {
        link.split_once('?').expect("a query").1
    }

    #[test]
    fn a_link_is_good_for_its_file_until_it_expires() {
        let (key, now) = (Key::make().expect("a key"), SystemTime::now());
        let link = key.sign("pictures", "rooms/a b.png", LIFE, now);
        assert!(link.starts_with("/files/pictures/rooms/a%20b.png?until="), "{link}");
        let verify = |key: &Key, mount, name, now| key.verify(query(&link), mount, name, now);
        assert_eq!(verify(&key, "pictures", "rooms/a b.png", now), Some(true));
        assert_eq!(verify(&key, "pictures", "rooms/a b.png", now + LIFE), Some(true));
        assert_eq!(verify(&key, "pictures", "rooms/a b.png", now + 3 * LIFE), Some(false));
        assert_eq!(verify(&key, "pictures", "rooms/b.png", now), Some(false));
        assert_eq!(verify(&key, "others", "rooms/a b.png", now), Some(false));
        let other = Key::make().expect("a key");
        assert_eq!(verify(&other, "pictures", "rooms/a b.png", now), Some(false));
    }

    #[test]
    fn a_changed_link_is_good_for_nothing() {
        let (key, now) = (Key::make().expect("a key"), SystemTime::now());
        let link = key.sign("m", "a", LIFE, now);
        let (until, sign) = query(&link).split_once('&').expect("two fields");
        let longer = format!("{until}0&{sign}");
        let (start, _) = query(&link).split_at(query(&link).len() - 4);
        for changed in [longer.as_str(), start, "sign=", sign, "until=99999999999&sign=AAAA"] {
            assert_eq!(key.verify(changed, "m", "a", now), Some(false), "{changed}");
        }
        for none in ["", until, "design=1"] {
            assert_eq!(key.verify(none, "m", "a", now), None, "{none}");
        }
    }

    #[test]
    fn links_that_are_made_one_after_the_other_are_the_same() {
        let (key, now) = (Key::make().expect("a key"), UNIX_EPOCH + 1000 * LIFE);
        let first = key.sign("m", "a", LIFE, now);
        assert_eq!(first, key.sign("m", "a", LIFE, now + LIFE / 2));
        assert_ne!(first, key.sign("m", "a", LIFE, now + LIFE));
    }
}
