//! Paths that try to lead out of a mount, or to a file by a name that other systems read otherwise.

use std::fs;

use igor_tests::TOKEN;

use crate::client::Client;
use crate::place::{Place, serve};

/// What stands in the files that no path may lead to.
const SECRET: &str = "SECRET";

const UPWARDS: [&str; 12] = [
    "..",
    "%2e%2e",
    "%2E.",
    ".%2e",
    "%252e%252e",
    "%c0%ae%c0%ae",
    "%u002e%u002e",
    "..%00",
    "..%20",
    "...",
    "..;",
    "%ef%bc%8e%ef%bc%8e",
];

const SEPARATORS: [&str; 9] =
    ["/", "%2f", "%5c", "\\", "%252f", "//", "/./", "%c0%af", "%e2%88%95"];

const BEGINNINGS: [&str; 2] = ["", "directory/"];

/// Names that are something else on Windows, or hidden, or igor's own; each of them lies in the
/// root, where the system that the test runs on lets it.
const NAMES: [&str; 34] = [
    "CON",
    "con",
    "PRN",
    "AUX",
    "NUL",
    "nul.txt",
    "NUL .txt",
    "COM1",
    "com9.log",
    "LPT1",
    "lpt5.a.b",
    "CONIN$",
    "conout$",
    "COM¹",
    "CLOCK$",
    "a.",
    "a..",
    "a ",
    "a. ",
    "a:b",
    "a::$DATA",
    "C:a",
    "a\\b",
    "a*",
    "a?",
    "a<b",
    "a|b",
    "a\"b",
    "SECRET~1",
    "GIT~1.TXT",
    ".hidden",
    ".igor-upload-abc",
    "\u{200b}.hidden",
    "a\u{202e}gnp.exe",
];

#[cfg(unix)]
fn links(place: &Place) -> Vec<String> {
    use std::os::unix::fs::symlink;
    let (root, secret) = (place.root(), place.path().join("secret.txt"));
    symlink("../secret.txt", root.join("relative")).expect("a link");
    symlink(&secret, root.join("absolute")).expect("a link");
    symlink("..", root.join("up")).expect("a link");
    symlink("/", root.join("top")).expect("a link");
    symlink("relative", root.join("chain")).expect("a link");
    symlink("directory/../../secret.txt", root.join("winding")).expect("a link");
    symlink("../up/secret.txt", root.join("directory/back")).expect("a link");
    symlink("/proc/self/cwd", root.join("process")).expect("a link");
    let from_top = format!("top{}", secret.display());
    let names =
        ["relative", "absolute", "up/secret.txt", &from_top, "chain", "winding", "directory/back"];
    let more = ["process/Cargo.toml", "up/root/../secret.txt", "up/up/secret.txt"];
    names.into_iter().chain(more).map(str::to_owned).collect()
}

#[cfg(not(unix))]
fn links(_: &Place) -> Vec<String> {
    Vec::new()
}

/// A byte at a time, as no path need be written.
fn encoded(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// Every hostile path below the mount.
fn paths(place: &Place) -> Vec<String> {
    let mut paths = Vec::new();
    for upwards in UPWARDS {
        for separator in SEPARATORS {
            for beginning in BEGINNINGS {
                let climb = |depth| format!("{upwards}{separator}").repeat(depth);
                paths.push(format!("{beginning}{}secret.txt", climb(1)));
                paths.push(format!("{beginning}{}secret.txt", climb(2)));
                paths.push(format!("{beginning}{}etc/passwd", climb(12)));
            }
        }
    }
    for name in NAMES {
        // Where a name cannot be written, asking for it is no less hostile.
        let _ = fs::write(place.root().join(name), SECRET);
        let _ = fs::write(place.root().join("directory").join(name), SECRET);
        paths.extend([encoded(name), format!("directory/{}", encoded(name))]);
        paths.push(format!("{}/a", encoded(name)));
    }
    for link in links(place) {
        let encoded: Vec<_> = link.split('/').map(encoded).collect();
        paths.extend([encoded.join("/"), encoded.join("%2f"), link]);
    }
    let absolute = place.path().join("secret.txt").display().to_string();
    paths.extend([
        format!("/{absolute}"),
        encoded(&absolute),
        format!("file://{absolute}"),
        absolute,
    ]);
    paths
}

#[tokio::test]
async fn no_path_leads_out_of_a_mount() {
    let place = Place::new();
    fs::write(place.path().join("secret.txt"), SECRET).expect("a file");
    fs::create_dir(place.root().join("directory")).expect("a directory");
    let paths = paths(&place);
    assert!(paths.len() >= 300, "{}", paths.len());
    let server = serve(place.open_mount()).await;
    let mut client = Client::connect(server.handle()).await;
    for path in &paths {
        // A path that is none at all is refused before anybody looks at it.
        let answer = client.ask(&format!("GET /files/m/{path}"), &[]).await;
        assert!(matches!(answer.status, 400 | 404), "{} for `{path}`", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains(SECRET), "`{path}`");
    }
    let outside = || {
        let entries = fs::read_dir(place.path()).expect("a directory");
        entries.map(|entry| entry.expect("an entry").file_name()).collect::<Vec<_>>().len()
    };
    let before = outside();
    for path in &paths {
        for method in ["PUT", "DELETE"] {
            let token = format!("Bearer {TOKEN}");
            let headers = [("Authorization", token.as_str()), ("Content-Length", "11")];
            client.try_send(&format!("{method} /files/m/{path}"), &headers, b"overwritten").await;
        }
    }
    assert_eq!(outside(), before);
    let secret = fs::read_to_string(place.path().join("secret.txt")).expect("a file");
    assert_eq!(secret, SECRET);
}

#[tokio::test]
async fn a_path_that_a_browser_would_not_send_is_refused_too() {
    let place = Place::new();
    fs::write(place.path().join("secret.txt"), SECRET).expect("a file");
    let server = serve(place.mount()).await;
    for target in [
        "/files/m/../../secret.txt",
        "/files/../files/m/../../secret.txt",
        "//files/m/../secret.txt",
        "/./files/m/../secret.txt",
        "/files/m",
        "/files//a",
        "/files/%6d/../secret.txt",
        "/files/..%2f..%2fsecret.txt",
        "*",
    ] {
        let mut client = Client::connect(server.handle()).await;
        let answer = client.ask(&format!("GET {target}"), &[]).await;
        assert!(matches!(answer.status, 400 | 404), "{} for `{target}`", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains(SECRET), "`{target}`");
    }
}
