//! Pointers from C, checked for what can be checked: null, alignment, length. That they point to live memory of that
//! length is the caller's part.

use crate::result::{Fail, Outcome, tp_result};
use std::ffi::{CStr, c_char};

fn null(name: &str) -> Fail {
    Fail::new(tp_result::NullPointer, format!("{name} is null; pass a pointer to the caller's own memory"))
}

fn check_array<T>(pointer: *const T, count: usize, name: &str) -> Outcome {
    if pointer.is_null() {
        return Err(null(name));
    }
    if !pointer.is_aligned() {
        return Err(Fail::invalid(name, format!("{pointer:p}"), format!("a multiple of {} bytes", align_of::<T>())));
    }
    // Slices longer than this do not exist.
    let most = isize::MAX as usize / size_of::<T>().max(1);
    if count > most {
        return Err(Fail::invalid(&format!("count of {name}"), count, format!("0 to {most}")));
    }
    Ok(())
}

/// A value of the caller's.
///
/// # Safety
/// `pointer` is null or can be read for a `T`.
pub(crate) unsafe fn value<T: Copy>(pointer: *const T, name: &str) -> Outcome<T> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: not null, readable by this function's contract; alignment is not needed.
    Ok(unsafe { pointer.read_unaligned() })
}

/// An array of the caller's; null is an array of no elements.
///
/// # Safety
/// `pointer` is null or can be read for `count` values that nobody writes during `'a`.
pub(crate) unsafe fn array<'a, T>(pointer: *const T, count: usize, name: &str) -> Outcome<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    check_array(pointer, count, name)?;
    // SAFETY: not null, aligned, of a legal length; readable by this function's contract.
    Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
}

/// A string of the caller's.
///
/// # Safety
/// `pointer` is null or points to a zero-terminated string that nobody writes during `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Outcome<&'a str> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: not null, terminated by this function's contract.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|error| {
        Fail::new(tp_result::BadUtf8, format!("{name} is not UTF-8 from byte {} on; pass UTF-8", error.valid_up_to()))
    })
}

/// A place for one output, known to be there before any work is done.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// # Safety
    /// `pointer` is null or can be written for a `T` as long as this lives.
    pub(crate) unsafe fn new(pointer: *mut T, name: &str) -> Outcome<Out<T>> {
        if pointer.is_null() { Err(null(name)) } else { Ok(Out(pointer)) }
    }

    pub(crate) fn set(self, value: T) {
        // SAFETY: not null, writable by the contract of `new`; alignment is not needed, nothing old is dropped.
        unsafe { self.0.write_unaligned(value) }
    }
}

/// An array for outputs with the place for their count.
pub(crate) struct OutArray<T> {
    to: *mut T,
    room: usize,
    written: usize,
    count: Out<usize>,
    name: &'static str,
}

impl<T: Copy> OutArray<T> {
    /// # Safety
    /// `to` is null or can be written for `room` values, `count` is null or can be written, as long as this lives.
    pub(crate) unsafe fn new(to: *mut T, room: usize, count: *mut usize, name: &'static str) -> Outcome<OutArray<T>> {
        if room > 0 {
            check_array(to, room, name)?;
        }
        // SAFETY: this function's contract.
        Ok(OutArray { to, room, written: 0, count: unsafe { Out::new(count, "out_count")? }, name })
    }

    /// Refuses if fewer than `need` elements fit.
    pub(crate) fn check(&self, need: usize) -> Outcome {
        if need <= self.room {
            return Ok(());
        }
        Err(Fail::new(
            tp_result::ShortBuffer,
            format!("{} has room for {} elements; it must be at least {need}", self.name, self.room),
        ))
    }

    /// Writes one more. Callers have checked that it fits; what does not is left out.
    pub(crate) fn push(&mut self, value: T) {
        if self.written < self.room {
            // SAFETY: `written < room`, and `to` can be written for `room` values by the contract of `new`.
            unsafe { self.to.add(self.written).write(value) };
            self.written += 1;
        }
    }

    /// Writes more of them; as with `push`, what does not fit is left out.
    pub(crate) fn push_all(&mut self, values: &[T]) {
        let count = values.len().min(self.room - self.written);
        // SAFETY: `written + count <= room`, and `to` can be written for `room` values by the contract of `new`; the
        // engine's own memory is not the caller's.
        unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), self.to.add(self.written), count) };
        self.written += count;
    }

    /// How many have been written so far.
    pub(crate) fn written(&self) -> usize {
        self.written
    }

    /// Tells the caller how many were written.
    pub(crate) fn finish(self) {
        self.count.set(self.written);
    }

    /// Writes all or, if they do not fit, nothing.
    pub(crate) fn fill(mut self, values: impl ExactSizeIterator<Item = T>) -> Outcome {
        self.check(values.len())?;
        values.for_each(|value| self.push(value));
        self.finish();
        Ok(())
    }
}

/// A definition that begins with its own size, of this or an older version: what an older caller does not know keeps
/// its default.
///
/// # Safety
/// `pointer` is null or can be read for four bytes and for as many bytes as these say. `T` is `repr(C)`, begins with
/// the `u32`, and any bytes are a `T`.
pub(crate) unsafe fn definition<T: Copy>(pointer: *const T, default: T, sizes: &[u32], name: &str) -> Outcome<T> {
    debug_assert!(sizes.iter().all(|size| *size as usize <= size_of::<T>()));
    // SAFETY: this function's contract.
    let size = unsafe { value(pointer.cast::<u32>(), name)? };
    if !sizes.contains(&size) {
        let known = sizes.iter().map(u32::to_string).collect::<Vec<_>>().join(" or ");
        return Err(Fail::new(
            tp_result::InvalidArgument,
            format!(
                "{name}->size is {size}; this library knows {known}: take definitions from their tp_*_default_def() \
                 and use a header no newer than the library"
            ),
        ));
    }
    let mut read = default;
    // SAFETY: `size` bytes are readable by this function's contract, and a `T` has at least as many.
    unsafe { std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), (&raw mut read).cast::<u8>(), size as usize) };
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    #[repr(C)]
    struct Def {
        size: u32,
        old: u32,
        new: u32,
    }

    #[test]
    fn an_older_definition_keeps_the_new_default() {
        let read = |size: u32| {
            let from = Def { size, old: 5, new: 6 };
            // SAFETY: a whole `Def` is there.
            unsafe { definition(&from, Def { size: 12, old: 1, new: 2 }, &[8, 12], "def") }
        };
        assert_eq!(read(8).unwrap(), Def { size: 8, old: 5, new: 2 });
        assert_eq!(read(12).unwrap(), Def { size: 12, old: 5, new: 6 });
        for wrong in [0, 4, 9, 13, 16, u32::MAX] {
            let fail = read(wrong).unwrap_err();
            assert_eq!(fail.code, tp_result::InvalidArgument);
            assert!(fail.message.contains("def->size") && fail.message.contains("8 or 12"), "{}", fail.message);
        }
    }
}
