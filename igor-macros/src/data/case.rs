//! The cases of `rename_all`, applied as serde applies them.

use syn::LitStr;

use crate::errors::Errors;

/// How serde spells the names of fields or variants.
#[derive(Clone, Copy)]
pub(super) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(super) fn read(text: &LitStr, errors: &mut Errors) -> Option<Self> {
        let given = text.value();
        let found = CASES.iter().find(|(name, _)| *name == given).map(|(_, case)| *case);
        if found.is_none() {
            let known: Vec<_> = CASES.iter().map(|(name, _)| format!("`{name}`")).collect();
            errors
                .at(text, format_args!("`{given}` is no case: write one of {}", known.join(", ")));
        }
        found
    }

    /// The name of a field, which Rust writes in snake case.
    pub(super) fn of_field(self, field: &str) -> String {
        match self {
            // serde trusts that a field is in snake case already.
            Case::Lower | Case::Snake => field.to_owned(),
            Case::Upper | Case::ScreamingSnake => field.to_ascii_uppercase(),
            Case::Pascal => field.split('_').map(|word| change_first(word, upper)).collect(),
            Case::Camel => change_first(&Case::Pascal.of_field(field), lower),
            Case::Kebab => field.replace('_', "-"),
            Case::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The name of a variant, which Rust writes in Pascal case.
    pub(super) fn of_variant(self, variant: &str) -> String {
        match self {
            Case::Pascal => variant.to_owned(),
            Case::Lower => variant.to_ascii_lowercase(),
            Case::Upper => variant.to_ascii_uppercase(),
            Case::Camel => change_first(variant, lower),
            Case::Snake => snake(variant),
            Case::ScreamingSnake => snake(variant).to_ascii_uppercase(),
            Case::Kebab => snake(variant).replace('_', "-"),
            Case::ScreamingKebab => snake(variant).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn snake(variant: &str) -> String {
    let mut snake = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn upper(letter: char) -> char {
    letter.to_ascii_uppercase()
}

fn lower(letter: char) -> char {
    letter.to_ascii_lowercase()
}

fn change_first(word: &str, change: fn(char) -> char) -> String {
    let mut letters = word.chars();
    letters.next().map(change).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{CASES, Case};

    fn all(apply: impl Fn(Case) -> String) -> Vec<String> {
        CASES.iter().map(|(_, case)| apply(*case)).collect()
    }

    #[test]
    fn fields_are_spelled_as_serde_spells_them() {
        let spelled = all(|case| case.of_field("room_name"));
        let expected = [
            "room_name",
            "ROOM_NAME",
            "RoomName",
            "roomName",
            "room_name",
            "ROOM_NAME",
            "room-name",
            "ROOM-NAME",
        ];
        assert_eq!(spelled, expected);
        assert_eq!(Case::Camel.of_field("_id"), "id");
        assert_eq!(Case::Camel.of_field("is_a__b"), "isAB");
        assert_eq!(Case::Snake.of_field("camelAlready"), "camelAlready");
    }

    #[test]
    fn variants_are_spelled_as_serde_spells_them() {
        let spelled = all(|case| case.of_variant("TooLong"));
        let expected = [
            "toolong", "TOOLONG", "TooLong", "tooLong", "too_long", "TOO_LONG", "too-long",
            "TOO-LONG",
        ];
        assert_eq!(spelled, expected);
        assert_eq!(Case::Snake.of_variant("HTTPError"), "h_t_t_p_error");
    }
}
