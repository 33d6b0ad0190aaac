//! Tells the story as it happens, and remembers what was not as it should be.

use serde_json::{Value, json};

use super::super::output::say;

/// The one who tells.
#[derive(Debug)]
pub(super) struct Teller {
    silent: bool,
    chapter: usize,
    steps: Vec<Value>,
    wrong: Vec<String>,
}

impl Teller {
    /// With JSON nothing is printed until the end.
    pub(super) fn new(silent: bool) -> Self {
        Self { silent, chapter: 0, steps: Vec::new(), wrong: Vec::new() }
    }

    /// What happens next, and why.
    pub(super) fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        self.print(&format!("\n{}. {title}", self.chapter));
    }

    /// A line or more beneath the chapter.
    pub(super) fn line(&self, text: &str) {
        for line in text.lines() {
            self.print(format!("   {line}").trim_end());
        }
    }

    /// What came back, and whether it was as it should be.
    pub(super) fn expect(&mut self, what: &str, is_so: bool, reply: &Value) {
        let mark = if is_so { "as it should be" } else { "NOT AS IT SHOULD BE" };
        self.line(&format!("-> {what} ({mark})"));
        self.steps.push(json!({ "expected": what, "asItShouldBe": is_so, "reply": reply }));
        if !is_so {
            self.wrong.push(format!("step {}: {what}", self.chapter));
        }
    }

    pub(super) fn steps(&self) -> &[Value] {
        &self.steps
    }

    pub(super) fn not_as_they_should_be(&self) -> &[String] {
        &self.wrong
    }

    fn print(&self, text: &str) {
        if !self.silent {
            say(text);
        }
    }
}
