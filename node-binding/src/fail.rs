//! Refused calls on their way to JavaScript: every thrown `Error` has a `code`.

use core::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use trespasser::Error;

/// The `code` of a thrown `Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(&'static str);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.0
    }
}

/// What every exported function gives back.
pub(crate) type Result<T> = core::result::Result<T, napi::Error<Code>>;
/// What the inside of an exported function gives back.
pub(crate) type Inner<T> = core::result::Result<T, Fail>;

/// Why a call is refused, before it becomes an `Error` of JavaScript.
#[derive(Debug)]
pub(crate) struct Fail {
    code: &'static str,
    message: String,
}

impl Fail {
    /// A value of the wrong type or out of its range.
    pub(crate) fn invalid(field: impl Display, value: impl Display, limit: impl Display) -> Fail {
        Fail { code: "INVALID_ARGUMENT", message: format!("{field} is {value}; it must be {limit}") }
    }

    /// A call on, or with, an object whose `dispose` has been called.
    pub(crate) fn disposed(class: &str) -> Fail {
        Fail { code: "DISPOSED", message: format!("this {class} has been disposed of; make a new one") }
    }

    /// A panic in this call or, for a world, in an earlier one.
    pub(crate) fn panic(message: String) -> Fail {
        Fail { code: "PANIC", message }
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Fail {
        let message = match &error {
            // The same names that JavaScript callers write.
            Error::InvalidArgument { field, value, limit } => {
                let name = camel_case(field);
                let name = name.strip_prefix("net.").map_or_else(|| name.clone(), |rest| format!("wire.{rest}"));
                format!("{name} is {value}; it must be {limit}")
            }
            Error::WorldFull { .. } => error.to_string().replace("max_matches", "maxMatches"),
            Error::QueueFull { .. } => {
                error.to_string().replace("max_tickets", "maxTickets").replace("max_offers", "maxOffers")
            }
            _ => error.to_string(),
        };
        Fail { code: error.code(), message }
    }
}

impl From<napi::Error> for Fail {
    /// Node refused an operation. An exception that JavaScript threw meanwhile, say in a getter of an options object,
    /// is pending then and passes through as it is.
    fn from(error: napi::Error) -> Fail {
        Fail { code: "NODE", message: error.reason.clone() }
    }
}

fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// Runs the inside of an exported function: panics become errors with the code `PANIC`.
///
/// `#[napi(catch_unwind)]` stands around it as the second net, for conversions outside the body; its errors carry
/// N-API's own codes.
pub(crate) fn guard<T>(work: impl FnOnce() -> Inner<T>) -> Result<T> {
    // What a panic leaves behind half done is a `World`, which refuses further calls by itself.
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(Fail::panic(format!("the engine panicked: {text}; please report this")))
    });
    outcome.map_err(|Fail { code, message }| napi::Error::new(Code(code), message))
}
