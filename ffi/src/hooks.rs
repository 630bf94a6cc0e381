//! What a host may put in the place of the library's own: where memory comes from, and where messages go.

use crate::pointer;
use crate::result::{Fail, Outcome, guarded, tp_result};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::ffi::{CString, c_char, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

/// Where the library's memory comes from. 40 bytes. All three functions are called on any thread, several at once; they
/// must not call the library, and neither throw nor jump out.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_allocator {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Unused.
    pub reserved: u32,
    /// Handed to each of the functions; stays the caller's, to be kept as long as the process runs.
    pub user: *mut c_void,
    /// `size` bytes, at least 1, at a multiple of `alignment`, a power of 2; null if there are none, which ends the
    /// process.
    pub allocate: Option<unsafe extern "C" fn(user: *mut c_void, size: usize, alignment: usize) -> *mut c_void>,
    /// Makes a block of `old_size` bytes one of `new_size`, of the same alignment, with what both have room for; null
    /// if there are none, and the old block stays.
    pub reallocate: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            block: *mut c_void,
            old_size: usize,
            alignment: usize,
            new_size: usize,
        ) -> *mut c_void,
    >,
    /// Takes a block back; never null, of the size and alignment that it was asked for with.
    pub release: Option<unsafe extern "C" fn(user: *mut c_void, block: *mut c_void, size: usize, alignment: usize)>,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_allocator>() == 40);

/// How much tp_set_log is told of.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum tp_log_level {
    /// Defects: a panic caught at the border, an object left half changed by one.
    Error = 1,
    /// Besides, every call that is refused, with what tp_last_error_message() says of it.
    Refusal = 2,
}

/// Where messages go. 24 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_log {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// A tp_log_level: this and lower ones are told.
    pub level: u32,
    /// Handed to `write`; stays the caller's.
    pub user: *mut c_void,
    /// Takes one message, without a newline, for the call. On the thread of the call that it is about, after that call
    /// has let go of its objects and before it returns; on several threads at once. It may call the library but for
    /// tp_set_log; what it does there is not logged. It must neither throw nor jump out.
    pub write: Option<unsafe extern "C" fn(user: *mut c_void, level: u32, message: *const c_char)>,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_log>() == 24);

/// Nothing has been allocated yet: may still be changed. Bit 0: something has.
const OPEN: u8 = 0;
/// Bit 1: by the host's functions.
const HOSTED: u8 = 2;
const SEALED: u8 = 1;
/// Being changed by a call that allocates nothing and is done in a moment.
const CHANGING: u8 = 4;

/// The allocator of the library: the system's, or the host's.
///
/// A block costs one load more than without the hook; on most processors that is an ordinary one. Which it is never
/// changes after the first block, so that each goes back to where it came from.
struct HostAllocator {
    mode: AtomicU8,
    host: UnsafeCell<tp_allocator>,
}

// SAFETY: `host` is written in mode `CHANGING` alone, which one thread enters, and read in modes with `HOSTED`, which it
// publishes with release. Whether the functions may be called on any thread is the host's part (`tp_allocator`).
unsafe impl Sync for HostAllocator {}

const NO_HOST: tp_allocator = tp_allocator {
    size: size_of::<tp_allocator>() as u32,
    reserved: 0,
    user: null_mut(),
    allocate: None,
    reallocate: None,
    release: None,
};

#[cfg_attr(feature = "host-allocator", global_allocator)]
static ALLOCATOR: HostAllocator = HostAllocator { mode: AtomicU8::new(OPEN), host: UnsafeCell::new(NO_HOST) };

impl HostAllocator {
    /// The host's functions, or `None`: the system's. From now on it stays so.
    #[inline]
    fn host(&self) -> Option<&tp_allocator> {
        match self.mode.load(Ordering::Acquire) {
            SEALED => None,
            // SAFETY: never written again once `SEALED` is in; acquire pairs with the release of `set`.
            mode if mode == SEALED | HOSTED => Some(unsafe { &*self.host.get() }),
            _ => self.seal(),
        }
    }

    #[cold]
    fn seal(&self) -> Option<&tp_allocator> {
        loop {
            let mode = self.mode.load(Ordering::Acquire);
            if mode == CHANGING {
                std::hint::spin_loop();
            } else if self.mode.compare_exchange(mode, mode | SEALED, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                return self.host();
            }
        }
    }

