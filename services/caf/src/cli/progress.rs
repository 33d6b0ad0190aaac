//! How far something is that takes long: a bar where a person looks on, lines now and then where not.

use std::io::{self, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

/// Says on standard error how far a job is.
#[derive(Debug)]
pub(super) struct Progress {
    shown: Shown,
    total: usize,
    what: &'static str,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    /// A line for each tenth.
    Lines {
        tenths: usize,
    },
}

impl Progress {
    /// Of `total` things, such as rows.
    pub(super) fn new(total: usize, what: &'static str) -> Self {
        let shown = if io::stderr().is_terminal() {
            let bar = ProgressBar::new(u64::try_from(total).unwrap_or_default());
            let template = format!("{{bar:30}} {{pos}} of {{len}} {what}, {{eta}} left {{msg}}");
            Shown::Bar(
                ProgressStyle::with_template(&template)
                    .map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)),
            )
        } else {
            Shown::Lines { tenths: 0 }
        };
        Self { shown, total, what }
    }

    /// So many are done; `note` tells what else is worth knowing.
    pub(super) fn is_at(&mut self, done: usize, note: impl FnOnce() -> String) {
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_position(u64::try_from(done).unwrap_or_default());
                bar.set_message(note());
            }
            Shown::Lines { tenths } => {
                let now = (done * 10).checked_div(self.total).unwrap_or_default();
                if now > *tenths {
                    *tenths = now;
                    let line = format!("{done} of {} {} {}", self.total, self.what, note());
                    let _ = writeln!(io::stderr(), "{}", line.trim_end());
                }
            }
        }
    }

    /// Takes the bar away: what comes next is the summary.
    pub(super) fn ends(self) {
        if let Shown::Bar(bar) = self.shown {
            bar.finish_and_clear();
        }
    }
}
