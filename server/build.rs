//! Makes the folder into which cargo-leptos puts the web app: `target/site` in the workspace,
//! wherever Cargo's own target folder is. A build that finds none would never look into it again.

use std::path::Path;
use std::{env, fs};

fn main() {
    let site = Path::new("../target/site");
    fs::create_dir_all(site).expect("the folder of the web app can be made");
    println!("cargo:rerun-if-changed=build.rs");
    // A release carries the files inside; other builds read them where they are.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", site.display());
    }
}
