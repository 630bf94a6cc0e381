//! Native memory behind an object of JavaScript, until it is disposed of or collected.

use crate::fail::{Fail, Inner};
use std::cell::RefCell;

/// `None` from `dispose` on. No JavaScript runs while it is borrowed: arguments are read before.
pub(crate) struct Held<T> {
    /// The class, for messages.
    class: &'static str,
    /// Boxed: the object outlives it, and would keep its size.
    value: RefCell<Option<Box<T>>>,
}

impl<T> Held<T> {
    pub(crate) fn new(class: &'static str, value: T) -> Held<T> {
        Held { class, value: RefCell::new(Some(Box::new(value))) }
    }

    /// # Errors
    /// `DISPOSED`, and what `work` gives.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> Inner<R>) -> Inner<R> {
        match self.value.borrow_mut().as_mut() {
            Some(value) => work(value),
            None => Err(Fail::disposed(self.class)),
        }
    }

    /// Frees the value; nothing happens from the second time on.
    pub(crate) fn release(&self) {
        self.value.replace(None);
    }
}
