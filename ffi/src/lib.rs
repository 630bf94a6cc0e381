//! C ABI of the engine: convert, check, call, convert back. `include/trespasser.h` is generated from this crate.
//!
//! # Contract of every export
//!
//! - Failures return a [`tp_result`](result::tp_result) and change nothing; outputs stand last and stay untouched.
//!   The message is kept for the thread.
//! - Panics end at [`guarded!`](result); an object that was being changed is closed to further calls.
//! - Ids are 8 bytes by value and checked by the engine. Opaque pointers are checked for null, and against calls that
//!   must not meet.
//! - Pointers are null, or they point to live memory of the type and length that the function's doc gives: the one
//!   thing that cannot be checked here, and the fact on which every `unsafe` below relies.

#![allow(non_camel_case_types, reason = "names are the C header's")]
#![allow(unused_unsafe, reason = "one macro opens every export, also those without pointers")]
#![allow(clippy::missing_safety_doc, reason = "the contract above is every export's; their docs go into the header")]

pub mod batch;
pub mod bots;
pub mod edit;
mod gate;
pub mod guard;
pub mod hooks;
pub mod knowledge;
pub mod library;
pub mod map;
pub mod matches;
pub mod matchmaking;
pub mod player;
mod pointer;
pub mod rating;
pub mod receiver;
pub mod replay;
pub mod result;
pub mod scene;
pub mod snapshot;
pub mod types;
pub mod wire;
pub mod world;
