//! Objects behind opaque pointers, guarded against calls that must not meet.

use crate::result::{Fail, Outcome, tp_result};
use std::cell::{Cell, UnsafeCell};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicI32, Ordering};

/// Held by one call that changes the object.
const WRITING: i32 = -1;
/// Left by a call that panicked while changing the object.
const BROKEN: i32 = i32::MIN;

/// What every opaque object needs: made, handed over, looked at, changed, taken back.
macro_rules! gated {
    ($object:ident, $inner:ty, $name:literal) => {
        impl $object {
            /// # Safety
            /// `object` is null or came from this type's creator and is not destroyed during `'a`.
            unsafe fn gate<'a>(object: *const $object) -> $crate::result::Outcome<&'a $crate::gate::Gate<$inner>> {
                // SAFETY: this function's contract.
                let object = unsafe { object.as_ref() };
                Ok(&object.ok_or_else(|| $crate::gate::null($name))?.gate)
            }

            /// # Safety
            /// As [`Self::gate`].
            #[allow(dead_code, reason = "some are only ever changed, some only ever read")]
            pub(crate) unsafe fn read<'a>(
                object: *const $object,
            ) -> $crate::result::Outcome<$crate::gate::Reading<'a, $inner>> {
                // SAFETY: this function's contract.
                unsafe { Self::gate(object)? }.read($name)
            }

            /// # Safety
            /// As [`Self::gate`].
            #[allow(dead_code, reason = "some are only ever changed, some only ever read")]
            pub(crate) unsafe fn write<'a>(
                object: *const $object,
            ) -> $crate::result::Outcome<$crate::gate::Writing<'a, $inner>> {
                // SAFETY: this function's contract.
                unsafe { Self::gate(object)? }.write($name)
            }

            /// Gives a new one to the caller.
            fn hand_over(inner: $inner, out: $crate::pointer::Out<*mut $object>) {
                out.set(Box::into_raw(Box::new($object { gate: $crate::gate::Gate::new(inner) })));
            }

            /// Ends one, unless a call is inside; null is nothing.
            ///
            /// # Safety
            /// As [`Self::gate`], and nobody uses it later.
            unsafe fn take_back(object: *mut $object) -> $crate::result::Outcome {
                if !object.is_null() {
                    // SAFETY: this function's contract.
                    unsafe { Self::gate(object)? }.check_unused($name)?;
                    // SAFETY: `hand_over` made it from a box; not null, unused now and later.
                    drop(unsafe { Box::from_raw(object) });
                }
                Ok(())
            }
        }

        const _: () = {
            const fn shareable<T: Send + Sync>() {}
            shareable::<$object>();
        };
    };
}
pub(crate) use gated;

/// The refusal of a null object.
pub(crate) fn null(name: &str) -> Fail {
    Fail::new(tp_result::NullPointer, format!("{name} is null; create one first"))
}

/// A value with many readers or one writer, which never wait: who comes too late is refused.
///
/// C hosts have no borrow checker; what Rust callers could not write becomes an error here instead of corruption.
pub(crate) struct Gate<T> {
    /// Readers inside, or [`WRITING`], or [`BROKEN`].
    state: AtomicI32,
    value: UnsafeCell<T>,
}

pub(crate) struct Reading<'a, T>(&'a Gate<T>);
/// The flag: the thread was unwinding already when the call began, so that unwinding says nothing about the call. The
/// text names the object.
pub(crate) struct Writing<'a, T>(&'a Gate<T>, bool, &'static str);

thread_local! {
    static LAST_BROKEN: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// The object that the last panic of this thread has left half changed, told once.
pub(crate) fn broken() -> Option<&'static str> {
    LAST_BROKEN.take()
}

impl<T: Send + Sync> Gate<T> {
    pub(crate) fn new(value: T) -> Gate<T> {
        Gate { state: AtomicI32::new(0), value: UnsafeCell::new(value) }
    }

    pub(crate) fn read(&self, name: &str) -> Outcome<Reading<'_, T>> {
        let more = |readers: i32| (0..i32::MAX).contains(&readers).then_some(readers + 1);
        match self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, more) {
            Ok(_) => Ok(Reading(self)),
            Err(state) => Err(refused(name, state)),
        }
    }

    pub(crate) fn write(&self, name: &'static str) -> Outcome<Writing<'_, T>> {
        match self.state.compare_exchange(0, WRITING, Ordering::Acquire, Ordering::Relaxed) {
            Ok(_) => Ok(Writing(self, std::thread::panicking(), name)),
            Err(state) => Err(refused(name, state)),
        }
    }

    /// Refuses while a call is inside; a broken object may go.
    pub(crate) fn check_unused(&self, name: &str) -> Outcome {
        match self.state.load(Ordering::Acquire) {
            0 | BROKEN => Ok(()),
            state => Err(refused(name, state)),
        }
    }
}

fn refused(name: &str, state: i32) -> Fail {
    if state == BROKEN {
        return Fail::new(
            tp_result::Panic,
            format!("{name} was left half changed by a call that panicked; destroy it and restore saved matches"),
        );
    }
    Fail::new(tp_result::Busy, format!("{name} is in use by another call; let one call at a time change it"))
}

impl<T> Deref for Reading<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the count of readers is above 0, so that no `Writing` exists.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> Drop for Reading<'_, T> {
    fn drop(&mut self) {
        self.0.state.fetch_sub(1, Ordering::Release);
    }
}

impl<T> Deref for Writing<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the state is `WRITING`, which this guard alone holds.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Writing<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the state is `WRITING`, which this guard alone holds.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Writing<'_, T> {
    fn drop(&mut self) {
        let broken = std::thread::panicking() && !self.1;
        if broken {
            LAST_BROKEN.set(Some(self.2));
        }
        self.0.state.store(if broken { BROKEN } else { 0 }, Ordering::Release);
    }
}

// SAFETY: the guards give out `&T` to many or `&mut T` to one thread at a time, with acquire and release around them.
unsafe impl<T: Send + Sync> Sync for Gate<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_too_late_is_refused() {
        let gate = Gate::new(7);
        let code = |outcome: Outcome<()>| outcome.unwrap_err().code;
        {
            let (a, b) = (gate.read("g").unwrap(), gate.read("g").unwrap());
            assert_eq!((*a, *b), (7, 7));
            assert_eq!(code(gate.write("g").map(drop)), tp_result::Busy);
            assert_eq!(code(gate.check_unused("g")), tp_result::Busy);
        }
        {
            *gate.write("g").unwrap() = 8;
            let _inside = gate.write("g").unwrap();
            assert_eq!(code(gate.read("g").map(drop)), tp_result::Busy);
            assert_eq!(code(gate.write("g").map(drop)), tp_result::Busy);
        }
        assert_eq!(*gate.read("g").unwrap(), 8);
    }

    #[test]
    fn a_panic_inside_breaks_only_what_was_being_changed() {
        let gate = Gate::new(7);
        let inside = |write: bool| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                if write {
                    let _guard = gate.write("g").unwrap();
                    panic!("inside");
                }
                let _guard = gate.read("g").unwrap();
                panic!("inside");
            }))
        };
        assert!(inside(false).is_err());
        assert_eq!(*gate.read("g").unwrap(), 7);
        assert!(inside(true).is_err());
        assert_eq!(gate.read("g").map(drop).unwrap_err().code, tp_result::Panic);
        gate.check_unused("g").unwrap();
    }
}
