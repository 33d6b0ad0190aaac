//! What agencies do in most stories, a line each.

use schemas::AgencyId;
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::facts::{caf, involvement, practitioner, under};

impl Actor {
    /// Says something that is taken down.
    ///
    /// # Panics
    /// When the receipt says anything but "recorded".
    pub async fn records(&self, kind: &str, subject: Option<&str>, data: Value) -> Value {
        let receipt = self.says(kind, subject, data).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{kind}: {receipt}");
        receipt
    }

    /// Puts a practitioner on its register.
    pub async fn vouches_for(&self, id: &str, name: &str, job: &str) {
        let entry = under(&self.new_ref("p"), practitioner(id, name, job));
        self.records("practitioner.recorded", None, entry).await;
    }

    /// Tells of a child whom it calls `local`; the reference that it gets for the child.
    ///
    /// # Panics
    /// When the receipt holds no reference.
    pub async fn knows(&self, local: &str, child: Value) -> String {
        let child = under(&self.new_ref("c"), child);
        let receipt = self.records("child.recorded", Some(&of(local)), child).await;
        receipt["data"]["childRef"].as_str().expect("a reference").to_owned()
    }

    /// One of its practitioners works with the child; the involvement's reference.
    pub async fn works_with(&self, local: &str, practitioner: &str, role: &str) -> String {
        let reference = self.new_ref("i");
        let work = under(&reference, involvement(practitioner, role, "Support"));
        self.records("involvement.recorded", Some(&of(local)), work).await;
        reference
    }

    /// One of its practitioners starts a CAF.
    pub async fn starts_caf(&self, local: &str, assessor: &str) {
        let reference = self.new_ref("f");
        let started = caf(&caf_ref(&self.id, &reference), assessor);
        self.records("caf.started", Some(&of(local)), under(&reference, started)).await;
    }

    /// Asks by an NHS number.
    pub async fn asks_for(&self, practitioner: &str, nhs_number: &str) -> Value {
        let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number}]});
        self.looks_up(practitioner, by).await
    }
}

fn of(local: &str) -> String {
    format!("local:{local}")
}

fn caf_ref(agency: &AgencyId, id: &str) -> String {
    format!("{agency}/{id}")
}
