//! Tells the server where cargo-leptos puts the web app: `target/site` in the workspace, wherever
//! Cargo's own target folder is.

use std::env;
use std::path::Path;

fn main() {
    let package = env::var("CARGO_MANIFEST_DIR").expect("Cargo says where the package is");
    let workspace = Path::new(&package).parent().expect("the package is in the workspace");
    let site = workspace.join("target/site");
    println!("cargo:rustc-env=YORIAI_SITE={}", site.display());
    println!("cargo:rerun-if-changed=build.rs");
    // A release carries the files inside; other builds read them where they are.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", site.display());
    }
}
