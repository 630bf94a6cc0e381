//! Result codes, the message of the last failure, and the border that no panic crosses.

use crate::hooks::{self, tp_log_level};
use std::any::Any;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use trespasser::Error;

/// What a call returns. Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum tp_result {
    /// Done.
    Ok = 0,
    /// An id that was never given out, or whose match or player is gone.
    StaleId = 1,
    /// A ninth player.
    MatchFull = 2,
    /// More matches than the world was defined for.
    WorldFull = 3,
    /// A value outside its range, or a definition of an unknown size.
    InvalidArgument = 4,
    /// A name or number that is no weapon.
    UnknownWeapon = 5,
    /// A loadout that breaks the rules.
    IllegalLoadout = 6,
    /// The state of the player or match does not allow it now.
    NotAllowed = 7,
    /// A map that cannot be played.
    BadMap = 8,
    /// Bytes that are no saved match of this world.
    BadSnapshot = 9,
    /// A name that no scene or built-in map has.
    UnknownName = 10,
    /// Bytes that are no message of the wire protocol; the message names the field.
    BadMessage = 11,
    /// Bytes that are no recording or no log of a queue, a damaged one, or one of another map, rule set or simulation.
    BadReplay = 12,
    /// A ticket's id, or one of its players, that waits already; the message names the other ticket.
    AlreadyQueued = 13,
    /// More tickets or offers than the queue was defined for.
    QueueFull = 14,
    /// A pointer that must not be null is.
    NullPointer = 101,
    /// The caller's buffer has too little room; the message says how much is needed.
    ShortBuffer = 102,
    /// A string that is not UTF-8.
    BadUtf8 = 103,
    /// A defect of the engine, caught at the border; the object that was being changed only takes its destroy call.
    Panic = 104,
    /// The object is in use by another call, on this or another thread.
    Busy = 105,
    /// Of one input: its sequence number is old or waiting already; it is ignored and counted.
    IgnoredInput = 106,
}

const ALL: [(tp_result, &str, &CStr); 21] = [
    (tp_result::Ok, "OK", c"done"),
    (tp_result::StaleId, "STALE_ID", c"the id was never given out, or its match or player is gone"),
    (tp_result::MatchFull, "MATCH_FULL", c"the match has all the players it can hold"),
    (tp_result::WorldFull, "WORLD_FULL", c"the world has all the matches it was defined for"),
    (tp_result::InvalidArgument, "INVALID_ARGUMENT", c"a value is outside its range"),
    (tp_result::UnknownWeapon, "UNKNOWN_WEAPON", c"no weapon has this name or number"),
    (tp_result::IllegalLoadout, "ILLEGAL_LOADOUT", c"the loadout breaks the rules"),
    (tp_result::NotAllowed, "NOT_ALLOWED", c"the state of the player or match does not allow this now"),
    (tp_result::BadMap, "BAD_MAP", c"the map cannot be played"),
    (tp_result::BadSnapshot, "BAD_SNAPSHOT", c"the bytes are no saved match of this world"),
    (tp_result::UnknownName, "UNKNOWN_NAME", c"no scene or built-in map has this name"),
    (tp_result::BadMessage, "BAD_MESSAGE", c"the bytes are no message of the wire protocol"),
    (tp_result::BadReplay, "BAD_REPLAY", c"the bytes are no recording, or not one of this map and these rules"),
    (tp_result::AlreadyQueued, "ALREADY_QUEUED", c"the ticket or one of its players waits already"),
    (tp_result::QueueFull, "QUEUE_FULL", c"the queue has all the tickets or offers it was defined for"),
    (tp_result::NullPointer, "NULL_POINTER", c"a pointer is null"),
    (tp_result::ShortBuffer, "SHORT_BUFFER", c"the buffer has too little room"),
    (tp_result::BadUtf8, "BAD_UTF8", c"a string is not UTF-8"),
    (tp_result::Panic, "PANIC", c"the engine failed inside; destroy the object that was being changed"),
    (tp_result::Busy, "BUSY", c"the object is in use by another call"),
    (tp_result::IgnoredInput, "IGNORED_INPUT", c"the input's sequence number is old or waiting already"),
];

/// A refused call: its code and a message that names field and limit.
#[derive(Debug)]
pub(crate) struct Fail {
    pub(crate) code: tp_result,
    pub(crate) message: String,
}

pub(crate) type Outcome<T = ()> = Result<T, Fail>;

impl Fail {
    pub(crate) fn new(code: tp_result, message: impl Into<String>) -> Fail {
        Fail { code, message: message.into() }
    }

