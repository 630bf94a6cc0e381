//! What a call leaves behind.

use serde_json::{Value, json};
use trespasser::{Error, Vec2};

/// A call's result.
pub(crate) enum Answer {
    Json(Value),
    Bytes(Vec<u8>),
}

impl Answer {
    pub(crate) fn floats(values: impl IntoIterator<Item = f32>) -> Answer {
        Answer::Bytes(values.into_iter().flat_map(f32::to_le_bytes).collect())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Answer::Json(value) => value.to_string().into_bytes(),
            Answer::Bytes(bytes) => bytes,
        }
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Answer {
        Answer::Json(value)
    }
}

/// A refused call.
#[derive(Debug)]
pub(crate) struct Fault {
    code: &'static str,
    field: Option<String>,
    limit: Option<String>,
    message: String,
}

impl Fault {
    /// An argument out of its range.
    pub(crate) fn argument(field: &str, value: impl core::fmt::Display, limit: impl Into<String>) -> Fault {
        let limit = limit.into();
        Fault {
            code: "INVALID_ARGUMENT",
            message: format!("{field} is {value}; it must be {limit}"),
            field: Some(field.to_owned()),
            limit: Some(limit),
        }
    }

    /// Something has to come first.
    pub(crate) fn not_yet(message: &str) -> Fault {
        Fault { code: "NOT_ALLOWED", field: None, limit: None, message: message.to_owned() }
    }

    /// The recording is good, but can't be played with what there is.
    pub(crate) fn replay(field: &str, message: String) -> Fault {
        Fault { code: "BAD_REPLAY", field: Some(field.to_owned()), limit: None, message }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let Fault { code, field, limit, message } = self;
        json!({ "code": code, "field": field, "limit": limit, "message": message }).to_string().into_bytes()
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let (field, limit) = match &error {
            Error::InvalidArgument { field, limit, .. } => (Some((*field).to_owned()), Some(limit.clone())),
            Error::BadReplay { field, .. } | Error::BadSnapshot { field, .. } => (Some((*field).to_owned()), None),
            Error::BadMap { .. } => (Some("map".to_owned()), None),
            Error::UnknownName { what, known, .. } => (Some((*what).to_owned()), Some(known.clone())),
            _ => (None, None),
        };
        Fault { code: error.code(), field, limit, message: error.to_string() }
    }
}

/// A point of the playfield.
pub(crate) fn point(x: f32, y: f32) -> Result<Vec2, Fault> {
    for (field, value, most) in [("x", x, 480.0), ("y", y, 270.0)] {
        if !(0.0..=most).contains(&value) {
            return Err(Fault::argument(field, value, format!("0 to {most} px")));
        }
    }
    Ok(Vec2::new(x, y))
}

/// A hash as people compare it.
pub(crate) fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}
