//! An Igor server called from Rust, over TCP or pipes and in memory.

mod calls;
mod events;
mod hostile;
mod lost;
mod offer;
mod refused;

use igor::remote::Address;
use igor_tests::Place;

/// Where somebody listens, as a remote is told.
fn address_of(place: impl Into<Place>) -> Address {
    match place.into() {
        Place::Port(address) => address.into(),
        Place::Pipe(path) => Address::pipe(path),
    }
}