    pub(crate) fn invalid(field: &str, value: impl core::fmt::Display, limit: impl core::fmt::Display) -> Fail {
        Fail::new(tp_result::InvalidArgument, format!("{field} is {value}; it must be {limit}"))
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Fail {
        let known = ALL.iter().find(|(code, ..)| *code as u32 == error.number());
        // A test finds the engine's numbers that are missing above.
        Fail::new(known.map_or(tp_result::InvalidArgument, |(code, ..)| *code), error.to_string())
    }
}

thread_local! {
    static LAST: RefCell<Option<CString>> = const { RefCell::new(None) };
}

/// Keeps a failure's message for [`tp_last_error_message`].
pub(crate) fn remember(message: &str) {
    let text = CString::new(message.replace('\0', " ")).unwrap_or_default();
    // Fails only while the thread is being torn down, when nobody can ask any more.
    let _ = LAST.try_with(|last| *last.borrow_mut() = Some(text));
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    format!("the engine panicked: {}", text.unwrap_or("no message"))
}

/// Runs the body of an export. Failures and panics leave their message behind and become a code. `here` is the path of
/// an item inside of the export.
pub(crate) fn caught<T>(here: &'static str, body: impl FnOnce() -> Outcome<T>) -> Result<T, tp_result> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(fail)) => Err(failed(here, tp_log_level::Refusal, fail)),
        Err(payload) => {
            let code = failed(here, tp_log_level::Error, Fail::new(tp_result::Panic, panic_text(&*payload)));
            if let Some(object) = crate::gate::broken() {
                let here = function(here);
                let told = hooks::tell(tp_log_level::Error, || {
                    format!("{here}: {object} was left half changed; it takes nothing but its destroy call")
                });
                if told {
                    remember(&panic_text(&*payload));
                }
            }
            Err(code)
        }
    }
}

#[cold]
fn failed(here: &'static str, level: tp_log_level, fail: Fail) -> tp_result {
    remember(&fail.message);
    if hooks::tell(level, || format!("{}: {}", function(here), fail.message)) {
        // The host's function may have called the library and been refused.
        remember(&fail.message);
    }
    fail.code
}

/// The export among the parts of a path.
fn function(here: &str) -> &str {
    here.rsplit("::").find(|part| part.starts_with("tp_")).unwrap_or(here)
}

/// The body of every export: `guarded!({ .. })` returns a [`tp_result`], `guarded!(or FALLBACK, { .. })` a value.
/// The block is unsafe code that gives an [`Outcome`]; no panic leaves it.
macro_rules! guarded {
    ({ $($body:tt)* }) => {{
        fn here() {}
        // SAFETY: pointers are null or what the export's doc says, which is the C caller's part (crate doc); `pointer`
        // checks null, alignment and length.
        match $crate::result::caught(::core::any::type_name_of_val(&here), || unsafe { $($body)* }) {
            Ok(()) => $crate::result::tp_result::Ok,
            Err(code) => code,
        }
    }};
    (or $fallback:expr, { $($body:tt)* }) => {{
        fn here() {}
        // SAFETY: as above.
        $crate::result::caught(::core::any::type_name_of_val(&here), || unsafe { $($body)* }).unwrap_or($fallback)
    }};
}
pub(crate) use guarded;

/// What went wrong in the last call of this thread that failed: the field, its limit and what to do. Never null, empty
/// if no call has failed. Owned by the library, valid until the next call on this thread that fails. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_last_error_message() -> *const c_char {
    guarded!(or c"".as_ptr(), {
        // The text lives on the heap and stays there until the slot is written again.
        Ok(LAST.with(|last| last.borrow().as_ref().map_or(c"".as_ptr(), |text| text.as_ptr())))
    })
}

/// What a tp_result means in general. Never null, owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_result_message(code: u32) -> *const c_char {
    guarded!(or c"".as_ptr(), {
        let known = ALL.iter().find(|(result, ..)| *result as u32 == code);
        Ok(known.map_or(c"no result has this number", |(_, _, text)| *text).as_ptr())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The engine's list of numbers, read from its source, for an enum cannot be enumerated.
    #[test]
    fn every_error_of_the_engine_has_a_result() {
        let source = include_str!("../../engine/src/error.rs");
        let between = |from: &str, to: &str| {
            let start = source.find(from).expect(from) + from.len();
            &source[start..start + source[start..].find(to).expect(to)]
        };
        let arms = |text: &str| -> Vec<(String, String)> {
            text.lines()
                .filter_map(|line| line.trim().strip_prefix("Error::")?.trim_end_matches(',').split_once(" { .. } => "))
                .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
                .collect()
        };
        let codes = arms(between("fn code(", "fn number("));
        let numbers = arms(between("fn number(", "fn invalid("));
        assert!(codes.len() >= 10 && codes.len() == numbers.len());
        for ((variant, code), (_, number)) in codes.iter().zip(&numbers) {
            let known = ALL.iter().find(|(_, name, _)| name == code);
            let (result, ..) = known.unwrap_or_else(|| panic!("add {variant} ({code} = {number}) to tp_result"));
            assert_eq!((*result as u32).to_string(), *number, "{variant}");
        }
    }

    #[test]
    fn results_are_distinct() {
        for (i, (a, name, text)) in ALL.iter().enumerate() {
            assert!(!text.is_empty());
            for (b, other, _) in &ALL[..i] {
                assert!(*a as u32 != *b as u32 && name != other);
            }
        }
    }
}
