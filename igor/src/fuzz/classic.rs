//! A message of a classic client, and the frames that answer it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::Code;
use crate::fuzz::frame::check_refusal;
use crate::wire::classic::{Call, Kind, Streams};

/// An answer, its stream as it stands.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    stream_id: &'a RawValue,
}

/// Reads bytes as a message of a classic client, and as a frame that it is to be told.
///
/// # Panics
///
/// When an answer is no JSON or not on the stream of its call, or a refusal is none that can be
/// sent.
pub fn classic(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match Call::read(text) {
        Ok(call) => {
            assert!(text.contains(call.stream_id) && call.stream_id.len() <= 128, "{text}");
            let mut streams = Streams::default();
            let id = streams.open(call.stream_id, Kind::Call);
            let data = call.data.unwrap_or("1");
            for is_binary in [false, true] {
                let result = format!(r#"{{"streamId":{id},"data":{data},"close":true}}"#);
                let told = streams.translate(&result, is_binary).frames;
                assert_eq!(told.len(), if is_binary { 0 } else { 2 }, "{told:?} for {text}");
                for frame in told {
                    let answer: Answer<'_> = serde_json::from_str(&frame).expect("JSON");
                    assert_eq!(answer.stream_id.get(), call.stream_id, "{text}");
                }
            }
        }
        Err(error) => check_refusal(&error, Code::BadFrame),
    }
    for is_binary in [false, true] {
        for frame in Streams::default().translate(text, is_binary).frames {
            let object = serde_json::from_str::<&RawValue>(&frame).expect("JSON").get();
            assert!(object.starts_with('{'), "{object} for {text}");
        }
    }
}
