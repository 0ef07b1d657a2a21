//! Draws the program's icons for Windows and macOS from `packaging/icon/liudi.svg` and, where that is too fine, from the
//! mirror's own. Run by hand when one of them changes: `cargo run --example icon`.

#![expect(clippy::expect_used, reason = "run by hand, where the drawings are")]

use std::fs;
use std::path::Path;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let [coarse, fine] = ["templates/mirror/icon.svg", "packaging/icon/liudi.svg"].map(|path| {
        let text = fs::read_to_string(root.join(path)).expect("the drawing is in the repository");
        Tree::from_str(&text, &Options::default()).expect("the drawing is an SVG")
    });
    let drawn = |size: u32| png(if size < 40 { &coarse } else { &fine }, size);
    let icons = root.join("packaging/icon");
    fs::write(icons.join("liudi.ico"), ico(&[16, 20, 24, 32, 40, 48, 64, 128, 256].map(|size| (size, drawn(size)))))
        .expect("the folder can be written to");
    let sizes = [(b"icp4", 16), (b"icp5", 32), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512), (b"ic10", 1024)];
    fs::write(icons.join("liudi.icns"), icns(&sizes.map(|(kind, size)| (*kind, drawn(size)))))
        .expect("the folder can be written to");
    fs::write(icons.join("liudi.png"), drawn(256)).expect("the folder can be written to");
}

fn png(drawing: &Tree, size: u32) -> Vec<u8> {
    let mut pixels = Pixmap::new(size, size).expect("the size is not zero");
    // Sizes of icons are exact as `f32`.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let scale = size as f32 / drawing.size().width();
    resvg::render(drawing, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().expect("a picture in memory can be written")
}

/// Writes an icon of Windows, which holds pictures as PNG: <https://en.wikipedia.org/wiki/ICO_(file_format)>.
fn ico(pictures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(pictures.len()).expect("there are few sizes");
    let mut icon = [0, 1, count].map(u16::to_le_bytes).concat();
    let mut at = 6 + 16 * u32::from(count);
    for (size, picture) in pictures {
        // 256 is written 0.
        let size = u8::try_from(*size).unwrap_or(0);
        let length = u32::try_from(picture.len()).expect("pictures are small");
        icon.extend([size, size, 0, 0, 1, 0, 32, 0]);
        icon.extend([length, at].map(u32::to_le_bytes).concat());
        at += length;
    }
    for (_, picture) in pictures {
        icon.extend(picture);
    }
    icon
}

/// Writes an icon of macOS: <https://en.wikipedia.org/wiki/Apple_Icon_Image_format>.
fn icns(pictures: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunk = |kind: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).expect("pictures are small");
        [kind, &length.to_be_bytes(), content].concat()
    };
    let inner: Vec<u8> = pictures.iter().flat_map(|(kind, picture)| chunk(kind, picture)).collect();
    chunk(b"icns", &inner)
}
