//! A program that is bound to the one that started it: what it is told, what it says, and that it
//! ends with it.

#[cfg(windows)]
mod children;
mod ends;
mod gone;
#[cfg(unix)]
mod pipe;
mod program;
mod says;
