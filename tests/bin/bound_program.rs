//! A program that is bound to whoever starts it, and one that starts it, for `--test sidecar`.

use std::future::pending;
use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio, abort, exit};
use std::time::Duration;
use std::{env, io, thread};

use igor::{Config, Mount, Output, Server};

/// Says that it runs, and then never ends by itself.
#[igor::action("hold")]
async fn hold(running: Output<u32>) -> igor::Result<()> {
    running.send(1).await?;
    pending().await
}

/// Says that it runs, and ends a little later.
#[igor::action("finish")]
async fn finish(running: Output<u32>) -> igor::Result<String> {
    running.send(1).await?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok("finished".to_owned())
}

/// Starts something, and says its number; then never ends by itself.
#[igor::action("start")]
async fn start(started: Output<u32>) -> igor::Result<()> {
    let child = Command::new(env::current_exe()?).arg("idle").stdin(Stdio::null()).spawn()?;
    started.send(child.id()).await?;
    pending().await
}

fn main() -> igor::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["parent", how] => parent(how).map_err(Into::into),
        // Longer than any test waits, and not for ever where one fails.
        ["idle"] => {
            thread::sleep(Duration::from_secs(120));
            Ok(())
        }
        ["--igor-sidecar"] => serve(Vec::new()),
        ["--igor-sidecar", "unheard"] => serve_unheard(),
        ["files", directory, "--igor-sidecar"] => {
            serve(vec![Mount { write: true, delete: true, ..Mount::new("notes", directory) }])
        }
        ["--igor-sidecar", "stuck"] => {
            serve(Vec::new())?;
            loop {
                thread::park();
            }
        }
        _ => panic!("{arguments:?}?"),
    }
}

/// Serves, and talks on standard output as programs do that know nothing of a parent.
#[tokio::main(flavor = "current_thread")]
async fn serve(mounts: Vec<Mount>) -> igor::Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE).init();
    let bound = Server::new(Config { mounts, ..Config::default() }).bind().await?;
    match bound.handle().pipe() {
        Some(pipe) => println!("bound to {}", pipe.display()),
        None => println!("bound to {}", bound.address()),
    }
    bound.run_until(pending()).await?;
    println!("ended");
    Ok(())
}

/// Serves as the shortest of programs do, which do not even listen to their log.
#[tokio::main(flavor = "current_thread")]
async fn serve_unheard() -> igor::Result<()> {
    Server::new(Config::default()).serve().await
}

/// Starts the program in this way, says what it said, and waits to be told how to end.
fn parent(how: &str) -> io::Result<()> {
    let this = env::current_exe()?;
    let mut command = match how {
        // Behind a shell that waits for it.
        "shell" if cfg!(windows) => {
            let mut shell = Command::new("cmd");
            shell.arg("/C").arg(&this).arg("--igor-sidecar");
            shell
        }
        "shell" => {
            let mut shell = Command::new("sh");
            shell.args(["-c", "\"$0\" --igor-sidecar; exit $?"]).arg(&this);
            shell
        }
        _ => {
            let mut direct = Command::new(&this);
            direct.arg("--igor-sidecar");
            direct
        }
    };
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().expect("piped");
    let unrelated = if how == "beside" { Some(careless(&this, &input)?) } else { None };
    let (token, parent) = (igor_tests::TOKEN, std::process::id());
    writeln!(input, r#"{{"token":"{token}","parent":{parent}}}"#)?;
    let mut ready = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut ready)?;
    let unrelated = unrelated.map_or(0, |unrelated| unrelated.id());
    println!("{unrelated} {}", ready.trim_end());
    let mut end = String::new();
    stdin().read_line(&mut end)?;
    match end.trim_end() {
        "crash" => abort(),
        _ => exit(0),
    }
}

/// Starts something so carelessly that it holds the other half of the program's standard input.
fn careless(this: &Path, input: &ChildStdin) -> io::Result<Child> {
    #[cfg(unix)]
    let held = std::os::fd::AsFd::as_fd(input).try_clone_to_owned()?;
    #[cfg(windows)]
    let held = std::os::windows::io::AsHandle::as_handle(input).try_clone_to_owned()?;
    Command::new(this).arg("idle").stdout(held).spawn()
}
