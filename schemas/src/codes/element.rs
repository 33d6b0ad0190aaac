//! The elements within the parts of the form that have them (MG table 1).

code_list!(
    /// Of the parts on the child's health and learning, and on the family's home, work and money.
    FormElement {
        GeneralHealth = "general-health",
        PhysicalDevelopment = "physical-development",
        SpeechLanguage = "speech-language",
        Understanding = "understanding",
        Participation = "participation",
        Progress = "progress",
        Aspirations = "aspirations",
        Housing = "housing",
        Employment = "employment",
        Money = "money",
    }
);

code_list!(
    /// MG 4.20: what was not agreed to be recorded does not belong in a message at all.
    AgreedToRecord {
        Yes = "yes",
    }
);
