//! Settings: where to listen and where the history is kept.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the program was told, by its arguments or else by its environment.
#[derive(Debug)]
pub(crate) struct Settings {
    /// `--port`, `CHAT_PORT`: where to listen; 0 for any free port.
    pub(crate) address: SocketAddr,
    /// `--data`, `CHAT_DATA`: the file with the history.
    pub(crate) data: PathBuf,
    /// `--quiet`, `CHAT_QUIET`: after so many seconds of silence Igor says something.
    pub(crate) quiet: Duration,
    /// `--report`: whether to say how the server is set up, and no more.
    pub(crate) report: bool,
}

impl Settings {
    /// Reads them, with their defaults.
    ///
    /// # Errors
    ///
    /// A sentence for whoever started the program.
    pub(crate) fn read() -> Result<Self, String> {
        let [mut port, mut data, mut quiet] =
            ["CHAT_PORT", "CHAT_DATA", "CHAT_QUIET"].map(|name| env::var(name).ok());
        let mut report = false;
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let value = match argument.as_str() {
                "--port" => &mut port,
                "--data" => &mut data,
                "--quiet" => &mut quiet,
                "--report" => {
                    report = true;
                    continue;
                }
                // Igor's own: the desktop window starts this program, or somebody asks what it offers.
                "--igor-sidecar" | "--igor-schema" => continue,
                _ => return Err(format!("`{argument}`? {USAGE}")),
            };
            *value = Some(arguments.next().ok_or(format!("`{argument}` needs a value. {USAGE}"))?);
        }
        let port = port.map_or(Ok(5678), |port| port.parse());
        let port = port.map_err(|_| "`--port` is a number up to 65535")?;
        let quiet = quiet.map_or(Ok(120), |quiet| quiet.parse());
        let quiet = quiet.map_err(|_| "`--quiet` is a whole number of seconds")?;
        Ok(Settings {
            address: (Ipv4Addr::LOCALHOST, port).into(),
            data: data.map_or_else(own_file, |path| Ok(path.into()))?,
            quiet: Duration::from_secs(quiet),
            report,
        })
    }
}

const USAGE: &str =
    "Usage: example-chat [--port <number>] [--data <file>] [--quiet <seconds>] [--report]";

/// The file in the user's own data directory.
fn own_file() -> Result<PathBuf, String> {
    let own = directories::ProjectDirs::from("", "", "igor-example-chat")
        .ok_or("there is no home directory: say `--data <file>`")?;
    let directory: &Path = own.data_dir();
    std::fs::create_dir_all(directory)
        .map_err(|cause| format!("cannot make `{}`: {cause}", directory.display()))?;
    Ok(directory.join("chat.sqlite"))
}
