//! How a server tells the driver where it listens and what it has used.
//!
//! A server writes its port in one line. From then on it answers each line on its standard input with
//! its processor time in nanoseconds and its resident memory in bytes, and it ends with that input.

use std::io::{BufRead as _, Write as _, stdin, stdout};
use std::{fs, io, process, thread};

use cpu_time::ProcessTime;

/// The size of a page of memory; what every Linux that this runs on has.
const PAGE_BYTES: u64 = 4096;

/// Says where the server listens, and answers the driver's questions on a thread of its own.
pub fn announce(port: u16) {
    println!("{port}");
    thread::spawn(|| {
        for _question in stdin().lock().lines().map_while(Result::ok) {
            let used = ProcessTime::now().as_duration().as_nanos();
            let resident = resident_bytes().unwrap_or(0);
            if writeln!(stdout(), "{used} {resident}").is_err() {
                break;
            }
        }
        process::exit(0);
    });
}

fn resident_bytes() -> io::Result<u64> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    Ok(pages.unwrap_or(0) * PAGE_BYTES)
}
