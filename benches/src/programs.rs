//! What the users of igor wait for: builds, the size of a program, and its start.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::command::succeed;
use crate::options::Options;
use crate::report::Report;
use crate::rounds::Rounds;

/// The same small program twice.
const PROGRAMS: [&str; 2] = ["with-igor", "with-axum"];

/// How often a program is changed and started; building from nothing takes too long for that.
const TIMES: usize = 10;

/// What stands in both programs, and may be anything.
const GREETING: &str = "Hello, ";

/// Measures them, in a folder that is there meanwhile.
pub fn measure(options: &Options) -> Report {
    let columns = ["", "igor", "axum and serde by hand", "igor / by hand"];
    let mut report = Report::new("programs", &columns);
    let room = env::temp_dir().join(format!("igor-programs-{}", std::process::id()));
    if let Err(error) = measure_in(&room, options, &mut report) {
        eprintln!("programs: {error}");
        report.is_kept = false;
    }
    let _ = fs::remove_dir_all(&room);
    report
}

fn measure_in(room: &Path, options: &Options, report: &mut Report) -> io::Result<()> {
    let [igor, axum] = PROGRAMS;
    let mut both = [Program::copy(igor, room)?, Program::copy(axum, room)?];
    let rounds = options.rounds.min(3);
    let mut row = |name: &str,
                   act: &mut dyn FnMut(&mut Program) -> io::Result<f64>,
                   times: usize,
                   unit: f64| {
        let mut measured = [Rounds::default(), Rounds::default()];
        for _ in 0..times {
            for (program, rounds) in both.iter_mut().zip(&mut measured) {
                rounds.push(act(program)?);
            }
        }
        let [igor, axum] = &measured;
        let ratio = igor.median().zip(axum.median()).map(|(igor, axum)| igor / axum);
        let ratio = ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
        report.row(&[name.to_owned(), igor.cell(unit), axum.cell(unit), ratio]);
        report.tell_last();
        io::Result::Ok(())
    };
    row("dev build from nothing, s", &mut Program::build_from_nothing, rounds, 1.0)?;
    row("dev build after a change, s", &mut Program::build_after_change, TIMES, 1.0)?;
    row("release build from nothing, s", &mut Program::build_release, 1, 1.0)?;
    row("release program, MiB", &mut Program::size, 1, f64::from(1 << 20))?;
    row("the same stripped, MiB", &mut Program::stripped_size, 1, f64::from(1 << 20))?;
    row("from start to ready, ms", &mut Program::start, TIMES, 1e-3)?;
    let hello = hello_size(room)?;
    report.table += &format!(
        "\n\n`examples/hello` as a release program: {:.1} MiB.",
        hello / f64::from(1 << 20)
    );
    Ok(())
}

/// A copy of one of the programs.
struct Program {
    name: &'static str,
    folder: PathBuf,
    changes: u32,
}

impl Program {
    fn copy(name: &'static str, room: &Path) -> io::Result<Self> {
        let (from, folder) = (Path::new("programs").join(name), room.join(name));
        fs::create_dir_all(folder.join("src"))?;
        fs::create_dir_all(folder.join("ui"))?;
        let igor = fs::canonicalize("../igor")?;
        let manifest = fs::read_to_string(from.join("Cargo.toml"))?;
        let manifest = manifest.replace("../../../igor", &igor.to_string_lossy());
        fs::write(folder.join("Cargo.toml"), manifest)?;
        for file in ["Cargo.lock", "src/main.rs"] {
            fs::copy(from.join(file), folder.join(file))?;
        }
        // What is to be downloaded is there before anything is measured.
        succeed(Command::new("cargo").args(["fetch", "--quiet"]).current_dir(&folder))?;
        Ok(Program { name, folder, changes: 0 })
    }

    fn build(&self, profile: &[&str]) -> io::Result<f64> {
        let begun = Instant::now();
        let mut cargo = Command::new("taskset");
        cargo.args(["--cpu-list", "0,1", "cargo", "build", "--quiet"]).args(profile);
        succeed(cargo.current_dir(&self.folder).env_remove("CARGO_TARGET_DIR"))?;
        Ok(begun.elapsed().as_secs_f64())
    }

    fn build_from_nothing(&mut self) -> io::Result<f64> {
        let _ = fs::remove_dir_all(self.folder.join("target"));
        self.build(&[])
    }

    /// Greets otherwise than before.
    fn build_after_change(&mut self) -> io::Result<f64> {
        let main = self.folder.join("src/main.rs");
        let before = self.greeting();
        self.changes += 1;
        let text = fs::read_to_string(&main)?.replace(&before, &self.greeting());
        fs::write(&main, text)?;
        self.build(&[])
    }

    fn greeting(&self) -> String {
        match self.changes {
            0 => GREETING.to_owned(),
            changes => format!("Hello {changes} times, "),
        }
    }

    fn build_release(&mut self) -> io::Result<f64> {
        self.build(&["--release"])
    }

    fn release(&self) -> PathBuf {
        self.folder.join("target/release").join(self.name)
    }

    fn size(&mut self) -> io::Result<f64> {
        Ok(fs::metadata(self.release())?.len() as f64)
    }

    fn stripped_size(&mut self) -> io::Result<f64> {
        let stripped = self.folder.join("stripped");
        succeed(Command::new("strip").arg("-o").arg(&stripped).arg(self.release()))?;
        Ok(fs::metadata(stripped)?.len() as f64)
    }

    /// From the start of the process to the line by which it says where it listens.
    fn start(&mut self) -> io::Result<f64> {
        let begun = Instant::now();
        let mut child = Command::new(self.release())
            .current_dir(&self.folder)
            .env("XDG_STATE_HOME", self.folder.join("state"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let read = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?)
            .read_line(&mut line);
        let taken: Duration = begun.elapsed();
        child.kill()?;
        child.wait()?;
        read?;
        if line.is_empty() {
            Err(io::ErrorKind::UnexpectedEof.into())
        } else {
            Ok(taken.as_secs_f64())
        }
    }
}

/// The size of the smallest example as a release program.
fn hello_size(room: &Path) -> io::Result<f64> {
    let target = room.join("hello");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--package", "example-hello"]);
    succeed(cargo.current_dir("..").env("CARGO_TARGET_DIR", &target))?;
    Ok(fs::metadata(target.join("release/example-hello"))?.len() as f64)
}
