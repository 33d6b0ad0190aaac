//! The migrations are part of the program: a changed one is compiled in anew.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=keys");
}
