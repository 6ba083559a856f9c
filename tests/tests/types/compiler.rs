//! The TypeScript compiler, of the version that the client's runtime is checked with.

use std::path::Path;
use std::process::Command;

/// How everything that igor emits has to compile.
const OPTIONS: &str = r#"{
  "compilerOptions": {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "lib": ["ES2022", "DOM"],
    "types": [],
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true,
    "allowImportingTsExtensions": true,
    "isolatedModules": true,
    "verbatimModuleSyntax": true,
    "noEmit": true
  },
  "files": ["igor-client.ts", "claims.ts"]
}
"#;

/// Compiles the client and the claims in a folder: the errors of the claims, each with its line.
///
/// # Errors
///
/// When the client itself does not compile, or the compiler is not there.
pub(crate) fn errors(folder: &Path) -> Result<Vec<(usize, String)>, String> {
    std::fs::write(folder.join("tsconfig.json"), OPTIONS).expect("a file under `target`");
    let compiler = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../igor-client-ts/node_modules/.bin")
        .join(if cfg!(windows) { "tsc.cmd" } else { "tsc" });
    if !compiler.exists() {
        return Err("no TypeScript compiler: run `npm ci` in `igor-client-ts` first".to_owned());
    }
    let output = Command::new(compiler)
        .args(["--pretty", "false", "--project", "."])
        .current_dir(folder)
        .output()
        .expect("the TypeScript compiler starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors: Vec<_> = said.lines().filter_map(claimed).collect();
    let mut others = said.lines().filter(|line| line.contains("error ") && claimed(line).is_none());
    match others.next() {
        Some(first) => Err(format!("the client does not compile: {first}")),
        None if errors.is_empty() && !output.status.success() => Err(said.into_owned()),
        None => Ok(errors),
    }
}

/// An error of the claims, as `claims.ts(12,14): error TS2322: …`.
fn claimed(line: &str) -> Option<(usize, String)> {
    let (place, said) = line.strip_prefix("claims.ts(")?.split_once("): error ")?;
    let (line, _) = place.split_once(',')?;
    Some((line.parse().ok()?, said.to_owned()))
}