    /// False: something has been allocated already.
    fn set(&self, host: Option<tp_allocator>) -> bool {
        loop {
            let mode = self.mode.load(Ordering::Acquire);
            if mode & SEALED != 0 {
                return false;
            }
            if mode != CHANGING
                && self.mode.compare_exchange(mode, CHANGING, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            {
                break;
            }
            std::hint::spin_loop();
        }
        // SAFETY: this thread alone has entered `CHANGING`, in which nobody reads.
        unsafe { *self.host.get() = host.unwrap_or(NO_HOST) };
        self.mode.store(if host.is_some() { HOSTED } else { OPEN }, Ordering::Release);
        true
    }
}

// SAFETY: every block comes from one of two allocators, which is settled before the first and never changes. The host's
// gives what `tp_allocator` asks of it; a block that is not aligned counts as none.
unsafe impl GlobalAlloc for HostAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.host() {
            // SAFETY: this function's contract.
            None => unsafe { System.alloc(layout) },
            Some(host) => {
                let Some(allocate) = host.allocate else { return null_mut() };
                // SAFETY: `tp_set_allocator` took the function for just this.
                let block = unsafe { allocate(host.user, layout.size(), layout.align()) }.cast::<u8>();
                if block.addr() & (layout.align() - 1) == 0 { block } else { null_mut() }
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if self.host().is_none() {
            // SAFETY: this function's contract.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: this function's contract.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: `alloc` gave that many bytes.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match self.host() {
            // SAFETY: this function's contract; it came from the same allocator, for that never changes.
            None => unsafe { System.dealloc(block, layout) },
            Some(host) => {
                if let Some(release) = host.release {
                    // SAFETY: as above.
                    unsafe { release(host.user, block.cast(), layout.size(), layout.align()) };
                }
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        match self.host() {
            // SAFETY: this function's contract; it came from the same allocator, for that never changes.
            None => unsafe { System.realloc(block, layout, new_size) },
            Some(host) => {
                let Some(reallocate) = host.reallocate else { return null_mut() };
                // SAFETY: as above.
                let block = unsafe { reallocate(host.user, block.cast(), layout.size(), layout.align(), new_size) }
                    .cast::<u8>();
                if block.addr() & (layout.align() - 1) == 0 { block } else { null_mut() }
            }
        }
    }
}

/// Has the library take its memory from the host's functions; null: from the system, as without this call. Borrows
/// `allocator` for the call; its `user` must live as long as the process. To be called before anything else: only
/// tp_version, tp_check_version, tp_set_log and this one may come before, as long as they succeed. Any thread.
/// INVALID_ARGUMENT for a struct of an unknown size; NULL_POINTER if one of the functions is missing; NOT_ALLOWED once the
/// library has allocated anything, or if it was built without the feature `host-allocator`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_set_allocator(allocator: *const tp_allocator) -> tp_result {
    guarded!({
        let host = if allocator.is_null() { None } else { Some(allocator_of(allocator)?) };
        let refused =
            |reason: &str| Err(Fail::new(tp_result::NotAllowed, format!("setting the allocator is refused: {reason}")));
        if cfg!(not(feature = "host-allocator")) {
            return refused("the library was built without the feature host-allocator");
        }
        if !ALLOCATOR.set(host) {
            return refused("the library has allocated memory already; set it before any other call");
        }
        Ok(())
    })
}

/// # Safety
/// As [`pointer::definition`].
unsafe fn allocator_of(allocator: *const tp_allocator) -> Outcome<tp_allocator> {
    // SAFETY: this function's contract; `None` is the null that any bytes may hold.
    let host = unsafe { pointer::definition(allocator, NO_HOST, &[size_of::<tp_allocator>() as u32], "allocator")? };
    let functions = [
        ("allocate", host.allocate.is_some()),
        ("reallocate", host.reallocate.is_some()),
        ("release", host.release.is_some()),
    ];
    match functions.iter().find(|(_, there)| !there) {
        Some((name, _)) => {
            Err(Fail::new(tp_result::NullPointer, format!("allocator->{name} is null; pass all three functions")))
        }
        None => Ok(host),
    }
}

const NO_LOG: tp_log = tp_log { size: size_of::<tp_log>() as u32, level: 0, user: null_mut(), write: None };

struct Log(tp_log);

// SAFETY: `user` is only handed to `write`, which the host says may be called on any thread (`tp_log`).
unsafe impl Send for Log {}
// SAFETY: as above.
unsafe impl Sync for Log {}

/// Read while a message is being written, so that whoever replaces it knows that the old one is idle.
static LOG: RwLock<Log> = RwLock::new(Log(NO_LOG));
/// Level of [`LOG`], for calls to look at without waiting; 0: off.
static LEVEL: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// This thread is inside of the host's function.
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Has a host's function told of what goes wrong inside; null: nobody, as without this call. Borrows `log` for the call.
/// When it returns, the function before is not being called any more, and will not be. Any thread, any time but from
/// within the function itself: BUSY. INVALID_ARGUMENT for a struct of an unknown size or a level that is no tp_log_level;
/// NULL_POINTER if log->write is missing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_set_log(log: *const tp_log) -> tp_result {
    guarded!({
        let new = if log.is_null() { NO_LOG } else { log_of(log)? };
        if WRITING.get() {
            return Err(Fail::new(tp_result::Busy, "the log is in use by this very call; set it from outside of it"));
        }
        let mut log = LOG.write().unwrap_or_else(PoisonError::into_inner);
        *log = Log(new);
        LEVEL.store(new.level, Ordering::Relaxed);
        Ok(())
    })
}

/// # Safety
/// As [`pointer::definition`].
unsafe fn log_of(log: *const tp_log) -> Outcome<tp_log> {
    // SAFETY: this function's contract; `None` is the null that any bytes may hold.
    let log = unsafe { pointer::definition(log, NO_LOG, &[size_of::<tp_log>() as u32], "log")? };
    if !(tp_log_level::Error as u32..=tp_log_level::Refusal as u32).contains(&log.level) {
        return Err(Fail::invalid("log->level", log.level, "TP_LOG_LEVEL_ERROR (1) or TP_LOG_LEVEL_REFUSAL (2)"));
    }
    if log.write.is_none() {
        return Err(Fail::new(tp_result::NullPointer, "log->write is null; pass a function, or a null log for none"));
    }
    Ok(log)
}

/// Tells the host, if it wants to know of this level; `text` is made only then. Whether it has been told.
pub(crate) fn tell(level: tp_log_level, text: impl FnOnce() -> String) -> bool {
    if LEVEL.load(Ordering::Relaxed) < level as u32 || WRITING.get() {
        return false;
    }
    let message = CString::new(text().replace('\0', " ")).unwrap_or_default();
    let log = LOG.read().unwrap_or_else(PoisonError::into_inner);
    let Some(write) = log.0.write.filter(|_| log.0.level >= level as u32) else { return false };
    WRITING.set(true);
    // SAFETY: `tp_set_log` took the function for just this; the message lives until after the call.
    unsafe { write(log.0.user, level as u32, message.as_ptr()) };
    WRITING.set(false);
    true
}
