//! The files of the mounts over real sockets: who may have them, what is read and written, and
//! that nothing leads out of a mount.

mod access;
mod client;
mod crash;
mod hostile;
mod place;
mod race;
mod reading;
mod writing;
