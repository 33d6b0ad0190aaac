//! The `caf` program, as people run it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::world::World;

/// How a run of the program ended, with the world's own marks left out of what it wrote.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// What it wrote, as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|cause| panic!("not JSON ({cause}): {self:?}"))
    }
}

impl World {
    /// Runs `caf` with the world's files, something to read and the agencies' plain names.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn types(&self, line: &[&str], input: &str) -> Ran {
        let mark = format!("-{}", self.name());
        let mut program = Command::new(self.environment.bin.join("caf"))
            .args(line.iter().map(|word| word.replace('@', &mark)))
            .env("CAF_EXCHANGE", self.directory.join("exchange.json"))
            .env("CAF_OPERATOR", self.directory.join("operator.json"))
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program was built (tests/run does)");
        // A program that reads nothing may be gone already.
        let _ = program.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        let ended = program.wait_with_output().expect("the program was a child");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&mark, "");
        Ran { code: ended.status.code().unwrap_or(-1), out: text(&ended.stdout), err: text(&ended.stderr) }
    }

    /// Runs `caf`; `@` stands for the end of an agency's id in this world.
    #[must_use]
    pub fn runs(&self, line: &[&str]) -> Ran {
        self.types(line, "")
    }
}
