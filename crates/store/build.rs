//! The migrations are compiled in: a new or changed file asks for a new build.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
