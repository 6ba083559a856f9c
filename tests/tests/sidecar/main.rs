//! A program that is bound to the one that started it: what it is told, what it says, and that it
//! ends with it.

#![cfg(unix)]

mod ends;
mod gone;
mod pipe;
mod program;
mod says;
