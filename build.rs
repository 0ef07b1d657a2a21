//! Gives the program for Windows its icon, its version and its manifest. Does nothing for other systems.

fn main() {
    for path in ["build.rs", "packaging/icon/liudi.ico", "packaging/windows/liudi.manifest"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let is_for = |system| std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|target| target == system);
    if !is_for("windows") {
        return;
    }
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon("packaging/icon/liudi.ico")
        .set_manifest_file("packaging/windows/liudi.manifest")
        .set("ProductName", "留底 liudi")
        .set("FileDescription", "留底 liudi")
        .set("CompanyName", "liudi")
        .set("OriginalFilename", "liudi.exe")
        .set("InternalName", "liudi")
        .set("LegalCopyright", "MIT licence");
    // Only the program: tests and examples have no need of it.
    if let Err(error) = resource.compile_for("liudi") {
        // A toolchain without a resource compiler still makes a program that works.
        println!("cargo:warning=the program has no icon and no manifest: {error}");
    }
}
