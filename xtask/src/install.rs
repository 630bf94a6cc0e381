//! `cargo xtask install`: header, libraries, pkg-config and CMake files, in a tree that may be moved.

use crate::run;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where to: DIR/include, DIR/lib, DIR/share. With DESTDIR set, below that
    #[arg(long, value_name = "DIR")]
    prefix: PathBuf,
    /// Only the static library
    #[arg(long = "static", conflicts_with_all = ["shared", "both"])]
    only_static: bool,
    /// Only the shared library
    #[arg(long, conflicts_with = "both")]
    shared: bool,
    /// Both libraries, as without any of these
    #[arg(long)]
    both: bool,
}

/// Which libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Static,
    Shared,
    Both,
}

impl Kind {
    fn has_static(self) -> bool {
        self != Kind::Shared
    }

    fn has_shared(self) -> bool {
        self != Kind::Static
    }
}

/// File names of a system, and what a static library needs of it (`rustc --print native-static-libs`).
struct System {
    /// As cargo builds them.
    built_static: &'static str,
    built_shared: &'static str,
    /// As they are installed.
    static_file: String,
    shared_file: String,
    shared_folder: &'static str,
    /// Names that lead to the shared file, longest first.
    links: Vec<String>,
    soname: String,
    /// Windows: what programs are linked with.
    import: Option<&'static str>,
    libraries: &'static [&'static str],
}

/// Version of the C ABI: the crates' own.
struct Version {
    major: &'static str,
    minor: &'static str,
    patch: &'static str,
}

const VERSION: Version = Version {
    major: env!("CARGO_PKG_VERSION_MAJOR"),
    minor: env!("CARGO_PKG_VERSION_MINOR"),
    patch: env!("CARGO_PKG_VERSION_PATCH"),
};

impl Version {
    /// What two versions must share to have one ABI, as `ffi/build.rs` writes it into the shared library.
    fn abi(&self) -> String {
        if self.major == "0" { format!("0.{}", self.minor) } else { self.major.to_owned() }
    }

