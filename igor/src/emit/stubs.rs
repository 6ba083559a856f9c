//! The stubs: one line of code for each action, nested as the dots in its name say.

use std::collections::BTreeMap;

use crate::contract::{ListedAction, ListedInput, Reply};
use crate::data::tokens::{Token, tokens};
use crate::emit::own::Own;
use crate::emit::{Language, docs, layout, reserved};
use crate::registry::path_of;

/// How stubs are written.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    pub(super) language: Language,
    /// What igor's types are called.
    pub(super) own: &'a Own,
    /// Whether a call may say which trace it belongs to.
    pub(super) has_traces: bool,
}

impl Style<'_> {
    /// The type of the options of a call.
    fn options(&self) -> String {
        self.own.name(if self.has_traces { "TracedOptions" } else { "CallOptions" })
    }
}

/// The members of an object: a stub, or an object again.
enum Member<'a> {
    Stub(&'a ListedAction),
    Object(BTreeMap<String, Member<'a>>),
}

/// The fields of the object that holds all stubs, at the indentation of its fields.
pub(super) fn fields(actions: &[ListedAction], style: Style<'_>) -> String {
    let mut all = BTreeMap::new();
    for action in actions {
        place(&mut all, &path_of(action.name), action);
    }
    written(&all, 2, style)
}

/// Puts a stub where its path says. No path is the beginning of another: the registry sees to it.
fn place<'a>(object: &mut BTreeMap<String, Member<'a>>, path: &[String], action: &'a ListedAction) {
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), Member::Stub(action));
        }
        [name, rest @ ..] => {
            let inner =
                object.entry(name.clone()).or_insert_with(|| Member::Object(BTreeMap::new()));
            if let Member::Object(inner) = inner {
                place(inner, rest, action);
            }
        }
    }
}

fn written(object: &BTreeMap<String, Member<'_>>, indent: usize, style: Style<'_>) -> String {
    let pad = " ".repeat(indent);
    let fields = object.iter().map(|(name, member)| match member {
        Member::Stub(action) => {
            let docs = docs::comment(action.docs, indent);
            format!("{docs}{pad}{name}: {},\n", stub(action, style))
        }
        Member::Object(inner) => {
            let inner = written(inner, indent + 2, style);
            format!("{pad}{name}: {{\n{inner}{pad}}},\n")
        }
    });
    fields.collect()
}

