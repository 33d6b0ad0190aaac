//! What families said, read as simply as can be: who said no to it last, and whether anybody ever named it. That somebody
//! was not able to decide is no yes and no no; it ends what they agreed to before.

use schemas::Purpose;

use super::said::{Deed, What};
use super::word::{Act, Kind, Named, Person, Which, Word};

/// One item to one agency.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) to: &'a str,
    pub(super) part: &'a str,
    pub(super) of_child: bool,
    pub(super) purpose: Purpose,
}

impl Asked<'_> {
    /// LG 3.11: the CAF team's copy needs not be named.
    fn is_the_copy(self) -> bool {
        self.to == "borough-team" && self.purpose == Purpose::QualityCheck
    }
}

/// All that had been received before a message.
pub(super) struct Known<'a>(Vec<(u32, &'a Word)>);

impl<'a> Known<'a> {
    pub(super) fn by(deeds: &'a [Deed], number: u32) -> Self {
        let before = deeds.iter().take_while(|deed| deed.number != number);
        let mut words: Vec<(u32, &Word)> = Vec::new();
        for deed in before {
            let What::Consent(word) = &deed.what else { continue };
            // A later version of one statement takes its place.
            let reference = word.reference(deed.number);
            let older = words.iter().position(|(number, known)| known.reference(*number) == reference);
            match older {
                Some(place) if (words[place].1.day, words[place].0) < (word.day, deed.number) => {
                    words[place] = (deed.number, word);
                }
                Some(_) => {}
                None => words.push((deed.number, word)),
            }
        }
        Self(words)
    }

    /// Whether it may go by consent: somebody let it, and nobody who counts said no to it last.
    pub(super) fn lets(&self, asked: Asked<'_>) -> bool {
        let lets = |person| self.agreed(person).any(|word| word.names(asked));
        let no = |person| self.says_no(person, asked);
        if no(Person::Child) {
            return false;
        }
        let parents = [Person::Mother, Person::Father];
        // D-C4: what a child who understands agrees to suffices.
        lets(Person::Child) || (parents.into_iter().any(lets) && !parents.into_iter().any(no))
    }

    /// Whether nothing may pass at all (D-C7 b): who counts said no to electronic recording by some agency's last word of
    /// them, whatever another one wrote down. Nobody confirms anything in these histories.
    pub(super) fn refuses_recording(&self) -> bool {
        let of = |person| self.of(person, Act::RecordElectronically);
        let no = |person| {
            of(person).any(|word| {
                let own = || of(person).filter(|other| other.by == word.by).map(Word::place);
                word.kind != Kind::Given && own().max() == Some(word.place())
            })
        };
        let child_agreed = of(Person::Child).any(|word| word.kind == Kind::Given);
        no(Person::Child) || (!child_agreed && [Person::Mother, Person::Father].into_iter().any(no))
    }

    fn all(&self, person: Person, act: Act) -> impl Iterator<Item = &Word> {
        let of = move |word: &&Word| word.person == person && word.act == act;
        self.0.iter().map(|(_, word)| *word).filter(of)
    }

    /// What the person said yes or no by.
    fn of(&self, person: Person, act: Act) -> impl Iterator<Item = &Word> {
        self.all(person, act).filter(|word| word.kind != Kind::NotAble)
    }

    /// What the person agreed to share, and was not found unable to decide since.
    fn agreed(&self, person: Person) -> impl Iterator<Item = &Word> {
        let all = || self.all(person, Act::StoreAndShare);
        let not_able = all().filter(|word| word.kind == Kind::NotAble).map(|word| word.day).max();
        all().filter(move |word| word.kind == Kind::Given && Some(word.day) > not_able)
    }

    /// Whether all that the person said last, on one day, says no: of one day the refusals count (D-C6).
    fn says_no(&self, person: Person, asked: Asked<'_>) -> bool {
        let of = || self.of(person, Act::StoreAndShare);
        let last = of().map(Word::place).max();
        let mut of_last = of().filter(|word| Some(word.place()) == last).peekable();
        of_last.peek().is_some() && of_last.all(|word| word.keeps_back(asked))
    }
}

impl Word {
    /// Of one day what is refused comes last (D-C6).
    fn place(&self) -> (u8, bool) {
        (self.day, self.kind != Kind::Given)
    }

    fn names(&self, asked: Asked<'_>) -> bool {
        let Asked { to, part, of_child, .. } = asked;
        if asked.is_the_copy() {
            return true;
        }
        let Some((named, which)) = self.scope else { return false };
        let agency = match named {
            Named::All => true,
            Named::Housing => to == "housing",
            Named::NotHousing => to != "housing",
            Named::NotHealthVisiting => to != "visitors",
            Named::HealthVisitingByKind => to == "visitors",
        };
        let part = match which {
            Which::All => true,
            Which::IdentityAlone => part == "identity",
            Which::NotIdentity => part != "identity",
            Which::NotTheChildsIdentity => part != "identity" || !of_child,
        };
        agency && part
    }

    /// Of what is given, what it excludes; of what is refused, what it is of: whatever it lists it takes away.
    fn keeps_back(&self, Asked { to, part, of_child, .. }: Asked<'_>) -> bool {
        let Some((named, which)) = self.scope else { return true };
        match self.kind {
            Kind::Given => {
                named == Named::NotHousing && to == "housing"
                    || named == Named::NotHealthVisiting && to == "visitors"
                    || which == Which::NotIdentity && part == "identity"
                    || which == Which::NotTheChildsIdentity && part == "identity" && of_child
            }
            Kind::Refused | Kind::Withdrawn => {
                let agency = match named {
                    Named::All | Named::NotHousing | Named::NotHealthVisiting => true,
                    Named::Housing => to == "housing",
                    Named::HealthVisitingByKind => to == "visitors",
                };
                let part = match which {
                    Which::All | Which::NotIdentity | Which::NotTheChildsIdentity => true,
                    Which::IdentityAlone => part == "identity",
                };
                agency && part
            }
            Kind::NotAble => false,
        }
    }
}
