//! The shared library's name for itself, by which the system finds it: `cargo xtask install` puts it where that is.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    // While the major version is 0, a minor version is an ABI of its own.
    let abi = match of("CARGO_PKG_VERSION_MAJOR").as_str() {
        "0" => format!("0.{}", of("CARGO_PKG_VERSION_MINOR")),
        major => major.to_owned(),
    };
    match of("CARGO_CFG_TARGET_VENDOR").as_str() {
        "apple" => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libtrespasser.{abi}.dylib"),
        _ if of("CARGO_CFG_TARGET_FAMILY") == "unix" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtrespasser.so.{abi}");
        }
        _ => {}
    }
}