fn stub(action: &ListedAction, style: Style<'_>) -> String {
    let Style { language, own, .. } = style;
    let mut keys: Vec<_> = action.parameters.iter().map(|(name, _)| *name).collect();
    let mut types: Vec<_> = action.parameters.iter().map(|(_, text)| layout::line(text)).collect();
    if let Some(ListedInput { at, name, item }) = &action.input {
        keys.insert(*at, name);
        types.insert(*at, format!("{}<{}>", own.name("Input"), layout::line(item)));
    }
    let names = reserved::parameter_names(&keys);
    let is_data = |at: &usize| action.input.as_ref().is_none_or(|input| input.at != *at);
    let data: Vec<_> = (0..keys.len()).filter(is_data).collect();
    let data = match &data[..] {
        [] => "undefined".to_owned(),
        [at] => names[*at].clone(),
        several => {
            let fields = several.iter().map(|at| match (keys[*at], &names[*at]) {
                (key, name) if key == name => name.clone(),
                (key, name) => format!("{key}: {name}"),
            });
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    };
    let verb = match (&action.reply, &action.output) {
        (Reply::Stream(_), _) => "stream",
        (Reply::Value(_), Some(_)) => "outputs",
        (Reply::Value(_), None) if action.idempotent => "idempotent",
        (Reply::Value(_), None) => "value",
    };
    let caller = match &action.input {
        Some(input) => format!("call.sending({})", names[input.at]),
        None => "call".to_owned(),
    };
    let call = format!("{caller}.{verb}(\"{}\", {data}, options)", action.name);
    match language {
        Language::TypeScript => {
            let parameters = parameters(&names, &types, style);
            format!("({parameters}): {} => {call}", returned(action, own))
        }
        Language::JavaScript => {
            let names: Vec<_> = names.iter().map(String::as_str).chain(["options"]).collect();
            format!("({}) => {call}", names.join(", "))
        }
    }
}

/// The parameters with their types. Those at the end that take `null` may be left out.
fn parameters(names: &[String], types: &[String], style: Style<'_>) -> String {
    let required = types.iter().rposition(|text| !takes_null(text)).map_or(0, |last| last + 1);
    let typed = names.iter().zip(types).enumerate().map(|(at, (name, text))| {
        let mark = if at < required { "" } else { "?" };
        format!("{name}{mark}: {text}")
    });
    let options = format!("options?: {}", style.options());
    typed.chain([options]).collect::<Vec<_>>().join(", ")
}

/// What a stub returns. A parameter that is not needed is left out, as its default says the same.
fn returned(action: &ListedAction, own: &Own) -> String {
    let (call, stream) = (own.name("Call"), own.name("Stream"));
    let failure = action.failure.as_deref().map(layout::line);
    match (&action.reply, action.output.as_deref().map(layout::line), failure) {
        (Reply::Stream(item), _, None) => format!("{stream}<{}>", layout::line(item)),
        (Reply::Stream(item), _, Some(failure)) => {
            format!("{stream}<{}, {failure}>", layout::line(item))
        }
        (Reply::Value(value), None, None) => format!("{call}<{}>", layout::line(value)),
        (Reply::Value(value), Some(output), None) => {
            format!("{call}<{}, {output}>", layout::line(value))
        }
        (Reply::Value(value), output, Some(failure)) => {
            let output = output.unwrap_or_else(|| "never".to_owned());
            format!("{call}<{}, {output}, {failure}>", layout::line(value))
        }
    }
}

/// Whether a type is an `Option`: a union, at its top, with `null`.
pub(super) fn takes_null(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut is_union = false;
    let mut has_null = false;
    for token in tokens(text) {
        match token {
            Token::Mark("{" | "[" | "(" | "<") => depth += 1,
            Token::Mark("}" | "]" | ")" | ">") => depth = depth.saturating_sub(1),
            Token::Mark("|") if depth == 0 => is_union = true,
            Token::Word("null") if depth == 0 => has_null = true,
            _ => {}
        }
    }
    is_union && has_null
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(parameters: &[(&'static str, &str)]) -> ListedAction {
        let parameters = parameters.iter().map(|(name, text)| (*name, (*text).to_owned()));
        ListedAction {
            name: "chat.say",
            docs: "",
            parameters: parameters.collect(),
            input: None,
            output: None,
            reply: Reply::Value("null".to_owned()),
            failure: None,
            idempotent: false,
        }
    }

    fn typed(parameters: &[(&'static str, &str)]) -> String {
        written_in(Language::TypeScript, &action(parameters))
    }

    #[test]
    fn data_is_absent_or_the_value_or_an_object() {
        let expected =
            "(options?: CallOptions): Call<null> => call.value(\"chat.say\", undefined, options)";
        assert_eq!(typed(&[]), expected);
        assert!(typed(&[("text", "string")]).contains("call.value(\"chat.say\", text, options)"));
        let several = typed(&[("room_id", "number"), ("text", "string")]);
        assert!(several.starts_with("(roomId: number, text: string, options?: CallOptions)"));
        assert!(several.contains("call.value(\"chat.say\", { room_id: roomId, text }, options)"));
    }

    fn written_in(language: Language, action: &ListedAction) -> String {
        stub(action, Style { language, own: &Own::default(), has_traces: false })
    }

    #[test]
    fn an_input_stands_where_it_stands_in_rust_and_is_no_data() {
        let mut action = action(&[("from_row", "number"), ("title", "string | null")]);
        action.input = Some(ListedInput { at: 1, name: "new_rows", item: "Row".to_owned() });
        let expected = "(fromRow: number, newRows: Input<Row>, title?: string | null, options?: \
                        CallOptions): Call<null> => call.sending(newRows).value(\"chat.say\", \
                        { from_row: fromRow, title }, options)";
        assert_eq!(written_in(Language::TypeScript, &action), expected);
        action.parameters.clear();
        action.input = Some(ListedInput { at: 0, name: "rows", item: "Row".to_owned() });
        assert_eq!(
            written_in(Language::JavaScript, &action),
            "(rows, options) => call.sending(rows).value(\"chat.say\", undefined, options)"
        );
    }

    #[test]
    fn options_at_the_end_may_be_left_out() {
        let null = "string | null";
        let stub = typed(&[("a", null), ("b", "Array<X | null>"), ("c", null), ("d", null)]);
        let expected =
            "(a: string | null, b: Array<X | null>, c?: string | null, d?: string | null, ";
        assert!(stub.starts_with(expected), "{stub}");
        assert!(typed(&[("a", "null")]).starts_with("(a: null, "));
    }

    #[test]
    fn the_reply_says_which_verb_and_which_type() {
        let mut action = action(&[]);
        action.failure = Some("SayError".to_owned());
        assert!(
            written_in(Language::TypeScript, &action)
                .contains("Call<null, never, SayError> => call.value(")
        );
        action.output = Some("Progress".to_owned());
        assert!(
            written_in(Language::TypeScript, &action)
                .contains("Call<null, Progress, SayError> => call.outputs(")
        );
        action.reply = Reply::Stream("Line".to_owned());
        assert!(
            written_in(Language::TypeScript, &action)
                .contains("Stream<Line, SayError> => call.stream(")
        );
        assert_eq!(
            written_in(Language::JavaScript, &action),
            "(options) => call.stream(\"chat.say\", undefined, options)"
        );
    }

    #[test]
    fn dots_nest() {
        let mut deep = action(&[]);
        deep.name = "chat.rooms.find_all";
        let text = fields(
            &[action(&[]), deep],
            Style { language: Language::JavaScript, own: &Own::default(), has_traces: false },
        );
        let lines: Vec<_> =
            text.lines().map(|line| line.split(" =>").next().unwrap_or(line)).collect();
        let expected = [
            "  chat: {",
            "    rooms: {",
            "      findAll: (options)",
            "    },",
            "    say: (options)",
            "  },",
        ];
        assert_eq!(lines, expected);
    }
}