    fn full(&self) -> String {
        format!("{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl System {
    fn of(os: &str, version: &Version) -> System {
        let (abi, full) = (version.abi(), version.full());
        match os {
            "windows" => System {
                // The import library names its DLL, which therefore keeps the name that cargo gave it.
                built_static: "trespasser_ffi.lib",
                built_shared: "trespasser_ffi.dll",
                static_file: "trespasser_static.lib".to_owned(),
                shared_file: "trespasser_ffi.dll".to_owned(),
                shared_folder: "bin",
                links: Vec::new(),
                soname: String::new(),
                import: Some("trespasser_ffi.dll.lib"),
                libraries: &["kernel32", "ntdll", "userenv", "ws2_32", "dbghelp"],
            },
            "macos" | "ios" => System {
                built_static: "libtrespasser_ffi.a",
                built_shared: "libtrespasser_ffi.dylib",
                static_file: "libtrespasser.a".to_owned(),
                shared_file: format!("libtrespasser.{full}.dylib"),
                shared_folder: "lib",
                links: vec![format!("libtrespasser.{abi}.dylib"), "libtrespasser.dylib".to_owned()],
                soname: format!("@rpath/libtrespasser.{abi}.dylib"),
                import: None,
                libraries: &["System", "c", "m"],
            },
            _ => System {
                built_static: "libtrespasser_ffi.a",
                built_shared: "libtrespasser_ffi.so",
                static_file: "libtrespasser.a".to_owned(),
                shared_file: format!("libtrespasser.so.{full}"),
                shared_folder: "lib",
                links: vec![format!("libtrespasser.so.{abi}"), "libtrespasser.so".to_owned()],
                soname: format!("libtrespasser.so.{abi}"),
                import: None,
                libraries: &["gcc_s", "util", "rt", "pthread", "m", "dl", "c"],
            },
        }
    }
}

/// # Errors
/// A build that fails; a file that cannot be written.
pub(crate) fn install(options: &Options) -> Result<ExitCode> {
    let kind = match (options.only_static, options.shared) {
        (true, _) => Kind::Static,
        (_, true) => Kind::Shared,
        _ => Kind::Both,
    };
    run::cargo(["build", "--release", "--locked", "--package", "trespasser-ffi"]).check()?;
    // Relative to where the caller stands, not to the checkout.
    let prefix = std::path::absolute(&options.prefix)?;
    let root = staged(&prefix, std::env::var_os("DESTDIR").map(PathBuf::from).as_deref());
    for file in put(&root, kind)? {
        println!("{}", root.join(file).display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds, and installs into a folder, told into a log.
pub(crate) fn install_into(prefix: &Path, kind: Kind, log: &File) -> Result<()> {
    run::cargo(["build", "--release", "--locked", "--package", "trespasser-ffi"]).check_into(log)?;
    put(prefix, kind)?;
    Ok(())
}

/// The prefix below DESTDIR, as package builders have it.
fn staged(prefix: &Path, destdir: Option<&Path>) -> PathBuf {
    let below = prefix.components().filter(|part| matches!(part, std::path::Component::Normal(_)));
    match destdir.filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => dir.join(below.collect::<PathBuf>()),
        None => prefix.to_path_buf(),
    }
}

/// Copies and writes all files; their paths in the tree.
fn put(root: &Path, kind: Kind) -> Result<Vec<String>> {
    let system = System::of(std::env::consts::OS, &VERSION);
    let built = crate::target().join("release");
    let mut done = Vec::new();
    let mut copy = |from: PathBuf, to: &str| -> Result<()> {
        let target = root.join(to);
        make_folder_of(&target)?;
        // A program that uses the old file goes on with it; written over, it would break.
        remove(&target)?;
        fs::copy(&from, &target).with_context(|| format!("copying {} to {}", from.display(), target.display()))?;
        done.push(to.to_owned());
        Ok(())
    };
    let checkout = crate::root();
    copy(checkout.join("include/trespasser.h"), "include/trespasser.h")?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(checkout.join(licence), &format!("share/doc/trespasser/{licence}"))?;
    }
    if kind.has_static() {
        copy(built.join(system.built_static), &format!("lib/{}", system.static_file))?;
    }
    if kind.has_shared() {
        copy(built.join(system.built_shared), &format!("{}/{}", system.shared_folder, system.shared_file))?;
        if let Some(import) = system.import {
            copy(built.join(import), &format!("lib/{import}"))?;
        }
        for name in &system.links {
            let path = format!("{}/{name}", system.shared_folder);
            link(&system.shared_file, &root.join(&path))?;
            done.push(path);
        }
    }
    for (template, to) in [
        ("trespasser.pc.in", "lib/pkgconfig/trespasser.pc"),
        ("TrespasserConfig.cmake.in", "lib/cmake/Trespasser/TrespasserConfig.cmake"),
        ("TrespasserConfigVersion.cmake.in", "lib/cmake/Trespasser/TrespasserConfigVersion.cmake"),
    ] {
        let text = fs::read_to_string(checkout.join("ffi/packaging").join(template)).context(template)?;
        let path = root.join(to);
        make_folder_of(&path)?;
        fs::write(&path, filled(&text, &system, kind)?).with_context(|| format!("writing {}", path.display()))?;
        done.push(to.to_owned());
    }
    Ok(done)
}

fn make_folder_of(file: &Path) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("replacing {}", file.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn link(to: &str, at: &Path) -> Result<()> {
    remove(at)?;
    std::os::unix::fs::symlink(to, at).with_context(|| format!("linking {}", at.display()))
}

#[cfg(not(unix))]
fn link(to: &str, at: &Path) -> Result<()> {
    bail!("{} cannot be a link to {to} on this system", at.display())
}

/// A template with its fields filled in; one that is not known is an error.
fn filled(template: &str, system: &System, kind: Kind) -> Result<String> {
    let private = system.libraries.iter().map(|name| format!("-l{name}")).collect::<Vec<_>>().join(" ");
    let library = match (system.import, kind) {
        (Some(_), Kind::Static) => "-ltrespasser_static",
        (Some(_), _) => "-ltrespasser_ffi.dll",
        (None, _) => "-ltrespasser",
    };
    // Whoever links the static library alone needs the rest without asking for it.
    let libs = if kind == Kind::Static { format!("{library} {private}") } else { library.to_owned() };
    let fields = [
        ("VERSION", VERSION.full()),
        ("VERSION_MINOR", format!("{}.{}", VERSION.major, VERSION.minor)),
        ("MAJOR", VERSION.major.to_owned()),
        ("MINOR", VERSION.minor.to_owned()),
        ("POINTER_BYTES", size_of::<usize>().to_string()),
        ("LIBS", format!("-L${{libdir}} {libs}")),
        ("LIBS_PRIVATE", if kind.has_static() { private } else { String::new() }),
        ("STATIC_FILE", system.static_file.clone()),
        ("SHARED_FILE", system.shared_file.clone()),
        ("SHARED_FOLDER", system.shared_folder.to_owned()),
        ("IMPORT_FILE", system.import.unwrap_or_default().to_owned()),
        ("SONAME", system.soname.clone()),
        ("SYSTEM_LIBRARIES", system.libraries.join(";")),
    ];
    let mut text = template.to_owned();
    for (name, value) in fields {
        text = text.replace(&format!("@{name}@"), &value);
    }
    let left = text.split('@').skip(1).step_by(2).find(|part| !part.is_empty() && is_field(part));
    ensure!(left.is_none(), "a template has the field @{}@, which nothing fills", left.unwrap_or_default());
    Ok(text)
}

fn is_field(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// What a shared library lets others see is the C interface and nothing else.
pub(crate) fn check_exports(library: &Path, log: &File) -> Result<()> {
    let symbols = run::program("nm").args(["--dynamic", "--defined-only", "--format=posix"]).arg(library);
    let text = symbols.output(Some(log))?;
    let names: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    let foreign: Vec<_> = names.iter().filter(|name| !name.starts_with("tp_")).collect();
    if !foreign.is_empty() {
        bail!("{} exports {foreign:?}", library.display());
    }
    let header = fs::read_to_string(crate::root().join("include/trespasser.h"))?;
    let missing: Vec<_> = names.iter().filter(|name| !header.contains(&format!("{name}("))).collect();
    ensure!(names.len() >= 90 && missing.is_empty(), "{} names, not in the header: {missing:?}", names.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const V: Version = Version { major: "0", minor: "3", patch: "2" };

    #[test]
    fn names_follow_the_system() {
        assert_eq!((V.abi(), V.full()), ("0.3".to_owned(), "0.3.2".to_owned()));
        assert_eq!(Version { major: "2", minor: "3", patch: "2" }.abi(), "2");
        let linux = System::of("linux", &V);
        assert_eq!(linux.shared_file, "libtrespasser.so.0.3.2");
        assert_eq!(linux.links, ["libtrespasser.so.0.3", "libtrespasser.so"]);
        assert_eq!(linux.soname, linux.links[0]);
        let mac = System::of("macos", &V);
        assert_eq!(mac.shared_file, "libtrespasser.0.3.2.dylib");
        assert_eq!(mac.soname, format!("@rpath/{}", mac.links[0]));
        let windows = System::of("windows", &V);
        assert!(windows.links.is_empty() && windows.shared_folder == "bin" && windows.import.is_some());
    }

    #[test]
    fn destdir_stands_before_the_prefix() {
        let prefix = Path::new("/usr/local");
        assert_eq!(staged(prefix, None), Path::new("/usr/local"));
        assert_eq!(staged(prefix, Some(Path::new(""))), Path::new("/usr/local"));
        assert_eq!(staged(prefix, Some(Path::new("/tmp/stage"))), Path::new("/tmp/stage/usr/local"));
    }

    #[test]
    fn templates_are_filled_whole() {
        let folder = crate::root().join("ffi/packaging");
        for os in ["linux", "macos", "windows"] {
            let system = System::of(os, &V);
            for kind in [Kind::Static, Kind::Shared, Kind::Both] {
                for template in fs::read_dir(&folder).unwrap() {
                    let text = fs::read_to_string(template.unwrap().path()).unwrap();
                    let text = filled(&text, &system, kind).unwrap();
                    assert!(!text.contains("@VERSION"), "{text}");
                }
            }
        }
        let text = filled("Libs: @LIBS@ | @LIBS_PRIVATE@", &System::of("linux", &V), Kind::Shared).unwrap();
        assert_eq!(text, "Libs: -L${libdir} -ltrespasser | ");
        let text = filled("Libs: @LIBS@", &System::of("linux", &V), Kind::Static).unwrap();
        assert!(text.starts_with("Libs: -L${libdir} -ltrespasser -l"), "{text}");
        assert!(filled("@NOBODY@", &System::of("linux", &V), Kind::Both).is_err());
    }
}
