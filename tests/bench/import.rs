//! How fast `caf import` takes children from a file, until their last receipt is read.

use std::fmt::Write as _;
use std::time::Instant;

use stories::facts::nhs_number;

use crate::flows::{Bench, ROUNDS, letters};
use crate::load::{self, Pace};
use crate::measure::median;
use crate::report::{Line, Report};

/// Rows of one file, about five seconds.
const ROWS: usize = 15_000;

impl Bench {
    /// The echo and the import as fast as they go, interleaved; the program's start counts.
    pub(crate) async fn import(&mut self, report: &mut Report) {
        let inbox = self.inbox();
        let (mut limits, mut rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let limit = load::run(&self.school, &inbox, &self.echoed(ROWS), Pace::Flat).await.per_second;
            let name = format!("pupils-{round}.csv");
            std::fs::write(self.world.directory.join(&name), children(round)).expect("a file");
            let started = Instant::now();
            let ran = self.world.runs(&["import", "children", "--as", "school@", &name, "--json"]);
            let rate = load::per_second(ROWS, started.elapsed());
            assert_eq!(ran.json()["recorded"], ROWS, "{ran:?}");
            eprintln!("  round {round}: limit {limit:.0}/s, imported {rate:.0} rows/s");
            limits.push(limit);
            rates.push(rate);
            ratios.push(rate / limit);
        }
        report.add(Line {
            limit: Some(median(&mut limits)),
            ratio: Some(median(&mut ratios)),
            ..Line::new("import.children", "rows/s", median(&mut rates))
        });
    }
}

/// A file of children whom nobody knows yet.
fn children(round: usize) -> String {
    let mut file = String::from(
        "local-id,given-names,family-name,birth-date,authority,happened-on,nhs-number,address-1,postcode,address-show-to\n",
    );
    for n in (round * ROWS)..((round + 1) * ROWS) {
        let number = nhs_number(u32::try_from(n).expect("small"));
        let born = format!("{}-{:02}-{:02}", 2010 + n % 8, 1 + n % 12, 1 + n % 28);
        let (given, family) = (letters(n), letters(n * 7));
        let _ = writeln!(
            file,
            "b{n},Given{given},Pupil{family},{born},borough,2026-09-01,{number},1 Invented Row,ZZ1 1AA,ordinary"
        );
    }
    file
}
